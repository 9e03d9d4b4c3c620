// SPDX-License-Identifier: Apache-2.0
import ar from './ar/board.js';
import de from './de/board.js';
import en from './en/board.js';
import es from './es/board.js';
import fr from './fr/board.js';

export default { en, de, fr, es, ar };

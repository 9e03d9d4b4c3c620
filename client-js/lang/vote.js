// SPDX-License-Identifier: Apache-2.0
import ar from './ar/vote.js';
import de from './de/vote.js';
import en from './en/vote.js';
import es from './es/vote.js';
import fr from './fr/vote.js';

export default { en, de, fr, es, ar };

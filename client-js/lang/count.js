// SPDX-License-Identifier: Apache-2.0
import ar from './ar/count.js';
import de from './de/count.js';
import en from './en/count.js';
import es from './es/count.js';
import fr from './fr/count.js';

export default { en, de, fr, es, ar };

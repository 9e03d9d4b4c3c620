// SPDX-License-Identifier: Apache-2.0
import ar from './ar/verify.js';
import de from './de/verify.js';
import en from './en/verify.js';
import es from './es/verify.js';
import fr from './fr/verify.js';

export default { en, de, fr, es, ar };

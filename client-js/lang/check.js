// SPDX-License-Identifier: Apache-2.0
import ar from './ar/check.js';
import de from './de/check.js';
import en from './en/check.js';
import es from './es/check.js';
import fr from './fr/check.js';

export default { en, de, fr, es, ar };

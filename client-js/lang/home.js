// SPDX-License-Identifier: Apache-2.0
import ar from './ar/home.js';
import de from './de/home.js';
import en from './en/home.js';
import es from './es/home.js';
import fr from './fr/home.js';

export default { en, de, fr, es, ar };

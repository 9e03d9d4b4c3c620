// SPDX-License-Identifier: Apache-2.0
import ar from './ar/view.js';
import de from './de/view.js';
import en from './en/view.js';
import es from './es/view.js';
import fr from './fr/view.js';

export default { en, de, fr, es, ar };

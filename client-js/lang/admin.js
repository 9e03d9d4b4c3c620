// SPDX-License-Identifier: Apache-2.0
import ar from './ar/admin.js';
import de from './de/admin.js';
import en from './en/admin.js';
import es from './es/admin.js';
import fr from './fr/admin.js';

export default { en, de, fr, es, ar };

// SPDX-License-Identifier: Apache-2.0
import ar from './ar/audit.js';
import de from './de/audit.js';
import en from './en/audit.js';
import es from './es/audit.js';
import fr from './fr/audit.js';

export default { en, de, fr, es, ar };

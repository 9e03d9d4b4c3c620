// SPDX-License-Identifier: Apache-2.0
import ar from './ar/common.js';
import de from './de/common.js';
import en from './en/common.js';
import es from './es/common.js';
import fr from './fr/common.js';

export default { en, de, fr, es, ar };

// SPDX-License-Identifier: Apache-2.0
import ar from './ar/booth.js';
import de from './de/booth.js';
import en from './en/booth.js';
import es from './es/booth.js';
import fr from './fr/booth.js';

export default { en, de, fr, es, ar };

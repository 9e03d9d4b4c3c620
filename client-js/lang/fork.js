// SPDX-License-Identifier: Apache-2.0
import ar from './ar/fork.js';
import de from './de/fork.js';
import en from './en/fork.js';
import es from './es/fork.js';
import fr from './fr/fork.js';

export default { en, de, fr, es, ar };

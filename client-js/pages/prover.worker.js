// SPDX-License-Identifier: Apache-2.0
// Encrypts, proves and signs beside the page.
import { serve } from '../booth/prover_worker.js';

serve(/** @type {any} */ (self));

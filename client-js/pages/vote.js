// SPDX-License-Identifier: Apache-2.0
// The voting booth.
import boothTexts from '../lang/booth.js';
import forkTexts from '../lang/fork.js';
import texts from '../lang/vote.js';
import { begin } from '../ui/layout.js';
import { Booth } from './vote/booth.js';

new Booth(begin('vote', { booth: boothTexts, vote: texts, fork: forkTexts })).start();

// SPDX-License-Identifier: Apache-2.0
import * as ballot from './ballot.mjs';
import * as bitproof from './bitproof.mjs';
import * as ceremony from './ceremony.mjs';
import * as characters from './characters.mjs';
import * as checkpoint from './checkpoint.mjs';
import * as code from './code.mjs';
import * as count from './count.mjs';
import * as dleqList from './dleq_list.mjs';
import * as election from './election.mjs';
import * as fork from './fork.mjs';
import * as group from './group.mjs';
import * as hashToGroup from './hash_to_group.mjs';
import * as json from './json.mjs';
import * as keys from './keys.mjs';
import * as manifest from './manifest.mjs';
import * as merkle from './merkle.mjs';
import * as opening from './opening.mjs';
import * as rankedElection from './ranked_election.mjs';
import * as rankedManifest from './ranked_manifest.mjs';
import * as ranking from './ranking.mjs';
import * as receipt from './receipt.mjs';
import * as result from './result.mjs';
import * as roll from './roll.mjs';
import * as schnorr from './schnorr.mjs';
import * as shuffle from './shuffle.mjs';
import * as tally from './tally.mjs';
import * as transcript from './transcript.mjs';

/** @type {Record<string, {ops: Record<string, (input: any) => any>, make: () => any}>} */
export const topics = {
	group, hash_to_group: hashToGroup, transcript, code, keys, schnorr,
	bitproof, bitproof_modp4096: bitproof.modp, ballot,
	ceremony, ceremony_modp4096: ceremony.modp,
	tally, tally_modp4096: tally.modp, result, merkle, checkpoint, receipt, fork,
	count, json, characters, manifest, roll, election,
	ranking, opening, shuffle, dleq_list: dleqList, ranked_manifest: rankedManifest, ranked_election: rankedElection,
};

#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Two verifiers, written from the specification independently, say the same of every board: those of the attacks, right ones of several
# shapes and phases, and some with a flipped bit or without a file.
set -eu
cd "$(dirname "$0")/.."
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
mkdir "$folder/boards"
board() {
	"$TB_BUILD/tests/bench/tool_make_board" "$folder/boards/$1" "${@:2}"
}
"$TB_BUILD/tests/attacks/tool_make_corpus" "$folder/corpus"
for phase in ready open voted closed endorsed decrypted; do
	board "$phase.tar" "until=$phase" extras=1
done
board one.tar voters=1 small=1 trustees=1 threshold=1
board weights.tar voters=40 chunk=7 revote=9 weights=3 abstain=5 extras=1
board bundles.tar voters=270 small=1
board modp4096.tar group=modp4096 voters=2 small=1
board folder voters=7 trustees=5 threshold=3 endorsers=2
for phase in endorsed mixed decrypted result; do
	board "ranked-$phase.tar" ranked=1 voters=6 revote=2 small=1 "until=$phase"
done
board ranked-none.tar ranked=1 voters=3 abstain=1 small=1
board flip.tar voters=2 small=1
board flip voters=2 small=1 chunk=1
board flip-ranked.tar ranked=1 voters=2 small=1
node tests/attacks/agree.mjs "$folder" "$TB_BUILD/tabella-verify"

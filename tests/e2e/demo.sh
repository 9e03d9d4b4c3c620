#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# `make demo` keeps its promises: it runs to its end, twice, from anywhere, and leaves nothing behind unless asked.
# TB_LONG=1: with modp4096 too.
set -u
. tests/tools/tap.sh
root=$PWD
export TB_BUILD
unset GROUP KEEP
out=$TMPDIR/out

nothing_left() { [ -z "$(ls -A "$TMPDIR/place")" ] || { find "$TMPDIR/place" -maxdepth 1 | sed 's/^/# /' && return 1; }; }
demo() { TMPDIR=$TMPDIR/place "$@" "$root/tools/demo" >"$out" 2>&1 </dev/null; }
runs() {
	demo "$@" || { tail -n 30 "$out" | sed 's/^/# /' && return 1; }
}
says() { grep -q -e "$1" "$out" || { echo "# not said: $1" && return 1; }; }
mkdir "$TMPDIR/place" "$TMPDIR/a place"

check 'it runs' runs env
check 'the last line is VERIFIED' test "$(tail -n 1 "$out")" = VERIFIED
check 'the tampered copy was not' says '^ *NOT VERIFIED$'
check 'four questions' test "$(grep -c '^     Question: ' "$out")" -eq 4
check 'one of them is ranked' says '^     Method: ranked$'
check 'it says why a ranking is another matter' says 'The rankings of the first cannot be added'
check 'two mixes' test "$(grep -c '^       trustee [13]: the whole board verifies; mixed, entry ' "$out")" -eq 2
check 'not two by one trustee' says '^ *trustee 1: mixed already$'
check 'nothing is decrypted before both' says 'DECRYPT.LIST: 1 of 2 mixes are still to come'
check 'check 15 counts them' says '^15  mixes  *2 mixes  *OK$'
check 'the rankings were counted' says '^ *104 valid ballots, 0 invalid; counted by Scottish STV$'
check 'two are elected' test "$(grep -c '^    elected: \(Ada\|Bert\)$' "$out")" -eq 2
check 'equal ranks were refused by the client' says "question 'seats'.*RANK.CHOICE"
check 'a hundred voters and more' says 'Result: 104 of 110 voters'
check 'a trustee was lost' says 'Trustee 2 now loses phrase and computer'
check 'and did not decrypt' eval '! grep -q "^   trustee-2\\$ tabella-trustee \\(endorse\\|decrypt\\)" "$out"'
check 'the auditor endorsed' says '^   auditor\$ tabella endorse'
check 'a revote' says 'ballots: *105, of which 104 count'
for rule in BALLOT.PREV BALLOT.VERIFY BALLOT.DATE BALLOT.CHECKPOINT BALLOT.ROLL ENTRY.SIGNATURE; do
	check "refused: $rule" says "^ *refused: $rule "
done
check 'the overvote was refused by the client' says "question 'projects': expected at most 3 chosen, found 4"
check 'it left nothing behind' nothing_left

check 'again, from another folder, and the server goes on running' eval 'cd "$TMPDIR/a place" && runs env KEEP=1'
# shellcheck disable=SC2034 # the cases below evaluate them
pid=$(sed -n 's/^ *process *\([0-9]*\) .*/\1/p' "$out")
# shellcheck disable=SC2034
address=$(sed -n 's/^ *address *//p' "$out")
data=$(sed -n 's/^ *data folder *//p' "$out")
check 'it answers' eval '"$TB_BUILD/tabella" status "$address/e/meeting" >"$out.status" && grep -q "phase: *finished" "$out.status"'
check 'its data is there' test -s "$data/board.db"
check 'it is that process' eval 'kill "$pid" && for i in $(seq 1200); do kill -0 "$pid" 2>/dev/null || break; sleep 0.1; done; ! kill -0 "$pid" 2>/dev/null'
rm -rf "$TMPDIR"/place/*

check 'another group is refused' eval '! demo env GROUP=p256 && says "GROUP is ristretto255 or modp4096"'
check 'without programs it says what to do' eval '! demo env TB_BUILD=/none && says "\`make\` builds it"'
# ended in the middle: by the signal, and nothing stays
stopped_in_the_middle() {
	local job i
	TMPDIR=$TMPDIR/place "$root/tools/demo" >"$out" 2>&1 </dev/null &
	job=$!
	for ((i = 0; i < 3000; i++)); do
		! grep -q '^9\. ' "$out" || break
		sleep 0.1
	done
	sleep 1
	kill -TERM "$job"
	wait "$job"
	[ $? -eq 143 ] && nothing_left && says '^9\. '
}
check 'it can be stopped at any time' stopped_in_the_middle
if [ "${TB_LONG:-}" = 1 ]; then
	check 'modp4096' runs env GROUP=modp4096
	check 'verified too' test "$(tail -n 1 "$out")" = VERIFIED
	check 'without a ranked question' test "$(grep -c '^     Question: ' "$out")" -eq 3
	check 'which it says' says 'Not in this group: a question in which members rank'
fi
finish

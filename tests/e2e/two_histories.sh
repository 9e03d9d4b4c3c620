#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# A server that forgets, or shows different people different boards: who has seen more finds out [LOG.CONSISTENT], signs nothing, and keeps
# the proof.  And a key that has endorsed one board endorses no other [ENDORSE].
set -u
. tests/tools/tap.sh
. tests/support/election.sh

# Goes on with a copy of what the server was before.
server_becomes() {
	server_stop
	rm -rf data
	cp -R "$1" data
	server_start
}
# As somebody with a memory of their own.
as() { (export XDG_STATE_HOME=$work/home-of-$1 && shift && "$@"); }
nobody_signed() { [ "$(number size)" -eq "$1" ] || { echo "# $(number size) entries" && return 1; }; }

# The polls are open for long enough to try things, and then have to be over in both histories.
window=20
election_run 6 "$window"
must as ann vote v001
server_stop
cp -R data before
server_start
must as ann vote v002 --receipt v002.tlog-proof
size=$(number size)

# ---- a ballot is lost ----

server_becomes before
check 'a lost ballot: the voter who saw it is told' gives 1 'LOG.CONSISTENT: .* what links them is missing' as ann vote v003
check 'and what proves it' grep -q 'the evidence are the signed checkpoints' said
check 'nothing was cast' nobody_signed $((size - 1))
check 'both checkpoints are kept' eval '[ "$(sed -n 2p home-of-ann/tabella/*/checkpoint)" = $size ] &&
	[ "$(sed -n 2p home-of-ann/tabella/*/checkpoint.conflicting)" = $((size - 1)) ]'
check 'the receipt still proves that the ballot was there' gives 0 "is entry $((size - 1)) of" tabella receipt --election election.txt v002.tlog-proof
check 'and tabella-verify sees it with that checkpoint' gives 1 'NOT VERIFIED' tabella-verify --seen "$(echo home-of-ann/tabella/*/checkpoint)" "$board"
check 'who has seen nothing can vote' gives 0 'recorded as entry' as bob vote v004

# ---- now both histories have the same length, and then the false one is longer ----

evidence() { echo home-of-ann/tabella/*/fork.evidence; }
check 'another history of the same length' gives 1 'LOG.CONSISTENT: .* are not heads of one log' as ann vote v003
check 'and what proves it to anybody' gives 0 '^FORKED$' tabella-verify --evidence "$(evidence)"
must as bob vote v005
rm "$(evidence)"
check 'a longer one' gives 1 'LOG.CONSISTENT: .* are not heads of one log' as ann vote v003
check 'that is proved too' gives 0 'a log, and a longer one that begins otherwise' tabella-verify --evidence "$(evidence)"
check 'not of another key' gives 1 '^NO EVIDENCE$' tabella-verify --key "$(head -c 32 /dev/zero | base64)" --evidence "$(evidence)"
sed 's/^node ./node A/' "$(evidence)" >changed.evidence
check 'nor of a changed file' gives 1 '^NO EVIDENCE$' tabella-verify --evidence changed.evidence
check 'the trustee who has seen the other one certified nothing of it' gives 1 'LOG.CONSISTENT' as ann tabella-trustee recover --phrase trustee-1.phrase "$board"
server_stop
cp -R data false

# ---- the true one again ----

server_becomes before
must as carl vote v002
check 'the true history, not the same as before either' gives 1 'LOG.CONSISTENT' as ann vote v003
server_stop
cp -R data true

# ---- two closed boards, one key ----

server_becomes true
election_close
must as trustee-1 trustee endorse 1
entry=$(sed -n 's/.*endorsed as entry //p' said)
check 'again: the same endorsement' gives 0 "endorsed as entry $entry" as trustee-1 trustee endorse 1
check 'once on the board' test "$(count endorse)" -eq 1
sleep 1.1 # the cosignature has the time in it
check 'a trustee who has lost the state folder cannot say anything else on this board' gives 1 'refused by the server: ENDORSE' as nobody trustee endorse 1
check 'still once' test "$(count endorse)" -eq 1
server_becomes false
election_close
# shellcheck disable=SC2034 # a case below evaluates it
head=$(head_of_log)
check 'the other board: found out by the checkpoint' gives 1 'LOG.CONSISTENT' as trustee-1 trustee endorse 1
rm home-of-trustee-1/tabella/*/checkpoint
check 'and without it by what was endorsed' gives 1 'this key has endorsed another statement before, and signs no second one' as trustee-1 trustee endorse 1
check 'by the auditor and the others it can be endorsed' gives 0 'endorsed as entry' as auditor tabella endorse --id auditor --key auditor.key "$board"
must as trustee-2 trustee endorse 2
must as trustee-3 trustee endorse 3
rm -f home-of-trustee-1/tabella/*/checkpoint
check 'but who has endorsed the true one decrypts nothing' gives 1 'this key has endorsed another statement' as trustee-1 trustee decrypt 1
check 'no share came' test "$(count decrypt)" -eq 0
echo '{' >"$(echo home-of-trustee-1/tabella/*/endorsed-trustee-1.json)"
rm -f home-of-trustee-1/tabella/*/checkpoint
check 'a damaged record is no permission' gives 2 'is damaged .*: without it this key must not endorse again' as trustee-1 trustee endorse 1
check 'trustee 1 has signed nothing here' eval '[ "$(count endorse)" -eq 3 ] && [ "$head" != "$(head_of_log)" ]'

# ---- another election under the same name ----

server_stop
rm -rf data
port_before=$port
server_start
election_file 600
must tabella create --server "$url" --key admin.key election.txt
check 'the same address' test "$port" = "$port_before"
check 'another election under the same name' gives 1 'LOG.CONSISTENT: test.invalid/e/meeting held another election when it was seen before' \
	as trustee-2 tabella-trustee commit --phrase trustee-2.phrase "$board"
check 'nothing was signed' nobody_signed 1
check 'who comes new sees nothing wrong' gives 0 'committed, entry 1' as dora tabella-trustee commit --phrase trustee-2.phrase "$board"
server_stop
finish

#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Connections that break at the worst moment, and servers that die: running the command again finds out what is on the
# board, and makes no second entry of anything.
set -u
. tests/tools/tap.sh
proxy=$TB_BUILD/tests/e2e/tool_proxy
. tests/support/election.sh
election_run 9 1000

mode() { echo "$1" >mode; }
mode pass
"$proxy" proxy-port "$port" mode >proxy.log 2>&1 </dev/null &
proxy_pid=$!
trap 'kill -9 $proxy_pid $server_pid 2>/dev/null; wait 2>/dev/null' EXIT
for ((tries = 0; tries < 6000; tries++)); do
	[ ! -s proxy-port ] || break
	sleep 0.02
done
direct=$board
board=http://127.0.0.1:$(cat proxy-port)/e/meeting

ballots() { [ "$(number ballots)" -eq "$1" ] || { echo "# $(number ballots) ballots" && return 1; }; }
pending() { [ "$(find home -name 'pending-*.json' | wc -l)" -eq "$1" ]; }
entry_in() { sed -n "s/.*recorded as entry \([0-9]*\).*/\1/p" "$1"; }

mode lose-answer
check 'the answer is lost: the voter is told that nothing is known' gives 2 'is not known: run the command again' vote v001
check 'but the ballot is there' ballots 1
check 'and kept' pending 1
mode pass
check 'again: it is found' gives 0 'recorded as entry' tabella vote --voter v001 --code-file v001.code --yes --choose one=no --choose two=cat "$board"
check 'and no other one was made' ballots 1
check 'and none is kept' pending 0

mode lose-request
check 'the ballot is lost on the way: nothing is known' gives 2 'is not known' vote v002
check 'it is not there' ballots 1
check 'but kept' pending 1
mode pass
check 'again, as JSON: it is said that this is the old one' gives 0 '"recorded":true,.*"resumed":true' \
	tabella vote --json --voter v002 --code-file v002.code --yes --receipt v002.tlog-proof "${choices[@]}" "$board"
check 'once' ballots 2
check 'the receipt is that of the old one' gives 0 'valid: a ballot by voter/v002' tabella receipt --election election.txt v002.tlog-proof

for answer in busy conflict; do
	mode "$answer"
	check "$answer, says somebody between: that is no verdict" gives 2 'is not known' vote v003
	check 'the ballot is kept' pending 1
done
mode pass
check 'again' gives 0 'recorded as entry' vote v003
check 'once' ballots 3

mode lose-answer
must_fail() { ! "$@" >said 2>&1; }
check 'the server dies when the ballot has arrived' must_fail vote v004
server_stop KILL
check 'no server: nothing is known' gives 2 'cannot get the checkpoint' vote v004
server_start
mode pass
check 'the server is back' gives 0 'recorded as entry' vote v004
check 'once' ballots 4

must vote v005
check 'another device has voted meanwhile: the ballot of before is on the board, and stays what it is' eval '
	mode lose-answer
	board=http://127.0.0.1:$(cat proxy-port)/e/meeting
	must_fail vote v006
	board=$direct
	mkdir -p other && must env XDG_STATE_HOME="$work/other" tabella vote --voter v006 --code-file v006.code --yes "${choices[@]}" "$board"
	[ "$(entry_in said)" = 16 ] || { cat said; false; }
	must vote v006
	[ "$(entry_in said)" = 15 ] || { cat said; false; }
	ballots 7'
check 'it was refused for good if it never came: another device has voted, so it would be a replay' eval '
	mode lose-request
	board=http://127.0.0.1:$(cat proxy-port)/e/meeting
	must_fail vote v007
	board=$direct
	must env XDG_STATE_HOME="$work/other" tabella vote --voter v007 --code-file v007.code --yes "${choices[@]}" "$board"
	gives 1 "NOT recorded" vote v007
	grep -q BALLOT.PREV said && pending 0 && ballots 8'
check 'then the next one is a new vote' gives 0 'recorded as entry' vote v007
check 'of nine ballots seven count' test "$(number ballots) $(number counted)" = '9 7'

# A server that says "refused" may have kept the ballot, or recorded it: the board tells.
board=http://127.0.0.1:$(cat proxy-port)/e/meeting
size=$(mode pass; number size)
mode refuse
check 'refused: the board was looked at' gives 1 'NOT recorded: the board of .* entries does not hold this ballot' vote v008
check 'and it is said which ballot' grep -qE 'tracker ([0-9A-HJKMNP-TV-Z]{4}-){6}[0-9A-HJKMNP-TV-Z]{2}' said
check 'nor is it there' test "$(number size)" -eq "$size"
check 'none is pending' pending 0
mode lie
check 'said to be refused, but on the board: that is found' gives 0 "recorded as entry $size" vote v008 --receipt lied.tlog-proof
check 'with its receipt' gives 0 "is entry $size of" tabella receipt --election election.txt lied.tlog-proof
check 'and none is pending' pending 0
mode pass
board=$direct

# A receipt that cannot be written does not lose the vote, nor the receipt.
size=$(number size)
check 'no room for the receipt: said, and kept' gives 2 'the vote is recorded, but its receipt could not be written' vote v008 --receipt none/v008
check 'again: the same entry, with its receipt' gives 0 "recorded as entry $size" vote v008 --receipt v008.tlog-proof
check 'which is right' gives 0 "is entry $size of" tabella receipt --election election.txt v008.tlog-proof

# Two at a time: one of them says so and leaves the other alone.
check 'two at once make one ballot' eval '
	vote v009 >one 2>&1 & first=$!
	vote v009 >two 2>&1; second=$?
	wait $first; first=$?
	[ $((first == 0 || second == 0)) -eq 1 ] || { cat one two; false; }
	must vote v009; [ "$(number ballots)" -ge 12 ] && [ "$(number counted)" -eq 9 ]'
check 'the board verifies so far' gives 3 UNFINISHED tabella-verify "$board"
finish

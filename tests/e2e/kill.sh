#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Every command that posts is killed (-9) at random moments, again and again, and then run to its end: the board has each
# entry once, and no vote is lost or doubled.  TB_LONG=1: more often.
set -u
. tests/tools/tap.sh
. tests/support/election.sh
RANDOM=4711
kills=6
[ "${TB_LONG:-}" != 1 ] || kills=60
took_us=60000
total=0 hits=0 resumed=0

# killed_often COMMAND...: so often killed after a part of the time that it takes; then it ends well.
killed_often() {
	local i pid us tries status
	for ((i = 0; i < kills; i++)); do
		"$@" >said 2>&1 &
		pid=$!
		us=$((RANDOM * 32768 + RANDOM)) && us=$((us % took_us))
		sleep "$(printf '%d.%06d' $((us / 1000000)) $((us % 1000000)))"
		total=$((total + 1))
		# the span follows how long commands take on this machine: a miss came too late
		if kill -9 "$pid" 2>/dev/null; then
			hits=$((hits + 1)) took_us=$((took_us < 4000000 ? took_us * 5 / 4 : 5000000))
		else
			took_us=$((took_us > 3000 ? took_us * 2 / 3 : 2000))
		fi
		wait "$pid" 2>/dev/null
		# what has been said cannot be taken back: the vote is then over
		! grep -q 'was interrupted: the ballot' said || resumed=$((resumed + 1))
		! grep -q '^recorded' said || return 0
	done
	# a command of before may just be arriving; what is refused for that is there the next time
	for ((tries = 0; tries < 20; tries++)); do
		"$@" >said 2>&1
		status=$?
		! grep -q 'was interrupted: the ballot' said || resumed=$((resumed + 1))
		[ "$status" -ne 0 ] || return 0
		sleep 0.2
	done
	echo "# $*: status $status" && sed 's/^/# /' said && return 1
}
# (programs, not functions: the process that is killed is then the one that works)
step_of_trustee() { killed_often tabella-trustee "$1" --phrase "trustee-$2.phrase" "$board"; }
cast() { killed_often tabella vote --voter "$1" --code-file "$1.code" --yes --receipt "$1.tlog-proof" "${choices[@]}" "$board"; }
has() { [ "$(count "$1")" -eq "$2" ] || { echo "# $1: $(count "$1")" && return 1; }; }

election_keys
server_start
election_file 1000
check 'create' killed_often tabella create --server "$url" --key admin.key election.txt
election=$(sed -n 's/^election: *//p' said)
check 'one manifest' has manifest 1
election_roll 1200
check 'roll import' killed_often tabella roll import --key registrar.key "$board" roll.json
check 'two roll entries of 1200 voters' has roll 2
check 'and all voters' test "$(number voters)" -eq 1200
for i in 1 2 3; do check "trustee $i commits" step_of_trustee commit "$i"; done
check 'three commitments' has trustee.commit 3
for i in 1 2 3; do check "trustee $i certifies" step_of_trustee certify "$i"; done
check 'three certificates' has trustee.certify 3
election_open
took_us=100000
# twelve voters; more of them until a kill has come after a ballot was signed and before its voter was told
for ((votes = 0; votes < 12 || (resumed == 0 && votes < 200); )); do
	votes=$((votes + 1))
	id=$(printf 'v%03d' "$votes")
	check "$id votes" cast "$id"
done
check 'as many ballots as voters' test "$(number ballots)" -eq "$votes"
check 'that count' test "$(number counted)" -eq "$votes"
check 'some of them were sent again' test "$resumed" -gt 0
check 'nothing is pending' sh -c '! ls "$XDG_STATE_HOME"/tabella/*/pending-*.json 2>/dev/null'
check 'a roll change' killed_often tabella roll change --action remove --voter v001 --reason 'moved away' --key registrar.key "$board"
check 'once' has roll.change 1
check 'an extension' killed_often tabella extend --closes "@$((closes + 60))" --reason 'late' --key admin.key "$board"
check 'once' has extend 1
echo "# killed $hits of $total times before the end, $resumed ballots sent again"
check 'many of them in the middle' test "$hits" -ge 10
check 'and the board verifies so far' gives 3 UNFINISHED tabella-verify "$board"
server_stop

# ---- the same after the close, in an election that closes soon ----

mkdir "$TMPDIR/second" && cd "$TMPDIR/second" || exit 1
export XDG_STATE_HOME=$TMPDIR/second/home
port=0
window=15
[ "${TB_LONG:-}" != 1 ] || window=30
election_run 3 "$window"
for id in v001 v002 v003; do must vote "$id"; done
election_close
took_us=120000
check 'trustee 1 endorses' step_of_trustee endorse 1
check 'trustee 2 endorses' step_of_trustee endorse 2
check 'the auditor endorses' killed_often tabella endorse --id auditor --key auditor.key "$board"
check 'three endorsements' has endorse 3
check 'trustee 1 decrypts' step_of_trustee decrypt 1
check 'trustee 3 decrypts' step_of_trustee decrypt 3
check 'two decryptions' has decrypt 2
must tabella publish --wait 600 "$board"
check 'one result' has result 1
check 'and the board verifies' gives 0 VERIFIED tabella-verify "$board"
server_stop
finish

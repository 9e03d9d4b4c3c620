#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# A whole election with a ranked question beside others, on a real server: a revote, a ballot that is no ranking, mixes that come too
# early, too late, twice, or from a trustee who is killed, and the count, which anybody can repeat from the ballots.
set -u
. tests/tools/tap.sh
root=$PWD
proxy=$TB_BUILD/tests/e2e/tool_proxy
. tests/support/election.sh

election_keys
server_start
election_file 25 'Mixes: 2'
cat >>election.txt <<'END'

Question: Who shall chair?
Id: chair
Method: ranked
Count: irv
[] Ada
[] Bert
[] Cleo
END
election_create
election_roll 7
election_post_roll
election_key
election_open

# ---- voting ----

cast() { tabella vote --voter "$1" --code-file "$1.code" --yes --choose two=ant "${@:2}" "$board"; }
check 'a ranking' gives 0 'recorded as entry' cast v001 --choose one=yes --rank chair=ada,bert
check 'and another one by the same voter' gives 0 'recorded as entry' cast v001 --choose one=yes --rank chair=cleo,bert
check 'a second voter' gives 0 'recorded as entry' cast v002 --choose one=no --rank chair=bert
check 'a third' gives 0 'recorded as entry' cast v003 --choose one=yes --rank chair=bert,cleo,ada
check 'a fourth' gives 0 'recorded as entry' cast v004 --choose one=yes --rank chair=cleo
check 'a fifth' gives 0 'recorded as entry' cast v005 --choose one=no --rank chair=bert,ada
check 'one who ranks nobody' gives 0 'recorded as entry' cast v006 --choose one=yes
# what the ranked question then has to hold; invalid ballots are none
rankings() {
	printf '%s\n' 'title,"Who shall chair?"' 'seats,1' 'ranks,"Ada","Bert","Cleo"' \
		1,,2,1 1,,1, 1,3,1,2 1,,,1 1,2,1, 1,,,
}
# A ballot without a signature: `tabella submit --voter` makes one.
unsigned() { printf '{"type":"ballot","signer":"","payload":"%s","signature":""}' "$(base64 -w 0 <"$1")"; }
# One whose randomness is opened to the voter, as a client of one's own would know it.
must cast v007 --choose one=no --rank chair=ada --audit opened.json
sed -n 's/.*"payload":"\([^"]*\)".*/\1/p' opened.json | base64 -d >payload
bent_proof() {
	local byte at
	at=$(($(wc -c <payload) - 32)) # the last response
	byte=$(od -An -tu1 -j "$at" -N 1 payload)
	cp payload bent
	# shellcheck disable=SC2059 # the bytes are a format
	printf "\\x$(printf %02x $((byte ^ 1)))" | dd of=bent bs=1 seek="$at" conv=notrunc status=none
	unsigned bent >bent.json
	tabella submit --voter v007 --code-file v007.code "$board" bent.json
}
check 'a ranking with a wrong proof is refused' gives 1 'refused: RANK.VERIFY' bent_proof
no_ranking() {
	must tabella export "$board" now.tar
	"$TB_BUILD/tests/e2e/tool_no_ranking" now.tar <payload >other || fatal 'tool_no_ranking'
	unsigned other >other.json
	tabella submit --voter v007 --code-file v007.code "$board" other.json
}
check 'one that is no ranking, with a right proof, is not: nobody can know yet' gives 0 '^recorded' no_ranking
check 'a mix is refused while the polls are open' gives 3 'not closed yet' trustee mix 1
election_close
check 'all ballots count' test "$(number counted)" = 7

# ---- mixing ----

mixes() { [ "$(count mix)" -eq "$1" ] || { echo "# $(count mix) mixes" && return 1; }; }
must trustee endorse 1
must trustee endorse 2
check 'no mix before enough have endorsed' gives 3 'MIX.WHEN' trustee mix 1
must tabella endorse --id auditor --key auditor.key "$board"
check 'no decryption before the mixes' gives 3 'DECRYPT.LIST: 2 of 2 mixes are still to come' trustee decrypt 1
check 'the turn of trustee 1' gives 0 'next: *mix' tabella-trustee status --trustee 1 "$board"

# A proxy lets one mix wait until others were faster, or its trustee has died.
mode() { echo "$1" >mode.new && mv mode.new mode; }
mode pass
"$proxy" proxy-port "$port" mode >proxy.log 2>&1 </dev/null &
proxy_pid=$!
trap 'kill -9 $proxy_pid $server_pid 2>/dev/null; wait 2>/dev/null' EXIT
for ((tries = 0; tries < 6000; tries++)); do
	[ ! -s proxy-port ] || break
	sleep 0.02
done
slowly=http://127.0.0.1:$(cat proxy-port)/e/meeting
# Sets held_pid: a trustee whose mix is made and on its way.
mix_held() {
	rm -f mode.held
	mode hold
	tabella-trustee mix --phrase "trustee-$1.phrase" "$slowly" >held.log 2>&1 &
	held_pid=$!
	for ((tries = 0; tries < 6000; tries++)); do
		[ ! -e mode.held ] || return 0
		kill -0 "$held_pid" 2>/dev/null || break
		sleep 0.05
	done
	sed 's/^/# /' held.log && return 1
}
ended() { # STATUS PATTERN: of that trustee
	wait "$held_pid"
	local got=$?
	[ "$got" -eq "$1" ] && grep -q -e "$2" held.log && return 0
	echo "# status $got" && sed 's/^/# /' held.log && return 1
}
check 'trustee 1 mixes' mix_held 1
kill -9 "$held_pid"
wait "$held_pid" 2>/dev/null
mode lose-request
check 'and is killed: there is no mix' mixes 0
check 'trustee 1 mixes again' mix_held 1
check 'but trustee 2 is faster' gives 0 'trustee 2: the whole board verifies; mixed, entry' trustee mix 2
check 'one mix' mixes 1
mode pass
check 'so trustee 1 mixes what that one has left' ended 0 'trustee 1: the whole board verifies; mixed, entry'
check 'which it says' grep -q 'another trustee was faster: mixing what that mix has left' held.log
check 'two mixes' mixes 2
check 'nobody mixes twice' gives 0 'mixed already' trustee mix 1
check 'and no third is needed' gives 0 'all mixes are there already' trustee mix 3
check 'still two' mixes 2
kill "$proxy_pid" 2>/dev/null

# ---- the count ----

check 'trustee 1 decrypts' gives 0 'decryption shares posted' trustee decrypt 1
check 'trustee 3, who did not mix, decrypts' gives 0 'decryption shares posted' trustee decrypt 3
must tabella publish --wait 600 "$board"
must tabella export "$board" board.tar
server_stop
check 'the verifier says so' gives 0 '^VERIFIED$' tabella-verify board.tar
check 'it saw the mixes' grep -q '^15  mixes  *2 mixes  *OK$' said
check 'and the invalid ballot' grep -q '^ *6 valid ballots, 1 invalid; counted by ' said
check 'Bert is elected' grep -q '^    elected: Bert$' said
check 'the other verifier says so' gives 0 '^VERIFIED$' node "$root/client-js/verify.mjs" board.tar
check 'and how many ballots hold a ranking' gives 0 'decided, 6 valid ballots, 1 invalid; elected: ' node "$root/client-js/verify.mjs" board.tar
check 'and who is elected' grep -q '^  chair: decided.*; elected: bert$' said
must tabella result --verify --json board.tar
mv said result.json
# in_result PATH: a part of the ranked question's result
in_result() { node -e 'console.log(eval("q => q." + process.argv[1])(JSON.parse(require("fs").readFileSync("result.json", "utf8")).questions[3]))' "$1"; }
hash_of() { sha256sum "$1" | cut -d ' ' -f 1; }
check 'the question without ranks has totals' grep -q '"id":"one",.*"totals":\[4,3\]' result.json
check 'six are valid' test "$(in_result count.valid)" = 6
check 'one is not' test "$(in_result count.invalid.length)" = 1
check 'who is elected' test "$(in_result 'elected.join()')" = bert
rankings >rankings.csv
must tabella count --convert csv rankings.csv
mv said written.csv
check 'the ballots are those that were cast, as a file' test "$(in_result count.ballots)" = "$(hash_of written.csv)"
must tabella count --method irv-1 --json written.csv
tr -d '\n' <said >account.json
check 'and anybody who counts them has the same account' test "$(in_result count.account)" = "$(hash_of account.json)"
# the same as files of the board [RANK.FILES], for those who have no key and no vote
file_is() { tar -xOf board.tar "count/chair.$1" >of-board && cmp "$2" of-board; }
check 'the ballots are in the archive' file_is csv written.csv
check 'and the account' file_is json account.json
finish

#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# A whole election with --json: what every command prints then is one line of JSON with the members that scripts rely on.
set -u
. tests/tools/tap.sh
. tests/support/election.sh

# says MEMBERS STATUS COMMAND...: this exit status, and one JSON object with exactly these members, in this order
says() {
	local members=$1 want=$2 got
	shift 2
	"$@" --json >answer 2>errors
	got=$?
	[ "$got" -eq "$want" ] && [ "$(wc -l <answer)" -eq 1 ] && [ "$(node -e '
		const answer = JSON.parse(require("fs").readFileSync(0, "utf8"));
		console.log(Object.keys(answer).join(" "));' <answer 2>/dev/null)" = "$members" ] && return 0
	echo "# expected status $want and $members, got status $got and" && sed 's/^/#   /' answer errors
	return 1
}
# member PATH: a part of the answer
member() { node -e 'console.log(eval("a => a." + process.argv[1])(JSON.parse(require("fs").readFileSync(0, "utf8"))))' "$1" <answer; }

election_keys
check 'key new' says line 0 tabella key new --role admin --out second.key
check 'key show: the same line' eval 'line=$(member line) && says line 0 tabella key show --role admin --key second.key && [ "$(member line)" = "$line" ]'
check 'init' says line 0 tabella-trustee init --save second.phrase
check 'show: the same line' eval 'line=$(member line) && says line 0 tabella-trustee show --phrase second.phrase && [ "$(member line)" = "$line" ]'
server_start
election_file 40
manifest='tabella slug origin title text group opens closes granularity rules revote rehearsal privacy_floor weights eligibility server admin registrar threshold trustees endorsers questions'
check 'check: the manifest' says "$manifest" 0 tabella check election.txt
check 'create' says 'board election' 0 tabella create --server "$url" --key admin.key election.txt
check 'its address' test "$(member board)" = "$board"
election=$(member election)
state='slug id origin title rehearsal phase opens closes time size root voters ballots counted'
check 'status' says "$state awaits acts" 0 tabella status "$board"
check 'its id' test "$(member id)" = "$election"
check 'open: not yet' says "$state awaits acts" 3 tabella open "$board"
printf 'v%03d\n' 1 2 3 4 >voters.csv
check 'codes' says voters 0 tabella codes --election "$election" --codes codes.csv --out roll.json voters.csv
while IFS=, read -r id _ code; do echo "$code" >"$id.code"; done < <(tail -n +2 codes.csv)
check 'roll import' says voters 0 tabella roll import --key registrar.key "$board" roll.json
check 'four voters' test "$(member voters)" = 4
for i in 1 2 3; do check "commit $i" says 'trustee index' 0 trustee commit "$i"; done
check 'commit again' says 'trustee already' 0 trustee commit 1
check 'certify 1' says 'trustee index' 0 trustee certify 1
check 'certify again' says 'trustee already' 0 trustee certify 1
check 'recover' says 'trustee recovered' 0 trustee recover 1
must trustee certify 2
must trustee certify 3
check 'open' says "$state context awaits acts" 0 tabella open --wait 600 "$board"
check 'vote' says 'recorded index tracker fingerprint resumed' 0 vote v001 --receipt v001.tlog-proof
tracker=$(member tracker)
check 'not resumed' test "$(member resumed)" = false
check 'an opened ballot' says 'audit tracker' 0 tabella vote --voter v002 --code-file v002.code "${choices[@]}" --audit opened.json "$board"
check 'audit: the same tracker' eval 'of=$(member tracker) && says "right tracker" 0 tabella audit "$board" opened.json && [ "$(member tracker)" = "$of" ]'
check 'receipt' says 'valid type signer time index size tracker' 0 tabella receipt --election election.txt v001.tlog-proof
check 'the tracker of the vote' test "$(member tracker)" = "$tracker"
must vote v002
must vote v003
check 'notice' says index 0 tabella notice --text 'hello' --key admin.key "$board"
check 'extend' says index 0 tabella extend --closes "@$((closes + 1))" --reason 'a second more' --key admin.key "$board"
check 'roll change' says 'recorded already' 0 tabella roll change --action remove --voter v004 --reason x --key registrar.key "$board"
check 'roll change again' eval 'says "recorded already" 0 tabella roll change --action remove --voter v004 --reason x --key registrar.key "$board" && [ "$(member already)" = true ]'
sed -n 's/^extra //p' v001.tlog-proof | base64 -d | sed 's/"time":[0-9]*,//' >again.json
check 'submit: there already' says 'status index rule text' 0 tabella submit "$board" again.json
check 'submit: refused' eval 'says "status rule text" 1 tabella submit --voter v001 --code-file v002.code "$board" again.json && [ "$(member rule)" = BALLOT.PREV ]'
check 'an error' says error 2 vote v003 --choose one=no
check 'a refusal' says error 1 tabella vote --voter v003 --code-file v001.code --yes "${choices[@]}" "$board"
check 'no result yet' says error 3 tabella result "$board"
echo "# the polls stay open for $((closes - $(date +%s))) s more"
check 'close' says "$state context awaits acts" 0 tabella close --wait 3600 "$board"
check 'endorse' says 'endorsed index' 0 trustee endorse 1
check 'endorse again: the same entry' eval 'index=$(member index) && says "endorsed index" 0 trustee endorse 1 && [ "$(member index)" = "$index" ]'
check 'decrypt: too early' says error 3 trustee decrypt 1
check 'endorse as an auditor' says 'endorsed index' 0 tabella endorse --id auditor --key auditor.key "$board"
must trustee endorse 2
check 'decrypt' says 'trustee index' 0 trustee decrypt 1
check 'decrypt again' says 'trustee already' 0 trustee decrypt 1
must trustee decrypt 3
check 'publish' says "$state context awaits acts" 0 tabella publish --wait 600 "$board"
result='close counted weight_counted electorate weight_electorate endorsers shares questions'
check 'result' says "$result" 0 tabella result "$board"
check 'the totals' test "$(member 'questions.map(q => q.totals.join()).join(" ")')" = '3,0 3,3,0 15,0'
check 'result --verify: the same' eval 'mv answer published && says "$result" 0 tabella result --verify "$board" && cmp published answer'
check 'export' says exported 0 tabella export "$board" board.tar
check 'result of the archive' eval 'says "$result" 0 tabella result --verify board.tar && cmp published answer'
check 'cancel: too late' says error 1 tabella cancel --reason x --key admin.key "$board"
finish

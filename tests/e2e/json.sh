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
# next_is TRUSTEE NEXT: what this trustee has to do
next_is() {
	says 'trustee name phase committed certified endorsed decrypted next why' 0 tabella-trustee status --trustee "$1" "$board" &&
		[ "$(member next)" = "$2" ] && return 0
	sed 's/^/#   /' answer && return 1
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
check 'its turn' next_is 1 commit
must trustee commit 1
check 'then the others' next_is 1 wait
check 'who have to' eval 'next_is 3 commit && [ "$(member committed)" = false ]'
for i in 2 3; do check "commit $i" says 'trustee index' 0 trustee commit "$i"; done
check 'commit again' says 'trustee already' 0 trustee commit 1
check 'all have committed' eval 'next_is 2 certify && [ "$(member committed) $(member certified)" = "true false" ]'
check 'in words' gives 0 'next: *certify (all have committed' tabella-trustee status --phrase trustee-2.phrase "$board"
check 'no such trustee' says error 2 tabella-trustee status --trustee 4 "$board"
check 'one of the two' says error 2 tabella-trustee status --trustee 1 --phrase trustee-1.phrase "$board"
check 'certify 1' says 'trustee index' 0 trustee certify 1
check 'certify again' says 'trustee already' 0 trustee certify 1
check 'recover' says 'trustee recovered' 0 trustee recover 1
must trustee certify 2
must trustee certify 3
check 'open' says "$state context awaits acts" 0 tabella open --wait 600 "$board"
check 'nothing to do while the polls are open' eval 'next_is 1 wait && [ "$(member phase)" = open ]'
check 'vote' says 'recorded index tracker fingerprint resumed' 0 vote v001 --receipt v001.tlog-proof
tracker=$(member tracker)
check 'not resumed' test "$(member resumed)" = false
check 'an opened ballot' says 'audit tracker' 0 tabella vote --voter v002 --code-file v002.code "${choices[@]}" --audit opened.json "$board"
check 'audit: the same tracker' eval 'of=$(member tracker) && says "right tracker" 0 tabella audit "$board" opened.json && [ "$(member tracker)" = "$of" ]'
check 'receipt' says 'valid type signer time index size tracker' 0 tabella receipt --election election.txt v001.tlog-proof
check 'the tracker of the vote' test "$(member tracker)" = "$tracker"
check 'vkey' says vkey 0 tabella vkey "$board"
vkey=$(member vkey)
check 'as text' test "$(tabella vkey "$board")" = "$vkey"
check 'a stranger checks the receipt with that key' says 'valid type signer time index size tracker' 0 tabella receipt --key "$vkey" v001.tlog-proof
check 'a key under another name is none' says error 2 tabella receipt --key "${vkey/test.invalid/test2.invalid}" v001.tlog-proof
must vote v002
blank=(--choose one=yes --blank two --score three=sun:5)
must tabella vote --voter v003 --code-file v003.code "${blank[@]}" --audit blank.json "$board"
check 'an opened blank ballot' says 'right tracker' 0 tabella audit "$board" blank.json
check 'in words' gives 0 'blank' tabella audit "$board" blank.json
check 'a blank vote' says 'recorded index tracker fingerprint resumed' 0 tabella vote --voter v003 --code-file v003.code --yes "${blank[@]}" "$board"
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
check 'the polls are closed' next_is 1 endorse
check 'endorse' says 'endorsed index' 0 trustee endorse 1
check 'endorse again: the same entry' eval 'index=$(member index) && says "endorsed index" 0 trustee endorse 1 && [ "$(member index)" = "$index" ]'
check 'then the others' eval 'next_is 1 wait && [ "$(member endorsed) $(member decrypted)" = "true false" ]'
check 'decrypt: too early' says error 3 trustee decrypt 1
check 'endorse as an auditor' says 'endorsed index' 0 tabella endorse --id auditor --key auditor.key "$board"
must trustee endorse 2
check 'enough have endorsed' next_is 1 decrypt
check 'but who has not has to do that' next_is 3 endorse
check 'decrypt' says 'trustee index' 0 trustee decrypt 1
check 'that was all' eval 'next_is 1 wait && [ "$(member decrypted)" = true ]'
check 'decrypt again' says 'trustee already' 0 trustee decrypt 1
must trustee decrypt 3
check 'publish' says "$state context awaits acts" 0 tabella publish --wait 600 "$board"
check 'nothing is left to do' eval 'next_is 2 nothing && [ "$(member phase)" = finished ]'
result='close counted weight_counted electorate weight_electorate endorsers shares questions'
check 'result' says "$result" 0 tabella result "$board"
check 'the totals' test "$(member 'questions.map(q => q.totals.join()).join(" ")')" = '3,0 2,2,0 15,0'
check 'result --verify: the same' eval 'mv answer published && says "$result" 0 tabella result --verify "$board" && cmp published answer'
check 'export' says exported 0 tabella export "$board" board.tar
check 'status of the archive' eval 'board=board.tar next_is 2 nothing'
check 'result of the archive' eval 'says "$result" 0 tabella result --verify board.tar && cmp published answer'
check 'cancel: too late' says error 1 tabella cancel --reason x --key admin.key "$board"
finish

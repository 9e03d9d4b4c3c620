#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Wrong input to every command: exit status 2, a message that names what is wrong, and nothing changes.
set -u
. tests/tools/tap.sh
. tests/support/election.sh
election_run 4 1000
must vote v001 --receipt v001.tlog-proof
must tabella vote --voter v002 --code-file v002.code "${choices[@]}" --audit opened.json "$board"
must tabella export "$board" board.tar
head=$(head_of_log)
files=$(find . -type f ! -path './home/*' ! -path './data/*' | sort)

# bad PATTERN COMMAND...: status 2, and it says this
bad() {
	local name="${*:2}"
	check "$(tr -cd ' -~' <<<"${name:0:100}")" gives 2 "$@"
}

# ---- the command line itself ----
bad 'usage: tabella COMMAND' tabella
bad "there is no command 'vot'" tabella vot
bad "there is no option --colour" tabella vote --colour red "$board"
bad '--voter needs a value: ID' tabella vote "$board" --voter
bad '--voter is given twice' tabella vote --voter v003 --voter v004 "$board"
bad '--yes takes no value' tabella vote --voter v003 --yes=1 "$board"
bad '--voter ID is missing: your id on the roll' tabella vote "$board"
bad 'something is missing: BOARD' tabella vote --voter v003
bad "the first one too many is 'x'" tabella status "$board" x
bad 'there is no command' tabella-trustee dissolve
bad '--wait: expected a whole number from 0' tabella open --wait soon "$board"
bad '--wait: expected a whole number from 0' tabella close --wait -1 "$board"
bad '--wait: expected a whole number from 0' tabella publish --wait 1e3 "$board"
check 'an error as JSON' gives 2 '^{"error":"--role: expected admin, registrar or endorser, found .k\\"ing."}$' \
	tabella key new --json --role 'k"ing' --out x.key

# ---- boards ----
for where in 'http://127.0.0.1:1/e/meeting' "$url/e/other"; do
	bad 'cannot get the checkpoint' tabella vote --voter v003 --code-file v003.code --yes "$where"
done
bad 'expected http\[s\]://host' tabella status nonsense
bad 'expected http\[s\]://host' tabella vote --voter v003 --code-file v003.code --yes "http://user@host/e/meeting"
bad 'cannot open the board nonsense: ' tabella result nonsense
bad 'cannot open the board election.txt: ' tabella result election.txt
for command in 'vote --voter v003 --code-file v003.code --yes' 'notice --text x --key admin.key' 'endorse --id auditor --key auditor.key'; do
	# shellcheck disable=SC2086 # several words
	bad 'expected the URL of a board, found the file board.tar' tabella $command board.tar
done
bad 'expected the URL of a board, found the file board.tar' tabella-trustee commit --phrase trustee-1.phrase board.tar
bad 'HTTP.NOT-FOUND' tabella status "$url/e/other"

# ---- keys and codes ----
bad '--role: expected admin, registrar or endorser, found .king' tabella key new --role king --out x.key
bad 'cannot write the code: admin.key' tabella key new --role admin --out admin.key
bad 'cannot write the code: none/x.key' tabella key new --role admin --out none/x.key
bad 'cannot read the code: none.key' tabella key show --role admin --key none.key
cp admin.key open.key && chmod 644 open.key
bad 'open.key can be read by others.*chmod 600' tabella key show --role admin --key open.key
echo '# nothing' >empty.key
bad 'empty.key holds no code' tabella key show --role admin --key empty.key
sed 's/^\(...\)./\1U/' v003.code >letter.code
bad 'letter.code: group 1 of 7: expected 28 letters' tabella vote --voter v003 --code-file letter.code --yes "${choices[@]}" "$board"
tr 0123456789ABCDEFGHJKMNPQRSTVWXYZ 123456789ABCDEFGHJKMNPQRSTVWXYZ0 <v003.code >wrong.code
bad 'wrong.code: .*: expected 28 letters and digits' tabella vote --voter v003 --code-file wrong.code --yes "${choices[@]}" "$board"
cut -c 1-20 v003.code >short.code
bad 'short.code: ' tabella vote --voter v003 --code-file short.code --yes "${choices[@]}" "$board"

# ---- the administrator ----
bad 'none.txt' tabella check none.txt
sed 's/^Method: choose.*/Method: choose 3 to 2/' election.txt >wrong.txt
bad 'wrong.txt, line 25 (questions\[1\].min): expected .*\[MANIFEST.QUESTIONS\]' tabella check wrong.txt
bad 'wrong.txt, line 25' tabella create --server "$url" --key admin.key wrong.txt
# pictures, named by their files [FILE.VALUE]
mkdir -p folder && printf '\211PNG\r\n\032\n12345678' >folder/ant.png && printf 'GIF89a1234567890' >folder/ant.gif && head -c 30000 folder/ant.png /dev/zero >folder/large.png
for picture in ant.png ant.gif large.png none.png; do sed "s/^\[\] Ant/&\n  Picture: $picture/" election.txt >"folder/$picture.txt"; done
check 'a picture beside the file' gives 0 'Picture: data:image/png;base64,iVBORw0KGgoxMjM0NTY3OA==' tabella check folder/ant.png.txt
line=$(grep -n Picture folder/ant.gif.txt | cut -d: -f1)
bad "folder/ant.gif.txt, line $line: folder/ant.gif: expected a PNG, JPEG or WebP file" tabella check folder/ant.gif.txt
bad "folder/large.png.txt, line $line: folder/large.png: expected .* at most 24576 bytes" tabella create --server "$url" --key admin.key folder/large.png.txt
bad "folder/none.png.txt, line $line: folder/none.png: No such file" tabella check folder/none.png.txt
sed '/^Trustee: T3/d; /^Registrar/d' election.txt >draft.txt
check 'a draft' eval 'gives 3 "still missing: Trustee" tabella check draft.txt && grep -q "still missing: Registrar" said'
bad 'draft.txt, ' tabella create --server "$url" --key admin.key draft.txt
bad "this key is not the one that the .Admin:. line" tabella create --server "$url" --key registrar.key election.txt
bad '--server: expected http://host' tabella create --server ftp://x --key admin.key election.txt
bad '--server: expected http://host' tabella create --server "$url?x" --key admin.key election.txt
bad 'is not known: run the command again' tabella create --server http://127.0.0.1:1 --key admin.key election.txt
bad '--closes: expected .*tomorrow' tabella extend --closes tomorrow --reason x --key admin.key "$board"
bad '--reason needs a value: TEXT' tabella extend --closes "@$((closes + 60))" --reason '' --key admin.key "$board"
bad 'this key is not the admin' tabella extend --closes "@$((closes + 60))" --reason x --key registrar.key "$board"
bad '--text needs a value: TEXT' tabella notice --text '' --key admin.key "$board"
bad '--text: expected.*\[TEXT\]' tabella notice --text $'a\eb' --key admin.key "$board"
bad 'not UTF-8' tabella notice --text $'a\xffb' --key admin.key "$board"
bad '--text: expected' tabella notice --text "$(printf '%020001d' 0)" --key admin.key "$board"
bad 'this key is not the admin' tabella notice --text x --key auditor.key "$board"
bad '--reason needs a value: TEXT' tabella cancel --reason '' --key admin.key "$board"

# ---- the registrar ----
bad '--election: expected the election id' tabella codes --election 12 --codes c --out r voters.csv
printf 'a,A,1\nA B,x,1\nb,B,0\na,again,1\n' >wrong.csv
bad 'wrong.csv, line 2: expected' tabella codes --election "$election" --codes c --out r wrong.csv
check 'every line is reported' grep -q '3 bad lines in wrong.csv; nothing was written' said
: >empty.csv
bad 'empty.csv lists no voters' tabella codes --election "$election" --codes c --out r empty.csv
bad 'none.csv' tabella codes --election "$election" --codes c --out r none.csv
bad 'codes.csv' tabella codes --election "$election" --codes codes.csv --out r voters.csv
bad 'roll.json' tabella codes --election "$election" --codes c --out roll.json voters.csv
check 'codes without a roll would mislead' test ! -e c
bad 'this key is not the registrar' tabella roll import --key admin.key "$board" roll.json
head -c 100 roll.json >cut.json
bad 'line 1, ' tabella roll import --key registrar.key "$board" cut.json
sed 's/"first":0/"first":7/' roll.json >first.json
bad 'line 1, first: expected 0, found 7' tabella roll import --key registrar.key "$board" first.json
sed 's/,"final":true/,"final":false/' roll.json >endless.json
bad 'endless.json ends before the final part' tabella roll import --key registrar.key "$board" endless.json
must tabella codes --election "$election" --codes other.csv --out other.json voters.csv
bad 'line 1: the board has a part of another roll already' tabella roll import --key registrar.key "$board" other.json
key=$(grep -o '[A-Za-z0-9+/]*=' other.json | head -n 1)
change=(tabella roll change --key registrar.key --reason x)
bad '--action: expected add, remove or credential' "${change[@]}" --action rename --voter v003 "$board"
bad "--voter: expected 1 to 64 characters a-z 0-9 . _ -, found 'V 3'" "${change[@]}" --action remove --voter 'V 3' "$board"
bad '--weight goes with --action add only' "${change[@]}" --action remove --voter v003 --weight 2 "$board"
bad '--label goes with --action add only' "${change[@]}" --action credential --voter v003 --label x --credential "$key" "$board"
bad '--credential does not go with --action remove' "${change[@]}" --action remove --voter v003 --credential "$key" "$board"
bad '--credential is missing' "${change[@]}" --action credential --voter v003 "$board"
bad '--credential: expected 44 characters of base64' "${change[@]}" --action add --voter v9 --credential "${key#?}" "$board"
bad '--credential: expected' "${change[@]}" --action add --voter v9 --credential "$(printf '%043d=' 0 | tr 0 /)" "$board"
bad '--weight: expected a whole number from 1' "${change[@]}" --action add --voter v9 --credential "$key" --weight 0 "$board"
bad '--reason needs a value: TEXT' tabella roll change --key registrar.key --reason '' --action remove --voter v003 "$board"
bad 'this key is not the registrar' tabella roll change --key admin.key --reason x --action remove --voter v003 "$board"

# ---- voters ----
voting=(tabella vote --voter v003 --code-file v003.code --yes)
bad "--voter: expected an id of a-z 0-9 . _ -, found 'V3'" tabella vote --voter V3 --code-file v003.code --yes "$board"
bad 'cannot read the code: none.code' tabella vote --voter v003 --code-file none.code --yes "$board"
bad '--fingerprint: expected 26 characters' "${voting[@]}" --fingerprint 12 "${choices[@]}" "$board"
check 'another fingerprint: nothing is encrypted' gives 1 'CONTEXT: the fingerprint of this election is' \
	"${voting[@]}" --fingerprint 3DM5-J7TC-Y1DN-WD4F-8K2R-9QTA-ZC "${choices[@]}" "$board"
bad "there is no question 'four'" "${voting[@]}" --choose four=yes "$board"
bad "--choose: expected QUESTION=OPTION..., found 'one'" "${voting[@]}" --choose one "$board"
bad "the question 'two' has no option 'dog'; its options are ant, bee, cat" "${voting[@]}" --choose two=ant,dog "$board"
bad "the question 'two' has no option ''" "${voting[@]}" --choose two=ant, "$board"
bad "'ant' is given twice for 'two'" "${voting[@]}" --choose two=ant,ant "$board"
bad "'sun' is given twice for 'three'" "${voting[@]}" --score three=sun:0 --score three=sun:3 "$board"
bad "the question 'three' takes scores: use --score" "${voting[@]}" --choose three=sun "$board"
bad "the question 'two' takes choices: use --choose" "${voting[@]}" --score two=ant:1 "$board"
bad "expected OPTION:SCORE, found 'sun'" "${voting[@]}" --score three=sun "$board"
bad "expected a score, found 'x'" "${voting[@]}" --score three=sun:x "$board"
bad 'a score is missing' "${voting[@]}" --score three=sun: "$board"
bad "question 'three', option 'sun': expected 0 to 5, found 6 \[BALLOT.BITS\]" "${voting[@]}" --choose two=ant --score three=sun:6 "$board"
bad "question 'two': expected at most 2 chosen, found 3 \[BALLOT.BITS\]" "${voting[@]}" --choose two=ant,bee,cat "$board"
bad "question 'two': expected at least 1 chosen, or blank, found 0" "${voting[@]}" --choose one=yes "$board"
bad "question 'two': expected either a blank vote or choices" "${voting[@]}" --blank two --choose two=ant "$board"
bad "question 'one': expected choices: this question has no blank vote" "${voting[@]}" --blank one --choose two=ant "$board"
bad "there is no question 'four'" "${voting[@]}" --blank four "$board"
bad 'without a terminal to confirm the choices at, --yes is needed' \
	tabella vote --voter v003 --code-file v003.code "${choices[@]}" "$board"
check 'another voter'"'"'s code' gives 1 "the roll has no voter 'v003' with this code" \
	tabella vote --voter v003 --code-file v004.code --yes "${choices[@]}" "$board"
check 'somebody who is not on the roll' gives 1 "the roll has no voter 'v999'" \
	tabella vote --voter v999 --code-file v003.code --yes "${choices[@]}" "$board"
bad 'none.json' tabella audit "$board" none.json
bad 'election.txt, ' tabella audit "$board" election.txt
sed 's/"values":\[1,0\]/"values":[0,1]/' opened.json >lied.json
check 'a ballot that holds something else' gives 1 'BALLOT.SEED: the ballot does NOT hold these choices' tabella audit "$board" lied.json
sed 's/"values":\[1,0\]/"values":[1]/' opened.json >fewer.json
bad 'fewer.json, choices\[0\].values: expected' tabella audit "$board" fewer.json
bad 'give either --election FILE or --key VKEY' tabella receipt v001.tlog-proof
bad 'give either --election FILE or --key VKEY' tabella receipt --election election.txt --key x v001.tlog-proof
bad '--key: expected NAME+ID+BASE64' tabella receipt --key x v001.tlog-proof
bad 'wrong.txt, line' tabella receipt --election wrong.txt v001.tlog-proof
bad 'none.tlog-proof' tabella receipt --election election.txt none.tlog-proof
check 'no receipt at all' gives 1 'RECEIPT: ' tabella receipt --election election.txt roll.json
sed 's/^index .*/index 3/' v001.tlog-proof >moved.tlog-proof
check 'a receipt for another place' gives 1 'RECEIPT: ' tabella receipt --election election.txt moved.tlog-proof

# ---- auditors, everybody ----
bad "--id: this election names no endorser 'nobody'" tabella endorse --id nobody --key auditor.key "$board"
bad "--id: expected 1 to 64 characters" tabella endorse --id 'A B' --key auditor.key "$board"
bad "--key: this key is not the one of the endorser 'auditor'" tabella endorse --id auditor --key admin.key "$board"
check 'too early to endorse' gives 3 'not closed yet' tabella endorse --id auditor --key auditor.key "$board"
check 'too early for a result' gives 3 'no result yet' tabella result "$board"
check 'and for a verified one' gives 3 'no result yet' tabella result --verify "$board"
bad 'none/x.tar' tabella export "$board" none/x.tar
bad 'none.json' tabella submit "$board" none.json
bad '--code-file goes with --voter only' tabella submit --code-file v003.code "$board" roll.json
bad 'roll.json, ' tabella submit --voter v003 --code-file v003.code "$board" roll.json
echo '{"type":"notice","signer":"admin","payload":"","signature":""}' >notice.json
bad "--voter: expected a ballot to sign, found 'notice'" tabella submit --voter v003 --code-file v003.code "$board" notice.json
bad "--voter: expected 1 to 64 characters" tabella submit --voter 'V' --code-file v003.code "$board" notice.json

# ---- trustees ----
bad 'cannot write the code: trustee-1.phrase' tabella-trustee init --save trustee-1.phrase
bad 'without a terminal to read the phrase back at, --save FILE is needed' tabella-trustee init
bad 'cannot read the code: none' tabella-trustee show --phrase none
for command in commit certify recover endorse decrypt; do
	check "$command with a phrase of somebody else" eval "
		! tabella-trustee $command --phrase admin.key '$board' >said 2>&1 && grep -q 'belongs to none of the 3 trustees\|not closed yet' said"
	bad 'cannot get the checkpoint' tabella-trustee "$command" --phrase trustee-1.phrase "$url/e/other"
done
check 'too early to decrypt' gives 3 'not closed yet' tabella-trustee decrypt --phrase trustee-1.phrase "$board"

check 'the board is what it was' test "$(head_of_log)" = "$head"
check 'and no file was made or lost but those of this test' test -z "$(comm -23 <(echo "$files") <(find . -type f | sort))"
check 'nothing is pending' sh -c '! ls "$XDG_STATE_HOME"/tabella/*/pending-* 2>/dev/null'
finish

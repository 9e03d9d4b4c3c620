#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The nearest peer's shuffle in the same run: belenios-tool (Debian's package) shuffles ranked ballots of one ciphertext each, in RFC-3526-2048, which
# is the one group it has in that version for questions that are shuffled.  User CPU of one thread on both sides.
set -eu

bench_shuffle=${TB_BUILD:?}/tests/bench/bench_shuffle
num=${BALLOTS:-100}
if ! command -v belenios-tool >/dev/null; then
	echo "bench_shuffle_belenios: belenios-tool is not installed (tools/setup bench installs it)" >&2
	exit 1
fi
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
TIMEFORMAT=%U

belenios() {
	belenios-tool "$@" 2>>log || {
		cat log >&2
		exit 1
	}
}

seconds_of() {
	{ time "$@" >out; } 2>&1 | tail -n 1
}

uuid=EcWrTyUWcGiuDX
group=RFC-3526-2048
belenios setup generate-credentials --uuid $uuid --group $group --count "$num" >>log
belenios setup generate-trustee-key --group $group >>log
cat ./*.pubkey >public_keys.jsons
belenios setup make-trustees >>log
mv ./*.pubcreds public_creds.json
cat >template.json <<'END'
{"description":"bench","name":"bench","questions":[{"type":"NonHomomorphic","value":{"answers":["a","b","c","d","e"],"question":"q"}}],"administrator":"a","credential_authority":"c"}
END
belenios setup make-election --uuid $uuid --group $group --template template.json >>log
belenios archive init >>log
echo '[[1,2,3,4,5]]' >choice.json
while read -r _ credential; do
	echo "$credential" >credential
	belenios election generate-ballot --privcred credential --ballot choice.json >ballot
	belenios archive add-event --type=Ballot <ballot >>log
done < <(cat ./*.privcreds)
belenios archive add-event --type=EndBallots </dev/null >>log
belenios election compute-encrypted-tally >tally
belenios archive add-event --type=EncryptedTally <tally >>log
before=$(seconds_of belenios election verify)
making=$(seconds_of belenios election shuffle --trustee-id=1)
mv out shuffle
belenios archive add-event --type=Shuffle <shuffle >>log
after=$(seconds_of belenios election verify)

own() {
	"$bench_shuffle" 1000 1 "$1" 1 | sed 's/ us.*//'
}
awk -v num="$num" -v making="$making" -v before="$before" -v after="$after" -v make="$(own make)" -v verify="$(own verify)" 'BEGIN {
	peer_make = 1e6 * making / num
	peer_verify = 1e6 * (after - before) / num
	printf "belenios-tool, RFC-3526-2048, shuffle of %d: make %.0f us a ciphertext, verify %.0f us\n", num, peer_make, peer_verify
	printf "belenios: tabella makes a shuffle (of 1000) in %.1f us a ciphertext, %.0f times as fast, and verifies in %.1f us, %.0f times as fast\n", make, peer_make / make, verify, peer_verify / verify
	printf "belenios on Ed25519 (2.5.1, measured elsewhere: 1400 and 1900 us at 1000): %.0f and %.0f times as fast\n", 1400 / make, 1900 / verify
}'

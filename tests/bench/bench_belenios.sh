#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The nearest peer on the same shape in the same run: one question, 5 answers, 1 to 3 of them.  belenios-tool (Debian's package) makes an election in
# BELENIOS-2048 and verifies it; Tabella verifies ballots of that shape from their entries' bytes.  Both figures are user CPU of one thread.
set -eu

bench_verify=${TB_BUILD:?}/tests/bench/bench_verify
num=${BALLOTS:-100}
if ! command -v belenios-tool >/dev/null; then
	echo "bench_belenios: belenios-tool is not installed (tools/setup bench installs it)" >&2
	exit 1
fi
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
TIMEFORMAT=%U

belenios() {
	belenios-tool "$@" >>log 2>&1 || {
		cat log >&2
		exit 1
	}
}

seconds_of() {
	{ time "$@"; } 2>&1 | tail -n 1
}

uuid=EcWrTyUWcGiuDX
belenios setup generate-credentials --uuid $uuid --group BELENIOS-2048 --count "$num"
belenios setup generate-trustee-key --group BELENIOS-2048
cat ./*.pubkey >public_keys.jsons
belenios setup make-trustees
mv ./*.pubcreds public_creds.json
cat >template.json <<'EOF'
{"description":"bench","name":"bench","questions":[{"answers":["a","b","c","d","e"],"min":1,"max":3,"question":"q"}],"administrator":"a","credential_authority":"c"}
EOF
belenios setup make-election --uuid $uuid --group BELENIOS-2048 --template template.json
belenios archive init
echo '[[1,0,1,0,0]]' >choice.json
none=$(seconds_of belenios election verify)

make_all() {
	local credential n=0

	while read -r _ credential; do
		echo "$credential" >credential
		belenios-tool election generate-ballot --privcred credential --ballot choice.json >"ballot-$n" 2>>log
		n=$((n + 1))
	done < <(cat ./*.privcreds)
}
making=$(seconds_of make_all)
for ballot in ballot-*; do
	belenios-tool archive add-event --type=Ballot <"$ballot" >>log 2>&1
done
belenios-tool archive add-event --type=EndBallots </dev/null >>log 2>&1
grep -q 'all checks passed' <(belenios-tool election verify 2>&1)
checking=$(seconds_of belenios election verify)
bytes=$(cat ballot-* | wc -c)

ours=$("$bench_verify" 5 | sed -n 's/.*batches of [0-9]*: \([0-9]*\) options.*/\1/p' | head -n 1)
awk -v num="$num" -v none="$none" -v checking="$checking" -v making="$making" -v bytes="$bytes" -v ours="$ours" 'BEGIN {
	peer = 5 * num / (checking - none)
	printf "belenios-tool, BELENIOS-2048, %d ballots of 5 options: make %.1f ms each, %d bytes each, verify %.0f options/s\n", num, 1000 * making / num, bytes / num, peer
	printf "belenios: tabella verifies %.0f times as many options in a second (%d; target 120 times)\n", ours / peer, ours
}'

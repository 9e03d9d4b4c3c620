# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# For tests that are shell scripts: a small election on a real server, step by step, in $work.
#
#     election_keys; server_start; election_file SECONDS; election_create; election_roll VOTERS; election_key; election_open
#
# sets $url, $board, $election and the files admin.key registrar.key auditor.key trustee-N.phrase vNNN.code election.txt roll.json.
work=$TMPDIR/election
mkdir -p "$work" && cd "$work" || exit 1
umask 077
PATH=$TB_BUILD:$PATH
export XDG_STATE_HOME=$work/home LC_ALL=C TZ=UTC
unset http_proxy https_proxy all_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY
server_pid='' port=0 slow=1
trap '[ -z "$server_pid" ] || kill -9 "$server_pid" 2>/dev/null; wait 2>/dev/null' EXIT

fatal() {
	echo "Bail out! $*"
	[ ! -s said ] || sed 's/^/# /' said
	[ ! -s server.log ] || tail -n 5 server.log | sed 's/^/# server: /'
	exit 1
}
must() { "$@" >said 2>&1 || fatal "$* (status $?)"; }
# gives STATUS PATTERN COMMAND...: ends with this status and says this, on standard error or output; shows both otherwise.
gives() {
	local want=$1 pattern=$2 got
	shift 2
	"$@" >said 2>&1
	got=$?
	[ "$got" -eq "$want" ] && grep -q -e "$pattern" said && return 0
	echo "# expected status $want and '$pattern', got status $got:"
	sed 's/^/#   /' said
	return 1
}

server_start() {
	[ -d data ] || server_line=$(tabella-server --data data --init) || fatal 'tabella-server --init'
	rm -f port
	tabella-server --data data --listen "127.0.0.1:$port" --port-file port --admin-key "${admin_line##*sign=}" \
		>>server.log 2>&1 </dev/null &
	server_pid=$!
	for ((tries = 0; tries < 2400; tries++)); do
		[ ! -s port ] || break
		kill -0 "$server_pid" 2>/dev/null || fatal 'the server ended'
		sleep 0.05
	done
	[ -s port ] || fatal 'the server does not listen'
	port=$(cat port)
	url=http://127.0.0.1:$port
	board=$url/e/meeting
}
# server_stop NAME: with this signal (TERM)
server_stop() {
	[ -z "$server_pid" ] || { kill "-${1:-TERM}" "$server_pid" && wait "$server_pid"; } 2>/dev/null
	server_pid=''
}
election_keys() {
	local i began=${EPOCHREALTIME/./}
	admin_line=$(tabella key new --role admin --out admin.key) || fatal 'key new'
	registrar_line=$(tabella key new --role registrar --out registrar.key) || fatal 'key new'
	auditor_line=$(tabella key new --role endorser --out auditor.key) || fatal 'key new'
	trustee_line=()
	for i in 1 2 3; do
		trustee_line[i]=$(tabella-trustee init --save "trustee-$i.phrase") || fatal 'init'
	done
	slow=$(((${EPOCHREALTIME/./} - began) / 200000 + 1)) # of these six commands, of which each takes 10 to 50 ms elsewhere
}
# election_file SECONDS [LINE...]: the polls are open from now on for so long, longer where the machine is slow
election_file() {
	local i now
	now=$(date +%s)
	closes=$((now + $1 * slow))
	{
		printf '%s\n' 'Title: Test' 'Slug: meeting' 'Origin: test.invalid/e/meeting' 'Granularity: second' \
			"Polls open: @$now" "Polls close: @$closes" "Server: S $server_line" "Admin: A $admin_line" \
			"Registrar: R $registrar_line" 'Privacy floor: 1' 'Threshold: 2 of 3'
		for i in 1 2 3; do echo "Trustee: T$i ${trustee_line[i]}"; done
		printf '%s\n' "Endorser: auditor E $auditor_line" "${@:2}"
		printf '%s\n' '' 'Question: One?' 'Id: one' 'Method: referendum' '[] Yes' '[] No' \
			'' 'Question: Two?' 'Id: two' 'Method: choose 1 to 2' 'Winners: 2' 'Blank: yes' '[] Ant' '[] Bee' '[] Cat' \
			'' 'Question: Three?' 'Id: three' 'Method: score 0 to 5' '[] Sun' '[] Rain'
	} >election.txt
}
election_create() {
	must tabella create --server "$url" --key admin.key election.txt
	election=$(sed -n 's/^election: *//p' said)
}
# election_roll VOTERS: v001 v002 ...
election_roll() {
	local i id code
	for ((i = 1; i <= $1; i++)); do printf 'v%03d\n' "$i"; done >voters.csv
	rm -f codes.csv roll.json
	must tabella codes --election "$election" --codes codes.csv --out roll.json voters.csv
	while IFS=, read -r id _ code; do echo "$code" >"$id.code"; done < <(tail -n +2 codes.csv)
}
election_post_roll() { must tabella roll import --key registrar.key "$board" roll.json; }
# trustee COMMAND NUMBER [OPTION...]
trustee() { tabella-trustee "$1" --phrase "trustee-$2.phrase" "${@:3}" "$board"; }
election_key() {
	local i
	for i in 1 2 3; do must trustee commit "$i"; done
	for i in 1 2 3; do must trustee certify "$i"; done
}
election_open() { must tabella open --wait 600 "$board"; }
election_close() {
	echo "# the polls stay open for $((closes - $(date +%s))) s more"
	must tabella close --wait 3600 "$board"
}
# All of it, for COUNT voters and SECONDS, until the polls are open.
election_run() {
	election_keys
	server_start
	election_file "$2"
	election_create
	election_roll "$1"
	election_post_roll
	election_key
	election_open
}
choices=(--choose one=yes --choose two=ant,bee --score three=sun:5)
# vote ID [OPTION...]
vote() { tabella vote --voter "$1" --code-file "$1.code" --yes "${choices[@]}" "${@:2}" "$board"; }
# A number of the state: number ballots
number() { tabella status --json "$board" | grep -o "\"$1\":[0-9]*" | sed 's/.*://'; }
phase_is() { tabella status --json "$board" | grep -q "\"phase\":\"$1\""; }
# What the log is: its size and root.
head_of_log() { tabella status --json "$board" | grep -o '"size":.*"root":"[0-9a-f]*"'; }
# count TYPE: how many entries of this type the board has
count() {
	rm -rf count.tar home-of-count # it shall count whatever is shown
	must env XDG_STATE_HOME="$PWD/home-of-count" tabella export "$board" count.tar
	grep -ao "{\"type\":\"$1\"," count.tar | wc -l
}

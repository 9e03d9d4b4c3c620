#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# What a server gives to browsers against what the board names [CLIENT.SERVED]: an honest server, and ones that cheat at one address.
set -u
. tests/tools/tap.sh
root=$PWD
. tests/support/election.sh

election_keys
server_start
election_file 3600
election_create
check 'before there is a client on the board, nothing can be compared' \
	gives 1 'expected: an entry of type client' tabella-verify --client "$board"
election_roll 2
election_post_roll
election_key
election_open

check 'an honest server' gives 3 'pages and files of the server compared with entry .*OK' tabella-verify --client "$board"
check 'and everything was compared' eval '[ "$(sed -n "s/^The web client: \([0-9]*\) .*/\1/p" said)" -ge 4 ]'
check 'for machines' gives 3 '"client":{"entry":[0-9]*,"compared":[0-9]*,"failures":\[\]}}$' tabella-verify --json --client "$board"
check 'a verifier says how to compare' gives 3 'names the pages and files of the web client in 1 entry' tabella-verify "$board"
tabella-verify --save copy.tar --quiet "$board" >/dev/null
check 'a copy of the board and its server' gives 3 'OK' tabella-verify --client "$board" copy.tar
check 'another election'"'"'s address' gives 2 'the address of the election of this board' tabella-verify --client "$url/e/other" copy.tar
check 'no server' gives 2 'tabella-verify: ' tabella-verify --client "http://127.0.0.1:1/e/meeting" copy.tar
check 'no URL' gives 2 'tabella-verify: ' tabella-verify --client "copy.tar" copy.tar
check 'not with evidence' gives 2 'not both' tabella-verify --client "$board" --evidence said copy.tar

proxy_pid=''
# cheat PATH MODE: a proxy before the server; its port in $cheating
cheat() {
	rm -f cheating
	node "$root/tests/support/lying_proxy.mjs" "$port" cheating "$1" "$2" </dev/null >/dev/null 2>&1 &
	proxy_pid=$!
	for ((tries = 0; tries < 1200; tries++)); do
		[ ! -s cheating ] || break
		kill -0 "$proxy_pid" 2>/dev/null || fatal 'the proxy ended'
		sleep 0.05
	done
	cheating=http://127.0.0.1:$(cat cheating)/e/meeting
}
honest() {
	kill "$proxy_pid"
	wait "$proxy_pid" 2>/dev/null
}

cheat / change
check 'a changed page is named' gives 1 'CLIENT.SERVED, /$' tabella-verify --client "$cheating"
check 'with both hashes' eval 'grep -q "expected: SHA-256 [0-9a-f]\{64\}" said && grep -q "found:    SHA-256 [0-9a-f]\{64\}" said'
check 'it is the only difference' eval '[ "$(grep -c CLIENT.SERVED said)" -eq 1 ]'
check 'the last line' eval '[ "$(tail -n 1 said)" = "NOT VERIFIED" ]'
check 'for machines' gives 1 '^{"verdict":"false".*"rule":"CLIENT.SERVED","where":"/"' tabella-verify --json --client "$cheating"
check 'the board itself is right all the same' gives 3 UNFINISHED tabella-verify "$cheating"
honest

script=$(node -e '
	require("http").get(process.argv[1], (r) => { let t = ""; r.on("data", (d) => t += d); r.on("end", () => console.log(JSON.parse(t).files.find((f) => f.path.endsWith(".js")).path)); });
' "$url/client/files.json")
cheat "$script" drop
check 'a script that is not there is named' gives 1 "CLIENT.SERVED, $script" tabella-verify --client "$cheating"
check 'with the status' grep -q 'found:    status 404' said
honest

cheat /client/files.json change
check 'a changed list is named' gives 1 'CLIENT.SERVED, /client/files.json' tabella-verify --client "$cheating"
honest

finish

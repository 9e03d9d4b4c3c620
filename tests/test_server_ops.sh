#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# What an operator sees: health, metrics, the log as JSON, the sandbox; and root that is given up.
set -u
. tests/tools/tap.sh
server=${TB_BUILD:?}/tabella-server
export ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0 # in the sandbox it cannot look around, and says so by aborting
dir=$(mktemp -d "${TMPDIR:-/tmp}/server ops.XXXXXX")
pid=
trap '[ -z "$pid" ] || kill -KILL "$pid" 2>/dev/null; rm -rf "$dir"' EXIT

wait_for() { # FILE
	local _
	for _ in $(seq 600); do
		[ ! -s "$1" ] || return 0
		sleep 0.1
	done
	return 1
}
ask() { # PORT PATH
	exec 3<>"/dev/tcp/127.0.0.1/$1" || return
	printf 'GET %s HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n' "$2" >&3
	cat <&3
	exec 3>&-
}
answers() { # PORT PATH WORDS
	local got
	got=$(ask "$1" "$2")
	grep -qF -- "$3" <<<"$got" && return
	echo "# $got"
	return 1
}
status_of() { sed -n "s/^$1:[[:space:]]*//p" "/proc/$pid/status"; }

# Free ports: two that the system has just given to this server.
"$server" --data "$dir/data" --init >/dev/null
"$server" --data "$dir/data" --listen 127.0.0.1:0 --admin-listen 0 --log-format json --port-file "$dir/port" \
	>"$dir/out" 2>"$dir/log" </dev/null &
pid=$!
wait_for "$dir/port"
port=$(cat "$dir/port")
for _ in $(seq 600); do grep -q '"operator"' "$dir/log" || sleep 0.1; done
admin=$(sed -n 's/.*"event":"operator","address":"127.0.0.1:\([0-9]*\)".*/\1/p' "$dir/log")
check 'the log is lines of JSON' node -e "
	const lines = require('fs').readFileSync(process.argv[1], 'utf8').trimEnd().split('\n').map(JSON.parse);
	process.exit(lines.length >= 2 && lines.every((l) => l.time && l.level && l.event) ? 0 : 1)" "$dir/log"
check 'it says what keeps it in' grep -qE '"event":"sandbox","seccomp":"(yes|no)","landlock":"(yes|no)"' "$dir/log"
if grep -qF '"seccomp":"yes"' "$dir/log"; then
	check 'the kernel says so too' test "$(status_of Seccomp)" = 2
else
	check 'the kernel says so too' test "$(status_of Seccomp)" = 0
fi
check 'no privileges can be gained' test "$(status_of NoNewPrivs)" = 1
check 'it is alive' answers "$admin" /healthz 'alive'
check 'and ready' answers "$admin" /readyz 'ready'
check 'the world is answered' answers "$port" / '"elections":[]'
check 'an address that is none is counted' answers "$port" /nothing 'HTTP.NOT-FOUND'
check 'metrics: the version' answers "$admin" /metrics 'tabella_build_info{version='
check 'metrics: responses' answers "$admin" /metrics 'tabella_http_responses_total{status="404"} 1'
check 'metrics: times' answers "$admin" /metrics 'tabella_http_request_seconds_count 2'
check 'metrics: writable' answers "$admin" /metrics 'tabella_writable 1'
check 'metrics are for the operator alone' answers "$port" /metrics 'HTTP.NOT-FOUND'
check 'boards are not at the operator'"'"'s address' answers "$admin" / 'HTTP.NOT-FOUND'
check 'nothing can be posted there' bash -c "printf 'POST /healthz HTTP/1.0\r\n\r\n' >'$dir/post'; \
	exec 3<>/dev/tcp/127.0.0.1/$admin; cat '$dir/post' >&3; grep -qF HTTP.METHOD <&3"
check 'no address of a client is in the log' test "$(grep -c '127.0.0.1' "$dir/log")" = "$(grep -cE '"(start|operator)"' "$dir/log")"
kill -TERM "$pid"
wait "$pid"
check 'it stops' test $? -eq 0
pid=

# ---- tokens, backups, what was done [ADMIN.TOKEN] [ADMIN.SCOPE] [ADMIN.KEY] [ADMIN.REPEATED] [ADMIN.BACKUP] ----
mkdir "$dir/backups"
"$server" token new night backup --data "$dir/data" >"$dir/night"
check 'a token is made' grep -Eqx 'tbt_[0-9a-f]{64}' "$dir/night"
check 'and not kept as it is' bash -c "! grep -qF '$(cat "$dir/night")' '$dir/data/tokens'"
check 'nobody else reads them' test "$(stat -c %a "$dir/data/tokens")" = 600
"$server" token new auditor audit --data "$dir/data" >"$dir/auditor"
check 'a name is given once' bash -c "! '$server' token new night audit --data '$dir/data' 2>/dev/null"
check 'a scope that is none is refused' bash -c "! '$server' token new x everything --data '$dir/data' 2>/dev/null"
check 'tokens are listed without themselves' test "$("$server" token list --data "$dir/data")" = "$(printf 'night backup\nauditor audit')"
# at once: none of them brings back or forgets what another did
pids=()
for i in $(seq 16); do
	"$server" token new "many$i" audit --data "$dir/data" >/dev/null &
	pids+=($!)
done
wait "${pids[@]}"
check 'tokens that are made at once are all there' test "$("$server" token list --data "$dir/data" | grep -c many)" = 16
pids=()
for i in $(seq 16); do
	"$server" token revoke "many$i" --data "$dir/data" &
	pids+=($!)
done
wait "${pids[@]}"
check 'tokens that are revoked at once are all gone' test "$("$server" token list --data "$dir/data")" = "$(printf 'night backup\nauditor audit')"

rm -f "$dir/port" "$dir/log"
"$server" --data "$dir/data" --listen 127.0.0.1:0 --admin-listen 0 --backup-folder "$dir/backups" --port-file "$dir/port" \
	>"$dir/out" 2>"$dir/log" </dev/null &
pid=$!
wait_for "$dir/port"
for _ in $(seq 600); do grep -q ' operator ' "$dir/log" || sleep 0.1; done
admin=$(sed -n 's/.* operator address=127.0.0.1:\([0-9]*\)$/\1/p' "$dir/log")
call() { # METHOD PATH TOKEN-FILE KEY BODY
	local token=nothing
	[ -z "$3" ] || token=$(cat "$dir/$3")
	exec 3<>"/dev/tcp/127.0.0.1/$admin" || return
	printf '%s %s HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer %s\r\nIdempotency-Key: %s\r\nContent-Length: %d\r\n\r\n%s' \
		"$1" "$2" "$token" "$4" "${#5}" "$5" >&3
	cat <&3
	exec 3>&-
}
gets() { # STATUS WORDS METHOD PATH TOKEN-FILE KEY BODY
	local status=$1 words=$2 got
	shift 2
	got=$(call "$@")
	grep -q "^HTTP/1.1 $status" <<<"$got" && grep -qF -- "$words" <<<"$got" && return
	echo "# $got"
	return 1
}
check 'no token, no backup' gets 401 ADMIN.TOKEN POST /admin/backup '' k1 '{"name":"one"}'
check 'a token for something else' gets 403 ADMIN.SCOPE POST /admin/backup auditor k1 '{"name":"one"}'
check 'no key' gets 400 ADMIN.KEY POST /admin/backup night '' '{"name":"one"}'
check 'no name' gets 400 HTTP.JSON POST /admin/backup night k1 '{"name":"../one"}'
check 'nothing was made' test -z "$(ls "$dir/backups")"
check 'a backup' gets 201 '"file":"one.db"' POST /admin/backup night k1 '{"name":"one"}'
call POST /admin/backup night k1 '{"name":"one"}' >"$dir/again"
check 'it is what was said' grep -qF "\"sha256\":\"$(sha256sum <"$dir/backups/one.db" | cut -d' ' -f1)\"" "$dir/again"
check 'asked again, the same answer' grep -q '^HTTP/1.1 201' "$dir/again"
check 'the key for something else' gets 422 ADMIN.REPEATED POST /admin/backup night k1 '{"name":"two"}'
check 'the name again' gets 409 ADMIN.BACKUP POST /admin/backup night k2 '{"name":"one"}'
check 'one backup was made' test "$(ls "$dir/backups")" = one.db
check 'what was done is there to read' gets 200 '"token":"night","action":"backup","key":"k1","status":201' GET /admin/audit auditor '' ''
check 'not for everybody' gets 403 ADMIN.SCOPE GET /admin/audit night '' ''
cp "$dir/data/tokens" "$dir/tokens"
sed -i '1s/.*/half a li/' "$dir/data/tokens" # a disk, or a hand
check 'a damaged line hides no token behind it' gets 200 '"token":"night"' GET /admin/audit auditor '' ''
check 'it is named when tokens are listed' bash -c "! '$server' token list --data '$dir/data' 2>'$dir/err' && grep -qF 'line 1 is no token' '$dir/err'"
check 'and nothing is changed around it' bash -c "! '$server' token new more audit --data '$dir/data' 2>/dev/null && \
	! '$server' token revoke auditor --data '$dir/data' 2>/dev/null && test \$(wc -l <'$dir/data/tokens') = 2"
cp "$dir/tokens" "$dir/data/tokens"
"$server" token revoke night --data "$dir/data"
check 'a revoked token is none' gets 401 ADMIN.TOKEN POST /admin/backup night k3 '{"name":"three"}'
check 'a backup by command, of a server that runs' "$server" backup "$dir/two.db" --data "$dir/data"
check 'never over another' bash -c "! '$server' backup '$dir/two.db' --data '$dir/data' 2>/dev/null"
kill -TERM "$pid"
wait "$pid"
pid=
check 'nothing is restored over a board' bash -c "! '$server' restore '$dir/two.db' --data '$dir/data' 2>'$dir/err' && grep -qF 'there already' '$dir/err'"
mkdir "$dir/new"
cp "$dir/data/server.key" "$dir/new"
check 'it is restored elsewhere' "$server" restore "$dir/two.db" --data "$dir/new"
echo 'no board' >"$dir/three.db"
rm "$dir/new/board.db"
check 'what is no board is not' bash -c "! '$server' restore '$dir/three.db' --data '$dir/new' 2>/dev/null && test ! -e '$dir/new/board.db'"
check 'what can be read back can be served' bash -c "'$server' restore '$dir/two.db' --data '$dir/new' >/dev/null && \
	{ timeout 60 '$server' --data '$dir/new' --listen 127.0.0.1:0 --port-file '$dir/port2' >/dev/null 2>&1 & } && \
	for _ in \$(seq 600); do [ ! -s '$dir/port2' ] || break; sleep 0.1; done; test -s '$dir/port2'; s=\$?; kill %1; wait; exit \$s"

check 'an unknown user is refused' bash -c "! '$server' --data '$dir/data' --check-config --user 'no such user' 2>'$dir/err' && \
	grep -qF 'no such user' '$dir/err'"
if [ "$(id -u)" = 0 ]; then
	open=$(mktemp -d /tmp/tabella.XXXXXX) # every folder above it can be entered
	chmod 755 "$open"
	nobody=$open/data
	"$server" --data "$nobody" --user nobody --init >"$dir/line"
	check 'root makes the folder for the user' test $? -eq 0
	check 'whose key it is' test "$(stat -c %U "$nobody/server.key")" = nobody
	"$server" --data "$nobody" --user nobody --listen 127.0.0.1:0 >"$dir/out" 2>"$dir/log" </dev/null &
	pid=$!
	wait_for "$dir/out"
	check 'root is given up' test "$(status_of Uid | tr '\t' ' ')" = "$(id -u nobody) $(id -u nobody) $(id -u nobody) $(id -u nobody)"
	check 'with every capability' test "$(status_of CapEff)" = 0000000000000000
	kill -TERM "$pid"
	wait "$pid"
	check 'and it stops' test $? -eq 0
	pid=
	rm -rf "$open"
fi
finish

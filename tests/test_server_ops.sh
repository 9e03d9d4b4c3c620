#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# What an operator sees: health, metrics, the log as JSON, the sandbox; and root that is given up.
set -u
. tests/tools/tap.sh
server=${TB_BUILD:?}/tabella-server
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

#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# [OPEN.MISSED] An election whose trustees were too late: the server, `tabella` and the verifier say that nothing more will come
# of it, and it can be cancelled.
set -u
export LC_ALL=C
. tests/tools/tap.sh
bin=${TB_BUILD:?}
dir=$(mktemp -d "${TMPDIR:-/tmp}/missed cli.XXXXXX")
pid=
trap '[ -z "$pid" ] || kill "$pid" 2>/dev/null; rm -rf "$dir"' EXIT
export XDG_STATE_HOME=$dir/state

server_line=$("$bin/tabella-server" --data "$dir/data" --init)
admin=$("$bin/tabella" key new --role admin --out "$dir/admin.key")
registrar=$("$bin/tabella" key new --role registrar --out "$dir/registrar.key")
trustee=$("$bin/tabella-trustee" init --save "$dir/phrase")
"$bin/tabella-server" --data "$dir/data" --listen 127.0.0.1:0 --port-file "$dir/port" \
	--admin-key "${admin##*sign=}" >"$dir/log" 2>&1 </dev/null &
pid=$!
for ((i = 0; i < 2400; i++)); do
	[ ! -s "$dir/port" ] || break
	sleep 0.05
done
url=http://127.0.0.1:$(cat "$dir/port")
board=$url/e/late
closes=$(($(date +%s) + 20))
cat >"$dir/late.txt" <<TEXT
Title: Too late
Origin: test.invalid/e/late
Slug: late
Granularity: second
Polls open: @$((closes - 1))
Polls close: @$closes
Server: Test server $server_line
Admin: Test administrator $admin
Registrar: Test registrar $registrar
Threshold: 1 of 1
Trustee: Test trustee $trustee

Question: Shall it be?
Id: q
Method: referendum 1 to 1
[] Yes
[] No
TEXT

# exits STATUS WORDS COMMAND...: with that status, having said these words.
exits() {
	local status=$1 words=$2 got
	shift 2
	"$@" >"$dir/out" 2>&1 </dev/null
	got=$?
	[ "$got" -eq "$status" ] && grep -qF -- "$words" "$dir/out" && return
	echo "# status $got; $(cat "$dir/out")"
	return 1
}

check 'it is created' exits 0 'board:' "$bin/tabella" create --server "$url" --key "$dir/admin.key" "$dir/late.txt"
check 'while there is time, open is awaited' exits 3 'awaited:' "$bin/tabella" open "$board"
check 'the verifier names the time' exits 3 'they never will' "$bin/tabella-verify" "$board"
while [ "$(date +%s)" -lt "$closes" ]; do sleep 0.1; done
check 'then status says that nothing is' exits 0 'did not open in time and never will' "$bin/tabella" status "$board"
check 'open says no, at once' exits 1 'never will' timeout 300 "$bin/tabella" open --wait 3600 "$board"
check 'so does publish' exits 1 'never will' timeout 300 "$bin/tabella" publish --wait 3600 "$board"
check 'it can be cancelled' exits 0 '' "$bin/tabella" cancel --key "$dir/admin.key" --reason 'Too late.' "$board"
check 'the verifier says that it was' exits 3 'was cancelled' "$bin/tabella-verify" "$board"
check 'status too' exits 0 'cancelled' "$bin/tabella" status "$board"
finish

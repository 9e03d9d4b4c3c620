#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The command line of tabella-server: what it refuses, how it says so, and what it leaves behind.
set -u
. tests/tools/tap.sh
server=${TB_BUILD:?}/tabella-server
export ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0 # in the sandbox it cannot look around, and says so by aborting
dir=$(mktemp -d "${TMPDIR:-/tmp}/server cli.XXXXXX")
pid=
trap '[ -z "$pid" ] || kill -KILL "$pid" 2>/dev/null; rm -rf "$dir"' EXIT
data="$dir/data folder"

# refused STATUS WORDS ARGUMENTS...: exits so, says so, prints nothing else.
refused() {
	local status=$1 words=$2 got
	shift 2
	"$server" "$@" >"$dir/out" 2>"$dir/err" </dev/null
	got=$?
	[ "$got" -eq "$status" ] && [ ! -s "$dir/out" ] && grep -qF -- "$words" "$dir/err" && return
	echo "# status $got; $(cat "$dir/err")"
	return 1
}
prints() {
	local words=$1
	shift
	"$server" "$@" >"$dir/out" 2>"$dir/err" </dev/null && [ ! -s "$dir/err" ] && grep -qF -- "$words" "$dir/out"
}
mode() { [ "$(stat -c %a "$2")" = "$1" ]; }

check 'help names every option' prints --max-connections-per-address --help
check 'version' prints 'tabella-server ' --version
check 'no data folder' refused 2 '--data: expected the data folder' --listen 127.0.0.1:0
check 'an unknown option' refused 2 'found --colour' --data "$data" --colour red
check 'a stray word' refused 2 'found stray' --data "$data" stray
check 'a bad port' refused 2 '--listen: expected HOST:PORT' --data "$data" --listen 127.0.0.1:http
check 'a bad key' refused 2 '--admin-key: expected a key' --data "$data" --admin-key abc
check 'no keys yet' refused 1 'server.key' --data "$data" --listen 127.0.0.1:0
check 'which left nothing behind' test ! -e "$data"

"$server" --data "$data" --init >"$dir/line" 2>"$dir/err"
check 'init succeeds' test $? -eq 0 -a ! -s "$dir/err"
check 'and prints one line' test "$(wc -l <"$dir/line")" -eq 1
check 'with both keys' grep -Eqx 'tabella-server-1 sign=[A-Za-z0-9+/]{43}= log=[A-Za-z0-9+/]{43}=' "$dir/line"
check 'which is kept' cmp -s "$dir/line" "$data/server.pub"
check 'the key is private' mode 600 "$data/server.key"
check 'the folder too' mode 700 "$data"
check 'the key is a code' grep -Eqx '([0-9A-HJKMNP-TV-Z]{4}-){6}[0-9A-HJKMNP-TV-Z]{4}' "$data/server.key"
cp "$data/server.key" "$dir/copy"
check 'a second init is refused' refused 1 'server.key' --data "$data" --init
check 'and changes nothing' cmp -s "$data/server.key" "$dir/copy"
check 'the configuration is right' prints 'is right' --data "$data" --check-config
check 'checking makes no board' test ! -e "$data/board.db"

printf 'data = %s\nlisten = 127.0.0.1:0\nthreads = many\n' "$data" >"$dir/conf"
check 'a wrong file names its line' refused 2 'conf, line 3' --config "$dir/conf" --check-config
sed -i 's/many/2/' "$dir/conf"
check 'a right file is enough' prints 'is right' --config "$dir/conf" --check-config

chmod 644 "$data/server.key"
check 'a key that others can read is refused' refused 1 'others can read' --config "$dir/conf"
chmod 600 "$data/server.key"
echo 0000-0000-0000-0000-0000-0000-0001 >"$data/server.key"
check 'a key file that is no code is refused' refused 1 'no code' --config "$dir/conf"
check 'and not shown' test -z "$(grep -F 0000 "$dir/err")"
cp "$dir/copy" "$data/server.key"

"$server" --config "$dir/conf" --port-file "$dir/port" >"$dir/out" 2>"$dir/log" </dev/null &
pid=$!
for _ in $(seq 2400); do [ -s "$dir/port" ] || sleep 0.05; done
check 'it listens' grep -q '^[0-9][0-9]*$' "$dir/port"
check 'and says where' grep -qF "http://127.0.0.1:$(cat "$dir/port")/" "$dir/out"
check 'a crash would leave no image of its keys' grep -Eq '^Max core file size +0 +0 ' "/proc/$pid/limits"
check 'one line of log for it' grep -Eq '^[0-9-]+T[0-9:]+Z info start address=127.0.0.1:' "$dir/log"
check 'a second server on the folder is refused' refused 1 'another tabella-server' --config "$dir/conf"
"$server" --data "$dir/second" --init >/dev/null
check 'an address in use is refused' refused 1 'in use' --data "$dir/second" --listen "127.0.0.1:$(cat "$dir/port")"
exec 3<>"/dev/tcp/127.0.0.1/$(cat "$dir/port")"
printf 'GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n' >&3
check 'it answers' grep -qF '"elections":[]' <(cat <&3)
exec 3>&-
kill -TERM "$pid"
wait "$pid"
check 'SIGTERM ends it with 0' test $? -eq 0
pid=
check 'which it says' grep -q 'info stop signal=15' "$dir/log"
printf 'not a database, and long enough to be mistaken for none of the kind' >"$data/board.db"
rm -f "$data/board.db-wal" "$data/board.db-shm"
check 'a board that is none is refused' refused 1 'board.db' --config "$dir/conf"
finish

#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# HTTPS with a certificate from files: what is refused at the start, what a client sees, and how a renewed one is taken over.
set -u
. tests/tools/tap.sh
server=${TB_BUILD:?}/tabella-server
export ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0 # in the sandbox it cannot look around, and says so by aborting
dir=$(mktemp -d "${TMPDIR:-/tmp}/server tls.XXXXXX")
pid=
trap '[ -z "$pid" ] || kill -KILL "$pid" 2>/dev/null; rm -rf "$dir"' EXIT

make_certificate() { # NAME
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 3650 -subj "/CN=$1" \
		-addext 'subjectAltName=DNS:localhost' -keyout "$dir/$1.key" -out "$dir/$1.crt" 2>/dev/null
}
refused() {
	local words=$1
	shift
	! "$server" --data "$dir/data" --check-config "$@" >"$dir/out" 2>"$dir/err" </dev/null &&
		grep -qF -- "$words" "$dir/err" && return
	echo "# $(cat "$dir/err")"
	return 1
}
ask() { # CERTIFICATE
	printf 'GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n' |
		openssl s_client -quiet -ign_eof -connect "127.0.0.1:$port" -servername localhost -verify_hostname localhost \
			-verify_return_error -CAfile "$dir/$1.crt" 2>"$dir/err"
}
serves() { ask "$1" | grep -qF '"elections":[]'; }
serves_not() { ! serves "$1"; }
plain() { # the connection is made, and no answer in HTTP comes
	(
		trap '' PIPE
		exec 3<>"/dev/tcp/127.0.0.1/$port" || exit 1
		printf 'GET / HTTP/1.0\r\n\r\n' >&3
		cat <&3 >"$dir/plain"
		true
	) 2>/dev/null && ! grep -aq 'HTTP/' "$dir/plain"
}
old_tls() { # this client would speak it, so that it is the server that refuses
	openssl s_client -tls1_1 -cipher ALL@SECLEVEL=0 -connect "127.0.0.1:$port" </dev/null >"$dir/plain" 2>&1
	grep -q '^CONNECTED' "$dir/plain" && grep -q '^no peer certificate' "$dir/plain"
}
says() { # WORDS [FILE]: the log or this file does, soon
	local _
	for _ in $(seq 600); do
		grep -qF -- "$1" "$dir/${2:-log}" && return
		sleep 0.1
	done
	return 1
}

make_certificate old
make_certificate new
"$server" --data "$dir/data" --init >/dev/null
check 'TLS without a key is refused' refused 'all three of' --listen-tls 127.0.0.1:0 --tls-certificate "$dir/old.crt"
check 'a key of another certificate is refused' refused 'found another key' --listen-tls 127.0.0.1:0 \
	--tls-certificate "$dir/old.crt" --tls-key "$dir/new.key"
check 'a certificate that is none is refused' refused 'tls-certificate: expected certificates' --listen-tls 127.0.0.1:0 \
	--tls-certificate "$dir/old.key" --tls-key "$dir/old.key"
check 'a file that is not there is refused' refused 'No such file' --listen-tls 127.0.0.1:0 \
	--tls-certificate "$dir/nothing" --tls-key "$dir/old.key"

cp "$dir/old.crt" "$dir/tls.crt"
cp "$dir/old.key" "$dir/tls.key"
"$server" --data "$dir/data" --listen-tls 127.0.0.1:0 --tls-certificate "$dir/tls.crt" --tls-key "$dir/tls.key" \
	--port-file "$dir/port" >"$dir/out" 2>"$dir/log" </dev/null &
pid=$!
for _ in $(seq 600); do [ -s "$dir/port" ] || sleep 0.1; done
port=$(cat "$dir/port")
check 'it says where' says "https://127.0.0.1:$port/" out
check 'it answers over TLS' serves old
check 'with its own certificate' serves_not new
check 'plain HTTP gets no answer' plain
check 'an old TLS is refused' old_tls
cp "$dir/new.crt" "$dir/tls.crt"
kill -HUP "$pid"
check 'a new certificate with the old key is not taken' says 'found another key'
check 'and the old one stays' serves old
cp "$dir/new.key" "$dir/tls.key"
kill -HUP "$pid"
check 'the new pair is taken' says 'info certificate'
check 'and shown' serves new
check 'instead of the old' serves_not old
kill -TERM "$pid"
wait "$pid"
check 'it stops' test $? -eq 0
pid=
finish

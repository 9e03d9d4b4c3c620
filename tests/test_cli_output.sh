#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# What `tabella` and `tabella-trustee` print: one JSON document with --json, and no success when it could not be written.
set -u
export LC_ALL=C
. tests/tools/tap.sh
bin=${TB_BUILD:?}
dir=$(mktemp -d "${TMPDIR:-/tmp}/output cli.XXXXXX")
trap 'rm -rf "$dir"' EXIT
export XDG_STATE_HOME=$dir/state

# fails_on_full COMMAND...: the output goes where nothing can be written.
fails_on_full() {
	"$@" >/dev/full 2>"$dir/err" </dev/null
	[ $? -eq 2 ] && grep -qF 'could not be written' "$dir/err"
}
# one_error COMMAND...: exactly one line, an object with an error and nothing else.
one_error() {
	! "$@" >"$dir/out" 2>"$dir/err" </dev/null && [ "$(wc -l <"$dir/out")" -eq 1 ] &&
		grep -Eqx '\{"error":"([^"\\]|\\.)+"\}' "$dir/out" && return
	echo "# $(cat "$dir/out")"
	return 1
}

check 'the version' fails_on_full "$bin/tabella" --version
check 'the help' fails_on_full "$bin/tabella-trustee" --help
check 'the public line of a new key' fails_on_full "$bin/tabella" key new --role admin --out "$dir/key"
check 'an unknown option' one_error "$bin/tabella" status --json --colour=\"red\" x
check 'a file that is not there' one_error "$bin/tabella" check --json "$dir/a\"b"
check 'a name that is not UTF-8' one_error "$bin/tabella" check --json "$dir/"$'\xe4.txt'
printf 'Title: x\nTitle: y\nColour: "red"\n' >"$dir/bad.txt"
check 'an election file with several faults' one_error "$bin/tabella" check --json "$dir/bad.txt"
check 'a phrase that is not there' one_error "$bin/tabella-trustee" commit --json --phrase "$dir/none" http://127.0.0.1:1/e/x
finish

#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The guides in docs/ use commands and options that there are, and the election files in them are right but for the keys.
set -u
export LC_ALL=C
. tests/tools/tap.sh
bin=${TB_BUILD:?}
dir=$(mktemp -d "${TMPDIR:-/tmp}/docs.XXXXXX")
trap 'rm -rf "$dir"' EXIT
export XDG_STATE_HOME=$dir/state

# The commands in a guide, one a line: in fenced blocks, with continuation lines joined, and in code spans.
commands_in() {
	awk '/^```/ { block = !block; next } block { line = line $0; if (sub(/\\$/, "", line)) next; print line; line = ""; next }
		{ n = split($0, part, "`"); for (i = 2; i <= n; i += 2) print part[i] }' "$1" |
		grep -oE '(^|[|;] *)(tabella|tabella-trustee|tabella-verify)( [^|;#>]*)?$' | sed 's/^[|; ]*//' | sort -u
}
# name_of PROGRAM WORD...: the words that are the name of a command of it.
name_of() {
	local program=$1 name=''
	shift
	[ "$program" != tabella-verify ] || return 0
	while [[ ${1-} =~ ^[a-z]+$ ]] && "$bin/$program" --help | grep -qE "^  ${name:+$name }$1( |\$)"; do
		name=${name:+$name }$1
		shift
	done
	echo "$name"
}
# is_known PROGRAM WORD...: such a command with such options; options of a program alone, too.
is_known() {
	local program=$1 word name help
	shift
	name=$(name_of "$program" "$@")
	if [ -z "$name" ] && [ "$program" != tabella-verify ] && [[ ${1-} != --* ]] && [ $# -gt 0 ]; then
		echo "# $program has no command $1"
		return 1
	fi
	# shellcheck disable=SC2086 # a command may be two words
	help=$("$bin/$program" $name --help)
	for word in "$@"; do
		[[ $word == --* ]] || continue
		grep -qE -- "(^|[ ,\`])${word%%=*}([ ,\`]|\$)" <<<"$help" || { echo "# $program $name has no $word"; return 1; }
	done
}
commands_are_known() {
	local -a words
	local all=0
	while read -r -a words; do
		is_known "${words[@]}" || all=1
	done < <(commands_in "$1")
	return "$all"
}
# Right, but keys are missing: exit status 3, and nothing else is.
election_is_right() {
	awk '/^```election$/ { on = 1; next } /^```/ { on = 0 } on' "$1" >"$dir/election.txt"
	"$bin/tabella" check "$dir/election.txt" >"$dir/out" 2>&1
	[ $? -eq 3 ] && grep -q '^still missing: Trustee' "$dir/out" || { sed 's/^/# /' "$dir/out"; return 1; }
}

for guide in docs/*.md; do
	check "$guide: commands and options" commands_are_known "$guide"
done
check 'docs/admin.md: the election file' election_is_right docs/admin.md
finish

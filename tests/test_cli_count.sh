#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# `tabella count`: files in, words or JSON out, exit codes, and that a file that is wrong is refused with its line.
set -u
. tests/tools/tap.sh

cases=tests/counting
tabella() { "$TB_BUILD/tabella" "$@"; }
# status EXPECTED COMMAND...: what it prints goes to out and err
status() {
	local expected=$1
	shift
	"$@" >"$TMPDIR/out" 2>"$TMPDIR/err"
	local got=$?
	[ $got -eq "$expected" ] || { echo "# exit $got: $(head -c 300 "$TMPDIR/err")" && return 1; }
}
said() { grep -qF -- "$1" "$TMPDIR/out" || { echo "# not in the output: $1" && return 1; }; }
complained() { grep -qF -- "$1" "$TMPDIR/err" || { echo "# not in: $(cat "$TMPDIR/err")" && return 1; }; }
file() { printf '%b' "$1" >"$TMPDIR/votes" && echo "$TMPDIR/votes"; }

counts_in_words() {
	status 0 tabella count "$cases/community/maemo-council-2018q1.blt" --method ftstv &&
		said '1. juiceme (Jussi Ohenoja)' && said 'reached the quota' && said '1.838716 from juiceme' && said 'OpenSTV 1.7'
}
counts_in_json() {
	status 0 tabella count "$cases/community/maemo-council-2018q1.blt" --method ftstv-openstv-1.7 --json &&
		said '"tabella_count":1' && said '"elected":[3,1,5]' && [ "$(wc -l <"$TMPDIR/out")" -eq 1 ]
}
stops_for_a_lot() {
	status 3 tabella count "$cases/edge/tie-all.blt" --method scottish-stv &&
		complained 'a tie needs a lot, between 1 (A), 2 (B), 3 (C)' && [ ! -s "$TMPDIR/out" ] &&
		status 0 tabella count "$cases/edge/tie-all.blt" --method scottish-stv --lot 3,2,1 --json && said '"elected":[2,3]' &&
		status 0 tabella count "$cases/edge/tie-all.blt" --method scottish-stv --lot A,B,C --json && said '"elected":[1,2]' &&
		status 0 tabella count "$cases/edge/tie-all.blt" --method scottish-stv --lot-seed 'numbers of Saturday' --json
}
json_says_what_is_wrong() {
	status 3 tabella count "$cases/edge/tie-all.blt" --method scottish-stv --json && said '{"error":"a tie needs a lot'
}
takes_debian_options() {
	status 0 tabella count "$cases/debian/2006-vote_007.blt" --method condorcet-debian --default-option 3 --quorum 48 --ratio 2=3 --json &&
		said '"why":"no-ratio"' && said '"elected":[1]'
}
withdraws() {
	status 0 tabella count "$(file '3:A>B\n2:B\n')" --method plurality --withdraw A --json && said '"elected":[2]' &&
		status 2 tabella count "$(file '3:A>B\n2:B\n')" --method plurality --withdraw C && complained "found 'C'"
}
converts_there_and_back() {
	local source=$cases/debian/2008-vote_003.blt
	status 0 tabella count "$source" --convert blt && cp "$TMPDIR/out" "$TMPDIR/first" &&
		status 0 tabella count "$TMPDIR/first" --convert csv && cp "$TMPDIR/out" "$TMPDIR/x.csv" &&
		status 0 tabella count "$TMPDIR/x.csv" --convert abif && cp "$TMPDIR/out" "$TMPDIR/x.abif" &&
		status 0 tabella count "$TMPDIR/x.abif" --convert blt && cmp "$TMPDIR/out" "$TMPDIR/first"
}
no_blt_of_scores() { status 2 tabella count "$(file '3:A/5,B/2\n')" --convert blt && complained 'BLT has none'; }
names_the_line() {
	status 2 tabella count "$(file '2 1\n3 1 2 0\n1 3 0\n0\n"A"\n"B"\n')" --method irv && complained 'line 3: there is no candidate 3' &&
		status 2 tabella count "$(file 'ranks,A,B\n1,1,2\n1,1,x\n')" --method irv && complained 'line 3: B: expected a rank' &&
		status 2 tabella count "$(file '3:A>B\n\n2:A>>B\n')" --method irv && complained 'line 3: expected a candidate' &&
		status 2 tabella count "$(file '')" --method irv && complained 'no candidate is named anywhere' &&
		status 2 tabella count "$TMPDIR/missing" --method irv && complained 'No such file' && [ ! -s "$TMPDIR/out" ]
}
wrong_usage() {
	status 2 tabella count --method irv && complained 'a file of ballots is missing' &&
		status 2 tabella count "$cases/edge/tie-all.blt" && complained 'expected --method or --convert' &&
		status 2 tabella count "$cases/edge/tie-all.blt" --method irv --convert blt &&
		status 2 tabella count "$cases/edge/tie-all.blt" --method stv && complained "there is no method 'stv'" &&
		status 2 tabella count "$cases/edge/tie-all.blt" --method irv --seats 2 && complained 'irv-1 elects one, not 2' &&
		status 2 tabella count "$cases/edge/tie-all.blt" --method irv --lot 1,2 && complained 'candidate 3 (C) is missing' &&
		status 2 tabella count "$cases/edge/tie-all.blt" --method irv --lot 1,2,2,3 && complained 'candidate 2 twice' &&
		status 2 tabella count "$cases/edge/tie-all.blt" --method irv --lot 1,2,3 --lot-seed x && complained 'one of them' &&
		status 2 tabella count "$cases/edge/tie-all.blt" --method condorcet-debian --default-option 1 --ratio 2=0 && complained '--ratio' &&
		status 2 tabella count "$cases/edge/tie-all.blt" --method irv --format xml && complained 'blt, abif or csv'
}
lists_methods() {
	status 0 tabella count --list-methods && said 'scottish-stv-2007: Scottish STV [COUNT.SCOTTISH]' && said 'r. 52' &&
		status 0 tabella count --list-methods --json && said '"method":"condorcet-debian-1.9"'
}
# [COUNT.EXACT]: no floating point in the sources, and none in the code that the compiler made of them.
no_floating_point() {
	! grep -nE '\b(float|double|math\.h|fenv\.h|ldexp|floor|ceil|sqrt|pow)\b *[( ;*]|%[-+0-9.]*l?[aefgAEFG]\b' core/count/*.[ch] &&
		[ -n "$(ls "$TB_BUILD"/obj/core/count/*.o)" ] &&
		! objdump -d "$TB_BUILD"/obj/core/count/*.o | grep -E '\b(add|sub|mul|div|sqrt)[sp][sd]\b|\bcvt(si2s|t?s[sd]2si)|\bf(add|mul|div|ild|ist)'
}

check 'counts, in words' counts_in_words
check 'counts, as JSON' counts_in_json
check 'stops for a lot and takes one' stops_for_a_lot
check 'says as JSON what is wrong' json_says_what_is_wrong
check 'takes quorum, ratio and default option' takes_debian_options
check 'takes candidates out' withdraws
check 'converts there and back' converts_there_and_back
check 'has no BLT for scores' no_blt_of_scores
check 'names the line of what is wrong' names_the_line
check 'refuses wrong usage' wrong_usage
check 'lists the methods' lists_methods
check 'counts without floating point' no_floating_point
finish

#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The manual pages and --help say the same: every command, every option, and the examples use nothing else.
set -u
. tests/tools/tap.sh

page() { ls docs/man/"$1".[1-8]; }
help_of() { "$TB_BUILD/$1" "${@:2}" --help; }
same() {
	[ "$1" = "$2" ] && [ -n "$1" ] && return 0
	diff <(echo "$1") <(echo "$2") | sed -n 's/^</# only in --help:/p; s/^>/# only in the page:/p'
	return 1
}
subset() {
	local extra
	extra=$(comm -23 <(echo "$1") <(echo "$2"))
	[ -z "$extra" ] || { echo "# $3: $extra" | tr '\n' ' ' && echo && return 1; }
}
# Options in what --help prints, and in the tagged lists (.It Fl -x, or .It Fl Fl x) of a page or a part of one.
help_options() { grep -E '^ +--' | grep -oE -- '--[a-z-]+' | sort -u; }
page_options() { grep -E '^\.It Fl' | sed 's/Fl Fl /Fl -/g' | grep -oE 'Fl -[a-z-]+' | sed 's/^Fl /-/' | sort -u; }

is_clean() { mandoc -T lint -W warning "$(page "$1")" | sed 's/^/# /' | { ! grep .; }; }
# ---- programs with options only ----

options_match() { same "$(help_of "$1" | help_options)" "$(page_options <"$(page "$1")")"; }
version_is_said() {
	"$TB_BUILD/$1" --version | grep -q "^$1 [0-9]" && help_of "$1" | grep -q -- --version && grep -q -e '-version' -e 'Fl version' "$(page "$1")"
}

# ---- programs with commands ----

commands_of() { help_of "$1" | sed -n '/^commands:/,/^$/s/^  \([a-z]*\( [a-z][a-z]*\)\?\)  .*/\1/p' | sort; }
commands_match() { same "$(commands_of "$1")" "$(sed -n 's/^\.Ss //p' "$(page "$1")" | sort)"; }
# The part of the page about one command, and the part about all.
section() { awk -v title=".Ss $2" '/^\.S[sh] /{on = $0 == title} on' "$(page "$1")"; }
for_all() { awk '/^\.Sh /{on = $0 == ".Sh OPTIONS OF ALL COMMANDS"} on' "$(page "$1")" | page_options; }
command_matches() {
	local program=$1 command=$2 said documented
	# shellcheck disable=SC2086 # a command may be two words
	said=$(help_of "$program" $command | help_options)
	documented=$(section "$program" "$command" | page_options)
	subset "$documented" "$said" 'only in the page' &&
		subset "$said" "$(printf '%s\n' "$documented" "$(for_all "$program")" | sort -u)" 'only in --help' || return 1
	# required options and operands stand in the synopsis of the command
	section "$program" "$command" | grep -q "^\.Cm $command\$" || { echo '# no synopsis' && return 1; }
	# shellcheck disable=SC2086
	help_of "$program" $command | sed -n 's/^  --\([a-z-]*\) .*(required).*/\1/p' | while read -r option; do
		section "$program" "$command" | grep -q "^\.Fl -$option Ar" || { echo "# --$option is required" && exit 1; }
	done
}
# Every "tabella... " in the examples is a command line with known options.
examples_are_right() {
	local line words command known option
	grep '^\.Dl tabella' "$(page "$1")" | while read -r _ line; do
		read -r -a words <<<"$line"
		command=''
		case ${words[0]} in
		tabella-verify | tabella-server | tabella-witness) ;;
		*)
			command=${words[1]}
			commands_of "${words[0]}" | grep -qx "$command" || command="${words[1]} ${words[2]:-}"
			commands_of "${words[0]}" | grep -qx "$command" || { echo "# no command: $line" && exit 1; }
			;;
		esac
		# shellcheck disable=SC2086
		known=$(help_of "${words[0]}" $command | help_options)
		for option in "${words[@]}"; do
			case $option in
			--*) grep -qx -- "$option" <<<"$known" || { echo "# no option $option: $line" && exit 1; } ;;
			esac
		done
	done
}

for program in tabella tabella-trustee tabella-server tabella-verify tabella-witness; do
	check "$program: the page has no flaw" is_clean "$program"
	check "$program: --version" version_is_said "$program"
	check "$program: the examples can be typed" examples_are_right "$program"
done
for program in tabella-server tabella-verify tabella-witness; do
	check "$program: page and --help have the same options" options_match "$program"
done
for program in tabella tabella-trustee; do
	check "$program: page and --help have the same commands" commands_match "$program"
	while read -r command; do
		check "$program $command: page and --help have the same options" command_matches "$program" "$command"
	done < <(commands_of "$program")
done
finish

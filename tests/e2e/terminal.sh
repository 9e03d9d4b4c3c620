#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# At a terminal: secrets are typed without an echo, the choices are confirmed, the recovery phrase is read back.
set -u
. tests/tools/tap.sh
. tests/support/election.sh

# at_terminal SCRIPT COMMAND...: runs the command at a terminal of its own, with a user who does what the function SCRIPT says: it calls
# `waits_for TEXT` (or TEXT TIMES), then `types TEXT`.  What was shown is in `screen`, the exit status is returned.
at_terminal() {
	local user=$1 command
	shift
	printf -v command '%q ' "$@"
	rm -f keyboard screen
	mkfifo keyboard
	: >screen
	# (the last command of `script`'s shell decides its status: bash becomes that command, a shell that waits for it, as dash does, would be
	# ended by Ctrl-C itself)
	# SIGINT as at a terminal: what a script starts in the background ignores it
	timeout 300 env SHELL="$BASH" --default-signal=INT script -qefc "$command" screen <keyboard >/dev/null 2>&1 &
	local terminal=$!
	exec 9>keyboard
	"$user"
	wait "$terminal"
	local status=$?
	exec 9>&-
	return "$status"
}
# waits_for TEXT TIMES: until it has been shown so often (once)
waits_for() {
	for ((tries = 0; tries < 2400; tries++)); do
		[ "$(grep -o -e "$1" screen | wc -l)" -lt "${2:-1}" ] || return 0
		sleep 0.05
	done
	echo "# never shown: $1" && return 1
}
types() { printf '%s\n' "$1" >&9; }
shows() { grep -q -e "$1" screen || { echo "# not shown: $1" && sed 's/^/#   /' screen && return 1; }; }
hides() { ! grep -q -e "$1" screen || { echo "# shown: $1" && return 1; }; }

# ---- the recovery phrase ----

phrase() { grep -oE '([0-9A-HJKMNP-TV-Z]{4}-){6}[0-9A-HJKMNP-TV-Z]{4}' screen | head -n 1; }
reads_back() {
	waits_for 'Press Return'
	secret=$(phrase)
	types ''
	waits_for 'Type it in'
	types "$(tr 'A-Z-' 'a-z ' <<<"$secret")"
}
check 'init: shown, read back, accepted' at_terminal reads_back tabella-trustee init
check 'the screen was cleared in between' shows $'\e\[2J'
check 'the public line' shows 'tabella-trustee-1 sign='
check 'the phrase was shown once' test "$(grep -c "$secret" screen)" -eq 1
line=$(grep -o 'tabella-trustee-1 .*=' screen)
echo "$secret" >typed.phrase
check 'and it is the one of that line' test "$(tabella-trustee show --phrase typed.phrase)" = "$line"
asks_for_it() { waits_for 'Recovery phrase: ' && types "$secret"; }
check 'show asks for it' at_terminal asks_for_it tabella-trustee show
check 'without an echo' hides "$secret"
check 'the same line' shows "$line"
forgets() {
	waits_for 'Press Return'
	types ''
	for n in 1 2 3; do
		waits_for 'Type it in' "$n"
		types "$([ "$n" = 2 ] && echo nonsense || echo "$secret")"
	done
}
check 'another phrase three times' eval '! at_terminal forgets tabella-trustee init'
check 'is said' shows 'that is another phrase than the one shown'
check 'and discarded' shows 'the phrase was not read back; it is discarded'
check 'no public line' hides 'tabella-trustee-1 sign='

# ---- giving up ----

gives_up() { waits_for 'Recovery phrase: ' && printf '\003' >&9; }
# (the shell stays: what becomes of the terminal is seen after the command was ended)
check 'Ctrl-C ends it' at_terminal gives_up bash -c 'trap : INT; tabella-trustee show; echo "status $?"; stty -a'
check 'by the signal' shows 'status 130'
check 'and what is typed is shown again' shows '[^-]echo '
check 'a phrase that was begun' eval 'begins() { waits_for "Recovery phrase: " && printf abcd >&9 && printf "\003" >&9; } && at_terminal begins bash -c "trap : INT; tabella-trustee show; stty -a"'
check 'is not shown' hides abcd

# ---- a vote ----

election_run 2 600
code=$(cat v001.code)
votes() {
	waits_for 'Voting code: ' && types "$code"
	waits_for 'Cast this vote' && types "$answer"
}
voting=(tabella vote --voter v001 "${choices[@]}" "$board")
answer=n
check 'the voter says no' eval '! at_terminal votes "${voting[@]}"'
check 'the choices were shown back' eval 'shows "Two?" && shows "\[x\]  Ant" && shows "\[x\]  Bee" && shows "5  Sun" && hides "Cat"'
check 'nothing was cast' test "$(number ballots)" -eq 0
answer=y
check 'the voter says yes' at_terminal votes "${voting[@]}"
check 'recorded' shows 'recorded as entry'
check 'the code was never shown' hides "$code"
check 'one ballot' test "$(number ballots)" -eq 1
server_stop
finish

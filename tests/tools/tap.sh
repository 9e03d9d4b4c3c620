# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# For tests that are shell scripts: `check NAME COMMAND...` is one case, `finish` ends the script.
tap_number=0 tap_failed=0

check() {
	local name=$1
	shift
	tap_number=$((tap_number + 1))
	if "$@"; then
		echo "ok $tap_number - $name"
	else
		echo "not ok $tap_number - $name"
		echo "# command: $*"
		tap_failed=$((tap_failed + 1))
	fi
}

finish() {
	echo "1..$tap_number"
	[ "$tap_failed" -eq 0 ]
	exit
}

#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The test runner must see every way in which a test can fail; this holds it against small scripts.
set -u
unset TB_LONG
. tests/tools/tap.sh
work=$TMPDIR
build=$work/build
mkdir -p "$build/tests/unit"

# make NAME: a test from standard input
make_test() {
	{ echo '#!/bin/bash'; cat; } >"$build/tests/unit/$1"
	chmod +x "$build/tests/unit/$1"
}
# run NAME...: runs these; sets $status, $last (its last line); all of it is in $work/output
run() {
	local -a tests=()
	local name
	for name; do tests+=("$build/tests/unit/$name"); done
	tools/run-tests -j 2 -t 5 -b "$build" "${tests[@]}" >"$work/output" 2>&1
	status=$?
	last=$(tail -n 1 "$work/output")
}
# is STATUS LAST-LINE TEXT: this status and last line, and TEXT somewhere in the output
is() {
	if [ "$status" -eq "$1" ] && [ "$last" = "$2" ] && grep -qF -- "${3:-}" "$work/output"; then return 0; fi
	echo "# status $status, last line: $last"
	sed 's/^/# /' "$work/output"
	return 1
}

make_test tap <<'END'
printf '1..2\nok 1 - a\nok 2 - b\n'
END
make_test cmocka <<'END'
printf '[==========] x: Running 3 test(s).\n[       OK ] a\n[       OK ] b\n[       OK ] c\n'
END
make_test plain <<'END'
echo; echo '5 passed, 0 failed'
END
run tap cmocka plain
check "counts of TAP, cmocka and plain lines add up" is 0 "10 passed, 0 failed"

make_test tap_bad <<'END'
printf '1..2\nok 1 - a\nnot ok 2 - b\n# the reason\n'
END
run tap tap_bad
check "a failed TAP case fails the run even with exit status 0, and its output is shown" is 1 "3 passed, 1 failed" "# the reason"

make_test tap_short <<'END'
printf '1..3\nok 1 - a\n'
END
run tap_short
check "cases that were planned and did not run count as failed" is 1 "1 passed, 2 failed" "planned 3 cases, ran 1"

make_test tap_skip <<'END'
printf '1..1\nok 1 - a # SKIP no time\n'
END
run tap_skip
check "a skipped case counts as failed" is 1 "0 passed, 1 failed" "skipped"

make_test cmocka_crash <<'END'
printf '[==========] x: Running 3 test(s).\n[       OK ] a\n'; kill -SEGV $$
END
run cmocka_crash
check "a crash fails every case that had not passed" is 1 "1 passed, 2 failed" "exit status"

make_test status <<'END'
printf '1..1\nok 1 - a\n'; exit 3
END
run status
check "an exit status fails a test whose cases all passed" is 1 "1 passed, 1 failed" "exit status 3"

make_test silent <<'END'
exit 0
END
run silent
check "a test that reports no case fails" is 1 "0 passed, 1 failed" "reported no test case"

make_test slow <<'END'
echo "1..1"; sleep 60; echo "ok 1"
END
run slow
check "a test that takes too long is stopped" is 1 "0 passed, 1 failed" "stopped after 5 s"

make_test leaver <<'END'
sleep 60 & echo "$!" >"$TB_BUILD/left"; printf '1..1\nok 1\n'
END
run leaver
check "a process left behind fails the test" is 1 "1 passed, 1 failed" "left behind"
ended() {
	! grep -q sleep "/proc/$(cat "$build/left")/cmdline" 2>/dev/null # an unreaped zombie has an empty one
}
check "and is ended" ended

make_test surroundings <<'END'
echo 1..4
[ -d "$TMPDIR" ] && [ -z "$(ls -A "$TMPDIR")" ] && [ -z "$(ls -A "$HOME")" ] && echo "ok 1 - empty folders"
case $TMPDIR in *' '*) echo "ok 2 - a space in the name" ;; esac
[ -z "$(cat)" ] && [ ! -t 0 ] && echo "ok 3 - no input"
case $TB_BUILD in /*/build) echo "ok 4 - folder of the programs" ;; esac
END
run surroundings
check "a test gets its own empty folders and no input" is 0 "4 passed, 0 failed"

run absent
check "a test that cannot be started fails" is 1 "0 passed, 1 failed"

tools/run-tests -b "$build" -f nothing "$build/tests/unit/tap" >"$work/output" 2>&1
status=$? last=$(tail -n 1 "$work/output")
check "a run in which no test is left fails" is 1 "0 passed, 1 failed"
finish

#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The Makefile on a small tree in a path with a space: it builds what changed, all of it, and nothing else.
set -u
. tests/tools/tap.sh
tree="$TMPDIR/a tree"
mkdir -p "$tree/crypto" "$tree/core/base" "$tree/server" "$tree/verifier" "$tree/cli" "$tree/witness" "$tree/tests/unit" "$tree/docs/man"
cp Makefile "$tree/"
cp -r tools packaging "$tree/"
cd "$tree" || exit 1
unset CC CFLAGS CPPFLAGS LDFLAGS

echo 'int a(void);' >crypto/a.h
printf '#include "crypto/a.h"\nint a(void)\n{\n\treturn 1;\n}\n' >crypto/a.c
printf 'int b(void);\nint b(void)\n{\n\treturn 2;\n}\n' >core/base/b.c
printf '#include <stdio.h>\n#include "crypto/a.h"\nint main(void)\n{\n\tprintf("1..1\\nok 1 - a is %%d\\n", a());\n\treturn 0;\n}\n' |
	tee server/main.c verifier/main.c cli/main.c cli/trustee_main.c witness/main.c >tests/unit/test_a.c
mains="server/main.o verifier/main.o cli/main.o cli/trustee_main.o witness/main.o"
echo '.Dd $Mdocdate$' >docs/man/tabella-server.8

# built WHAT...: after `make all unit`, exactly these files were compiled
built() {
	make -j2 all unit-programs >"$TMPDIR/said" 2>&1 || { sed 's/^/# /' "$TMPDIR/said" && return 1; }
	local compiled wanted
	compiled=$(sed -n 's|^ *CC *build/obj/||p' "$TMPDIR/said" | sort | tr '\n' ' ')
	wanted=$(printf '%s\n' "$@" | sort | tr '\n' ' ')
	[ "${compiled% }" = "${wanted% }" ] || { echo "# compiled $compiled" && return 1; }
}
later() { sleep 0.02 && touch "$@"; }

check "the first build compiles everything" built crypto/a.o core/base/b.o $mains tests/unit/test_a.o
check "the second compiles nothing" built ''
check "and links nothing" eval '! grep -q LINK "$TMPDIR/said"'
later crypto/a.h
check "a header rebuilds what includes it" built crypto/a.o $mains tests/unit/test_a.o
later core/base/b.c
check "a source rebuilds itself" built core/base/b.o
export CFLAGS=-DOTHER
check "other flags rebuild everything" built crypto/a.o core/base/b.o $mains tests/unit/test_a.o
check "once" built ''
unset CFLAGS
built crypto/a.o core/base/b.o $mains tests/unit/test_a.o
printf 'int c(void);\nint c(void)\n{\n\treturn 3;\n}\n' >core/base/c.c
check "a new source is found" built core/base/c.o
check "and is in its library" eval 'nm build/libtb_core.a | grep -q " T c$"'
rm core/base/c.c
check "a removed one compiles nothing" built ''
check "and is out of its library" eval '! nm build/libtb_core.a | grep -q " T c$"'
rm crypto/a.h
sed -i 's/#include "crypto\/a.h"/int a(void);/' crypto/a.c server/main.c verifier/main.c cli/main.c cli/trustee_main.c witness/main.c tests/unit/test_a.c
check "a header that is gone stops nobody" built crypto/a.o $mains tests/unit/test_a.o

check "the unit test runs" eval 'make unit 2>&1 | tail -n 1 | grep -qx "1 passed, 0 failed"'
sed -i 's/ok 1/not ok 1/' tests/unit/test_a.c
check "and fails make when it fails" eval '! make unit >"$TMPDIR/said" 2>&1'

check "install" eval 'make install DESTDIR="$TMPDIR/root of it" PREFIX=/usr >"$TMPDIR/said" 2>&1'
check "puts programs and man pages" eval '[ -x "$TMPDIR/root of it/usr/bin/tabella-server" ] &&
	[ -f "$TMPDIR/root of it/usr/share/man/man8/tabella-server.8" ]'
make uninstall DESTDIR="$TMPDIR/root of it" PREFIX=/usr >"$TMPDIR/said" 2>&1
check "uninstall takes them away" eval '[ -z "$(find "$TMPDIR/root of it" -type f)" ]'
check "help names every target for people" eval '[ "$(make | grep -c "^  make ")" -ge 12 ]'
check "clean leaves no output" eval 'make clean >"$TMPDIR/said" && [ ! -e build ]'
finish

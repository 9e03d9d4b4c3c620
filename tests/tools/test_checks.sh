#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Every check of tools/ is held against a small tree that is right, and against ones with a single fault.
set -u
. tests/tools/tap.sh
tree="$TMPDIR/a tree"
tools=$PWD/tools

make_tree() {
	rm -rf "$tree"
	mkdir -p "$tree/crypto" "$tree/core/base" "$tree/server" "$tree/verifier" "$tree/specs" "$tree/tests/unit"
	git -C "$tree" init -q
	put crypto/a.h '#ifndef TB_CRYPTO_A_H' '#define TB_CRYPTO_A_H' '#include <stddef.h>' 'size_t a(void); /* [A.ONE] */' '#endif'
	put crypto/a.c '#include "crypto/a.h"' 'size_t a(void)' '{' '	return 1; /* strcpy() is not called; see [A.ONE] */' '}'
	put server/store_sqlite.c '#include <sqlite3.h>' '#include "crypto/a.h"'
	put verifier/main.c '#include "crypto/a.h"' 'const char *rule = "A.TWO";'
	put tests/unit/test_a.c '#include "crypto/a.h"' '/* [A.ONE], x[MAX], "A.TWO" */'
	printf '%s\n' '# Rules' '' '**[A.ONE]** One, as `[NOT.A-RULE]` shows. See [A.TWO].' '' '**[A.TWO]** Two.' >"$tree/specs/rules.md"
}
# put FILE LINE...: a C file with its SPDX line
put() {
	local file=$tree/$1
	shift
	mkdir -p "${file%/*}"
	printf '%s\n' '/* SPDX-License-Identifier: Apache-2.0 */' "$@" >"$file"
}
# accepts CHECK, refuses CHECK TEXT: what the check says of the tree, and that it names TEXT
accepts() { "$tools/$1" "$tree" >"$TMPDIR/said" 2>&1 || { sed 's/^/# /' "$TMPDIR/said" && false; }; }
refuses() {
	if ! "$tools/$1" "$tree" >"$TMPDIR/said" 2>&1 && grep -qF -- "$2" "$TMPDIR/said"; then return 0; fi
	sed 's/^/# /' "$TMPDIR/said"
	return 1
}

make_tree
for name in check-includes check-banned check-spec-ids check-words check-links; do
	check "$name accepts a tree that is right" accepts $name
done

put crypto/b.c '#include "core/base/json.h"'
check "crypto may not include core" refuses check-includes 'crypto/b.c:2: crypto/ may not include "core/base/json.h"'
make_tree
put verifier/b.c '#include "server/store.h"'
check "the verifier may not include the server" refuses check-includes 'verifier/b.c:2: verifier/ may not include "server/store.h"'
make_tree
put server/http2.c '#  include <microhttpd.h>'
check "libmicrohttpd stays in one file" refuses check-includes 'server/http2.c:2: <microhttpd.h> is not for this file'
make_tree
put core/base/b.c '#include <sys/socket.h>'
check "core opens no sockets" refuses check-includes 'core/base/b.c:2: <sys/socket.h>'
make_tree
put crypto/b.c '#include "a.h"'
check "headers are named from the root" refuses check-includes 'include from the root'

make_tree
put core/base/b.c '/* a comment' '   of two lines */ int x = 1; char *s = "strcpy(";' 'void f(char *d) { sprintf (d, "x"); }'
check "a banned function is named with its line" refuses check-banned 'core/base/b.c:4: sprintf: use snprintf'
make_tree
put tests/unit/test_b.c 'int f(void) { return rand(); }'
check "tests are held to it too" refuses check-banned 'tests/unit/test_b.c:2: rand'

make_tree
put crypto/b.c '/* [A.THREE] */'
check "a citation of no rule is named" refuses check-spec-ids 'crypto/b.c:2: [A.THREE] is cited but'
make_tree
put crypto/b.c 'const char *code = "A.THREE";'
check "a code of no rule is named" refuses check-spec-ids 'crypto/b.c:2: "A.THREE" looks like a rule'
make_tree
put tests/unit/test_a.c '/* [A.ONE] */'
check "a rule without a test is named" refuses check-spec-ids 'specs/rules.md:5: no test cites [A.TWO]'
make_tree
put verifier/main.c
check "a rule without code is named" refuses check-spec-ids 'specs/rules.md:5: no code cites [A.TWO]'
make_tree
echo '**[A.ONE]** again' >>"$tree/specs/rules.md"
check "a rule defined twice is named" refuses check-spec-ids 'defined a second time'

make_tree
put crypto/b.c "/* TO""DO: the rest */"
check "unfinished marks are named" refuses check-words 'crypto/b.c:2:'
make_tree
put crypto/b.c '/* see /ho''me/me/notes */'
check "paths of one machine are named" refuses check-words 'path of one machine: crypto/b.c:2:'
make_tree
echo '{"packages": {"x": {"resolved": "somewhere"}}}' >"$tree/package-lock.json"
check "a lock file with addresses is named" refuses check-words 'names a download address'
make_tree
printf 'caf\351\n' >"$tree/notes.md"
check "text that is not UTF-8 is named" refuses check-words 'notes.md: not UTF-8'
make_tree
printf '%s\n' '[rules](specs/rules.md), `crypto/a.h`,' '[gone](specs/gone.md)' >"$tree/notes.md"
check "a link to nothing is named" refuses check-links 'notes.md:2: there is no ./specs/gone.md'
make_tree
echo 'See `crypto/gone.c`.' >"$tree/notes.md"
check "a path of nothing is named" refuses check-links 'notes.md:1: there is no crypto/gone.c'
finish

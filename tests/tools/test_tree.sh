#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The quick checks of the source tree; make check-all has the others, which need more packages.
set -u
. tests/tools/tap.sh
said() { "$@" >"$TMPDIR/said" 2>&1 || { sed 's/^/# /' "$TMPDIR/said" && false; }; }
generated() {
	tools/make-characters "$TMPDIR" && for file in specs/characters.txt core/base/text_characters.h client-js/core/text_characters.js; do
		cmp "$file" "$TMPDIR/$file" || return 1
	done
}
check "folders and files include, and programs link, only what they may" said tools/check-includes -b "$TB_BUILD"
check "no banned function" said tools/check-banned
check "no unfinished mark, no path of one machine, no download address" said tools/check-words
check "links and paths in documents lead somewhere" said tools/check-links
check "every rule is defined once, and cited by code and tests" said tools/check-spec-ids
check "the tables of characters are what their generator writes" said generated
finish

#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The quick checks of the source tree; make check-all has the others, which need more packages.
set -u
. tests/tools/tap.sh
said() { "$@" >"$TMPDIR/said" 2>&1 || { sed 's/^/# /' "$TMPDIR/said" && false; }; }
check "folders and files include only what they may" said tools/check-includes
check "no banned function" said tools/check-banned
check "no unfinished mark, no path of one machine, no download address" said tools/check-words
finish

#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# The corpus of attacks as other people use it: written to a folder, and held against the program tabella-verify.
set -eu
cd "$(dirname "$0")/.."
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"$TB_BUILD/tests/attacks/tool_make_corpus" "$folder/corpus"
if ! diff -u tests/attacks/cases.tsv "$folder/corpus/cases.tsv" >&2; then
	echo "Bail out! tests/attacks/cases.tsv is not what tool_make_corpus --list says"
	exit 1
fi
tests/attacks/run-corpus "$folder/corpus" "$TB_BUILD/tabella-verify"

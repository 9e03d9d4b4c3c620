#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The board page with many ballots, in Chromium: first paint, page turn, search by name, one entry.  VOTERS=N for another number, BOARD=FOLDER for a
# board that tests/bench/tool_big_board has made.
set -eu

folder=${BOARD:-}
if [ -z "$folder" ]; then
	folder=$(mktemp -d)
	trap 'rm -rf "$folder"' EXIT
	"${TB_BUILD:?}/tests/bench/tool_big_board" "$folder" "${VOTERS:-100000}" >/dev/null
fi
node tests/bench/pages.mjs "$folder" "${TB_BUILD:?}/client"

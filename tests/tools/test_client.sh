#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The web client: its types, its style, and that the same sources give the same bytes everywhere.
set -u
. tests/tools/tap.sh

first=$(mktemp -d) second=$(mktemp -d)
trap 'rm -rf "$first" "$second"' EXIT
bin=node_modules/.bin

build_is_the_same_elsewhere() {
	mkdir "$second/elsewhere" && cp -r client-js package.json "$second/elsewhere" && ln -s "$PWD/node_modules" "$second/elsewhere/node_modules" &&
		node client-js/tools/build-client.mjs "$first/client" &&
		(cd "$second/elsewhere" && node client-js/tools/build-client.mjs "$second/client") &&
		diff -r "$first/client" "$second/client"
}
nothing_from_elsewhere() {
	# no address of another host that a page would load from by itself
	! grep -lE '(src|href)="?https?://|@import|fetch\("https?://|importScripts\(' "$first"/client/*.html "$first"/client/*.css "$first"/client/*.js
}

check 'types are right' $bin/tsc -p client-js
check 'no fault of style' $bin/eslint --no-warn-ignored client-js specs
check 'a build is the same everywhere' build_is_the_same_elsewhere
check 'pages load nothing from other hosts' nothing_from_elsewhere
finish

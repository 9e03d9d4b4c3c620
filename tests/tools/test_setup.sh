#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# tools/setup with stand-ins for dpkg-query, apt-get, sudo, id, node and npm that write down how they were called.
set -u
. tests/tools/tap.sh
fake=$TMPDIR/fake
tree="$TMPDIR/a tree"
calls=$TMPDIR/calls
mkdir -p "$fake" "$tree/tools"
cp tools/setup "$tree/tools/"
echo '{"lock": 1}' >"$tree/package-lock.json"
stand_in() {
	{ echo '#!/bin/bash'; cat; } >"$fake/$1"
	chmod +x "$fake/$1"
}
export calls
export PATH="$fake:$PATH"

# MISSING: packages that are not installed; USER_ID; SUDO: does sudo work; APT_FAILS: how often installing fails
export MISSING='' USER_ID=0 SUDO=no APT_FAILS=0
stand_in dpkg-query <<'END'
for word; do
	case $word in -*) continue ;; *'${'*) continue ;; esac
	case " $MISSING " in *" $word "*) continue ;; esac
	echo "ii $word"
done
[ -z "$MISSING" ]
END
stand_in apt-get <<'END'
echo "apt-get $* [$DEBIAN_FRONTEND]" >>"$calls"
case " $* " in
*' update '*) exit 1 ;; # a source that cannot be reached does not stop it
*' install '*) [ "$(grep -c ' install ' "$calls")" -gt "$APT_FAILS" ] ;;
esac
END
stand_in sudo <<'END'
[ "$SUDO" = yes ] && [ "$1" = -n ] || exit 1
shift
[ "$1" = true ] || echo "sudo" >>"$calls"
exec "$@"
END
stand_in id <<'END'
echo "$USER_ID"
END
stand_in node <<'END'
echo "${NODE_IS:-v18.20.4}"
END
stand_in npm <<'END'
echo "npm $*" >>"$calls"
mkdir -p node_modules
END
stand_in sleep <<'END'
exit 0
END

run() {
	: >"$calls"
	(cd / && "$tree/tools/setup" "$@") >"$TMPDIR/said" 2>&1
	# shellcheck disable=SC2034 # the cases below evaluate it
	status=$?
}
called() { grep -qF -- "$1" "$calls" || { sed 's/^/# /' "$calls" "$TMPDIR/said" && false; }; }

run build
check "nothing is missing: no call at all" eval '[ $status -eq 0 ] && [ ! -s "$calls" ]'

MISSING="libgmp-dev gcc"
run build
check "as root: brings the lists up to date first" eval '[ $status -eq 0 ] && head -n 1 "$calls" | grep -q " update"'
check "and installs what is missing, and only that" eval 'called " install gcc libgmp-dev ["'
check "without questions" eval 'called "[noninteractive]" && called "apt-get -q -y "'
check "without recommended packages, and waits for other package managers" eval 'called "--no-install-recommends" && called "DPkg::Lock::Timeout="'

APT_FAILS=2
run build
check "tries again" eval '[ $status -eq 0 ] && [ "$(grep -c " install " "$calls")" -eq 3 ]'
APT_FAILS=99
run build
check "but not for ever" eval '[ $status -eq 2 ] && [ "$(grep -c " install " "$calls")" -lt 9 ]'
APT_FAILS=0

USER_ID=1000 SUDO=yes
run build
check "as a user: through sudo" eval '[ $status -eq 0 ] && called sudo && called " install gcc libgmp-dev"'
SUDO=no
run build
check "as a user without sudo: status 2, nothing called" eval '[ $status -eq 2 ] && [ ! -s "$calls" ]'
check "and the exact command" eval 'grep -qx "    apt-get update && apt-get install -y --no-install-recommends gcc libgmp-dev" "$TMPDIR/said"'

USER_ID=0 MISSING=''
run build bench
check "building and measuring need no npm" eval '! called npm >/dev/null'
run test
check "testing gets the packages of the lock file" eval '[ $status -eq 0 ] && called "npm ci --ignore-scripts"'
run test
check "once" eval '[ $status -eq 0 ] && [ ! -s "$calls" ]'
echo '{"lock": 2}' >"$tree/package-lock.json"
run test
check "and again when the lock file has changed" eval 'called "npm ci"'
rm -r "$tree/node_modules"
run client
check "the web client gets them too" eval '[ $status -eq 0 ] && called "npm ci" && ! called apt-get >/dev/null'
export NODE_IS=v16.1.0
run test
check "an older Node than needed is missing" eval 'called " install nodejs ["'
run nonsense
check "an unknown purpose is refused" eval '[ $status -eq 2 ] && [ ! -s "$calls" ]'
finish

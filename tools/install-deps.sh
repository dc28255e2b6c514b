#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Installs from Debian, by name, what is missing. usage: install-deps.sh run|test|bench|soak
# run:  what building and running Lstar needs.
# test: also what its checks and tests need. bench: also the programs that are measured.
# soak: what checks and tests need, and the programs of the long runs.
set -eu

run='gcc make binutils libc6-dev linux-libc-dev busybox-static python3 qemu-system-x86 xz-utils'
test='clang-14 clang-format-14 gdb strace cpio util-linux procps bash gawk perl tar git openssl patch xxd bc man-db'
test="$test gcc-multilib libc6-dev-i386" # 32-bit programs
test="$test pkg-config vim-tiny less tmux htop bubblewrap"
bench='sqlite3 redis-server redis-tools'
soak='stress-ng trinity'

case ${1:-run} in
run) wanted=$run ;;
test) wanted="$run $test" ;;
bench) wanted="$run $test $bench" ;;
soak) wanted="$run $test $soak" ;;
*) echo "usage: install-deps.sh run|test|bench|soak" >&2; exit 2 ;;
esac

# Not a Debian system: say what is needed, and let the build show what is not there.
if ! command -v dpkg-query >/dev/null; then
	echo "install-deps: this is not Debian; needed here: $wanted" >&2
	exit 0
fi
missing=
for package in $wanted; do
	state=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) || state=
	[ "$state" = installed ] || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

as_root=
if [ "$(id -u)" != 0 ]; then
	if ! command -v sudo >/dev/null; then
		echo "install-deps: as root, run: apt-get install$missing" >&2
		exit 1
	fi
	as_root=sudo
fi
echo "install-deps: installing$missing"
export DEBIAN_FRONTEND=noninteractive
# shellcheck disable=SC2086
install()
{
	$as_root apt-get install -y -q --no-install-recommends $missing </dev/null
}
# The lists may be absent or old: fetch them, and again when a file they name is gone.
$as_root apt-get update -q </dev/null
install || { $as_root apt-get update -q </dev/null; install; }

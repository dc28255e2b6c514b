#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Debian's i386 programs for tests/programs, unpacked into a folder: they cannot be installed beside the 64-bit ones.
# usage: i386-programs.sh DIRECTORY. Asks apt by name, with lists of its own: nothing of the system changes. Says why
# and ends with status 1 where there is nothing to be had. /lib/ld-linux.so.2 is that of package libc6-i386.
set -eu

programs='bash dash coreutils grep sed findutils gawk diffutils tar gzip bzip2 xz-utils bc python3-minimal
	python3.11-minimal perl-base procps hostname patch'
libraries='libc6 libtinfo6 libacl1 libattr1 libselinux1 libpcre2-8-0 libgmp10 libmpfr6 libreadline8 libsigsegv2 zlib1g
	libbz2-1.0 liblzma5 libzstd1 libexpat1 libcrypt1 libproc2-0 libsystemd0 libcap2 libgcrypt20 libgpg-error0
	liblz4-1 libgcc-s1 libpython3.11-minimal libpython3.11-stdlib libffi8 libssl3 libuuid1 libncursesw6 libsqlite3-0
	libdb5.3'

target=${1:?usage: i386-programs.sh DIRECTORY}
wanted="$programs $libraries"
if [ -e "$target/.done" ] && [ "$(cat "$target/.done")" = "$wanted" ]; then
	exit 0
fi
fail()
{
	echo "i386-programs: $1"
	exit 1
}
command -v apt-get >/dev/null && command -v dpkg >/dev/null || fail "not a Debian system"
[ "$(dpkg --print-architecture)" = amd64 ] || fail "not an amd64 system"
[ -e /lib/ld-linux.so.2 ] || fail "no /lib/ld-linux.so.2 (package libc6-i386)"
rm -rf "$target"
mkdir -p "$target/apt/lists/partial" "$target/apt/cache/archives/partial"
apt=$(cd "$target/apt" && pwd)
ask()
{
	apt-get -q -o APT::Architectures::=amd64 -o APT::Architectures::=i386 -o Dir::State::lists="$apt/lists" \
		-o Dir::Cache="$apt/cache" -o APT::Sandbox::User=root -o Acquire::Languages=none "$@" </dev/null
}
# One list that cannot be had is no reason to stop: what is missing shows below.
ask update >"$apt/log" 2>&1 || true
names=
for name in $wanted; do
	names="$names $name:i386"
done
# shellcheck disable=SC2086
(cd "$apt" && ask download $names >>log 2>&1) || fail "apt-get download has failed ($apt/log)"
for package in "$apt"/*.deb; do
	dpkg -x "$package" "$target" || fail "cannot unpack $package"
done
rm -rf "$target/apt" "$target/usr/share" "$target/var"
ln -sf dash "$target/bin/sh"
ln -sf gawk "$target/usr/bin/awk"
echo "$wanted" >"$target/.done"

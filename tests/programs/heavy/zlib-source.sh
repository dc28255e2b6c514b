#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A real C project from Debian's sources, for the commands of class heavy: zlib's archive and its
# Debian files are fetched by name, with apt-get's own checks, into the directory given. Nothing of
# the machine's package lists is changed.
#
#	tests/programs/heavy/zlib-source.sh DIRECTORY
#
# Ends with status 0 and DIRECTORY/zlib there, or with 77 and the reason: no Debian, no network.
set -u
dir=$1
[ -d "$dir/zlib" ] && exit 0
command -v apt-get >/dev/null || { echo "source: not a Debian system" >&2; exit 77; }
command -v dpkg-source >/dev/null || { echo "source: needs dpkg-source, of dpkg-dev" >&2; exit 77; }
work=$dir/apt
mkdir -p "$work/parts" "$work/lists/partial" "$work/cache/archives/partial" || exit 77
work=$(cd "$work" && pwd)
for list in /etc/apt/sources.list.d/*.sources; do
	[ -f "$list" ] && sed 's/^Types:.*/Types: deb-src/' "$list" >"$work/parts/$(basename "$list")"
done
[ -f /etc/apt/sources.list ] && sed -n 's/^deb /deb-src /p' /etc/apt/sources.list >"$work/parts/main.list"
options="-q -o Dir::Etc::SourceList=/dev/null -o Dir::Etc::SourceParts=$work/parts -o Dir::State::Lists=$work/lists
	-o Dir::Cache=$work/cache -o APT::Sandbox::User=$(id -un)"
cd "$work" || exit 77
# shellcheck disable=SC2086
apt-get $options update >apt.log 2>&1 && apt-get $options source zlib >>apt.log 2>&1
for found in zlib-*/; do
	if [ -f "$found/configure" ]; then
		mv "$found" ../zlib
		cd .. && rm -rf "$work"
		exit 0
	fi
done
echo "source: apt-get source zlib gave nothing (no network?)" >&2
exit 77

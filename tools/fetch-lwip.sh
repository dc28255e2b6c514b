#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The TCP/IP library lwIP: the Debian source package, of the version and hash below, unpacked into DIR.
# Needs no rights and leaves apt's own lists alone. usage: fetch-lwip.sh DIR
set -eu

version=2.1.3+dfsg1
release=$version-2
sha256=0a8276d09fc4e97bbba2f953d74af2388fc2195ea156be9d7589e297a68fde24
[ ! -d "$1" ] || exit 0

mkdir -p "$(dirname "$1")"
dir=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
work=$(mktemp -d "$dir.XXXXXX")
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/parts" "$work/state/lists/partial" "$work/cache/archives/partial" "$work/source"

# The machine's own list of Debian archives, for sources in place of binaries.
for list in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
	[ ! -f "$list" ] || sed -n 's/^deb\([[:space:]]\)/deb-src\1/p' "$list"
done > "$work/parts/source.list"
for list in /etc/apt/sources.list.d/*.sources; do
	[ ! -f "$list" ] || sed 's/^Types:.*/Types: deb-src/' "$list" > "$work/parts/$(basename "$list")"
done

apt()
{
	apt-get -q -o Dir::Etc::sourcelist=/dev/null -o Dir::Etc::sourceparts="$work/parts" \
		-o Dir::State="$work/state" -o Dir::State::status=/var/lib/dpkg/status -o Dir::Cache="$work/cache" \
		-o APT::Sandbox::User="$(id -un)" -o APT::Get::AllowUnauthenticated=false "$@"
}
echo "fetch-lwip: the source package lwip $release"
if ! { apt update && (cd "$work/source" && apt source --download-only "lwip=$release"); } > "$work/log" 2>&1; then
	tail -n 5 "$work/log" >&2
	echo "fetch-lwip: cannot get the source package lwip $release; 'make INET=0' builds without TCP/IP" >&2
	exit 1
fi
archive=$(find "$work/source" -name 'lwip_*.orig.tar.xz')
echo "$sha256  $archive" | sha256sum --check --status || {
	echo "fetch-lwip: $(basename "$archive") is not the file it should be" >&2
	exit 1
}
tar -C "$work/source" -xJf "$archive"
mv "$work/source"/lwip-*/ "$work/unpacked"
mv -T "$work/unpacked" "$dir" 2>/dev/null || [ -d "$dir" ] # another make was first

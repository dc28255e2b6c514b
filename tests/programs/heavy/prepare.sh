#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What the commands of class heavy run, made on this machine from the sources beside this script, as far
# as there are compilers for it. usage: prepare.sh DIRECTORY
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$1" && cd "$1" || exit 2
cp "$here/build-zlib.sh" .
[ -x threads-go ] || { command -v go >/dev/null &&
	env CGO_ENABLED=0 GOCACHE="$PWD/go-cache" go build -o threads-go "$here/threads.go"; }
[ -x threads-rust ] || { command -v rustc >/dev/null && rustc -O -o threads-rust "$here/threads.rs"; }
[ -f Threads.class ] || { command -v javac >/dev/null && javac -d . "$here/Threads.java"; }
"$here/zlib-source.sh" "$PWD"
seq 1 20000 | gzip -n >numbers.gz
exit 0

#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# libsys beside glibc, the same programs on each, on the kernel this runs on. TAP.
# usage: run.sh DIR   (DIR has errors.libsys errors.glibc functions.libsys functions.glibc)
dir=$(cd "$1" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
count=0
failed=0
case $dir in
*i386*)
	if ! [ -x "$dir/errors.glibc" ]; then
		echo "1..0 # SKIP no 32-bit C library to compare with"
		exit 0
	fi
	if ! "$dir/../hello" > /dev/null 2>&1 && ! uname -r | grep -q lstar; then
		echo "1..0 # SKIP this machine's kernel runs no 32-bit programs"
		exit 0
	fi
	;;
esac

result() {
	count=$((count + 1))
	echo "$1ok $count - $2"
	[ -z "$1" ] || failed=1
}

for program in errors functions; do
	for library in libsys glibc; do
		mkdir "$work/$program.$library"
		(cd "$work/$program.$library" && umask 022 &&
			"$dir/$program.$library" < /dev/null > "../$program-$library")
		status=$?
		if [ $status = 0 ]; then
			result "" "$program on $library"
		else
			result "not " "$program on $library: status $status"
		fi
	done
	if ! [ "$(wc -l < "$work/$program-libsys")" = "$(wc -l < "$work/$program-glibc")" ]; then
		result "not " "$program: as many lines"
		continue
	fi
	while IFS= read -r mine && IFS= read -r theirs <&3; do
		if [ "$mine" = "$theirs" ]; then
			result "" "$mine"
		else
			result "not " "libsys: $mine; glibc: $theirs"
		fi
	done < "$work/$program-libsys" 3< "$work/$program-glibc"
done
echo "1..$count"
exit $failed

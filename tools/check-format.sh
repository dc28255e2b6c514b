#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Every C file is as clang-format-14 writes it. usage: check-format.sh [--fix]
set -eu
cd "$(dirname "$0")/.."
# The generator's expected outputs are not written by hand.
files()
{
	find abi host kernel lib libsys tests tools user vdso -name '*.[ch]' \
		-not -path 'tests/golden/*' -print0
}
if [ "${1-}" = --fix ]; then
	files | xargs -0 -n 40 -P 2 clang-format-14 -i
else
	files | xargs -0 -n 40 -P 2 clang-format-14 --dry-run -Werror
fi

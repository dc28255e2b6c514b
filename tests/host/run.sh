#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Tests of the lstar command that need no kernel. usage: run.sh [LSTAR [NAME-PART]]; prints TAP.
here=$(dirname "$0")
exec python3 "$here/command.py" "${1:-build/lstar}" "${2:-}"

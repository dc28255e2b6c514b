#!/bin/sh
# The generator on a small table: each output is the one beside it, and each bad row is refused with the right words.
# `run.sh --update` writes the outputs anew; read the difference before you commit it.
set -eu
cd "$(dirname "$0")/../.."
golden=tests/golden
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

abi/gen.py --tables $golden/good all "$work/out"
abi/gen.py --tables $golden/good docs > "$work/out/syscalls.md"
if [ "${1-}" = --update ]; then
	rm -rf $golden/expected
	cp -r "$work/out" $golden/expected
	exit 0
fi
diff -ru $golden/expected "$work/out"

# Each line of refused.txt: the row | the words of the message, after a "=>".
count=0
while IFS= read -r line; do
	case $line in '' | '#'*) continue ;; esac
	row=${line%% => *}
	words=${line##* => }
	rm -rf "$work/bad"
	cp -r $golden/good "$work/bad"
	printf '%s\n' "$row" >> "$work/bad/syscalls.tbl"
	if abi/gen.py --tables "$work/bad" check 2> "$work/message"; then
		echo "golden: not refused: $row" >&2
		exit 1
	fi
	if ! grep -qF -- "$words" "$work/message"; then
		echo "golden: refused with other words: $row" >&2
		cat "$work/message" >&2
		exit 1
	fi
	count=$((count + 1))
done < $golden/refused.txt
echo "golden: outputs as expected, $count bad rows refused"

#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What the host changes in a directory is seen by a running program when it opens a file more than a
# second later; what the program writes there, the host sees at once. Prints TAP.
# usage: coherence.sh LSTAR
set -u
LSTAR=$(realpath "${1:-build/lstar}")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/d" "$work/d/sub"
echo one >"$work/d/file"
for n in 1 2 3 4 5 6 7 8; do
	echo old >"$work/d/sub/$n"
done

# The two take turns: a line here, a line there.
mkfifo "$work/to" "$work/from"
guest='
turn() { echo done; read -r line; }
cat file; ls sub; cat sub/*; cat later 2>&1; echo from-guest >mine; turn
cat file; ls sub; cat sub/*; cat later; cat mine; rm file; turn
cat file 2>&1; cat again; echo done'
(cd "$work/d" && timeout 60 "$LSTAR" run --bind "$work/d" --cwd "$work/d" sh -c "$guest" <"$work/to" >"$work/from") &
exec 3>"$work/to" 4<"$work/from"

# What the program prints until it is done with its turn.
turn()
{
	text=
	while read -r line <&4 && [ "$line" != done ]; do
		text="$text$line;"
	done
}
number=0
status=0
is()
{
	number=$((number + 1))
	if [ "$2" = "$3" ]; then
		echo "ok $number - $1"
	else
		echo "not ok $number - $1"
		echo "# got $2, want $3"
		status=1
	fi
}

turn
is 'as it was' "$text" "one;1;2;3;4;5;6;7;8;old;old;old;old;old;old;old;old;cat: later: No such file or directory;"
is 'the host reads what was written' "$(cat "$work/d/mine")" from-guest
echo two, longer >"$work/d/file"
echo new >"$work/d/sub/3"
rm "$work/d/sub/5"
echo nine >"$work/d/sub/9"
echo here >"$work/d/later"
echo changed >"$work/d/mine"
sleep 1.2
echo >&3
turn
is 'as the host made it' "$text" "two, longer;1;2;3;4;6;7;8;9;old;old;new;old;old;old;old;nine;here;changed;"
is 'what the program removed is gone' "$(ls "$work/d/file" 2>/dev/null)" ''
mv "$work/d/later" "$work/d/again"
sleep 1.2
echo >&3
turn
is 'a name is gone, one has come' "$text" "cat: file: No such file or directory;here;"
exec 3>&- 4<&-
wait
echo "1..$number"
exit $status

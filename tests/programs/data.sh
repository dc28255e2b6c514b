# The input of tests/programs: made once in $data, the same on every machine. Sourced by run.sh,
# which sets data, PROGRAMS_MB and PROGRAMS_LINES.

make_tree()
{
	mkdir -p "$data/tree/a/b/c" "$data/tree/d" "$data/tree/empty" || return 1
	for i in 1 2 3 4 5 6 7 8 9; do
		seq 1 $((i * 100)) >"$data/tree/a/file$i.txt"
		seq $i $i 900 >"$data/tree/a/b/multiples of $i"
	done
	printf 'last\n' >"$data/tree/a/b/c/deep"
	ln -sf a/file1.txt "$data/tree/link"
	ln -sf nowhere "$data/tree/dangling"
	ln -f "$data/tree/a/file2.txt" "$data/tree/d/hard"
	chmod 640 "$data/tree/d/hard"
	chmod 755 "$data/tree/a/file3.txt"
	printf 'strange\001name' >"$data/tree/$(printf 'st\001range\351')"
	find "$data/tree" -exec touch -h -d '2024-02-29 12:34:56.789012345 UTC' '{}' + || return 1
}

make_sources()
{
	cat >"$data/hello.c" <<'END'
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int order(const void *a, const void *b)
{
	return *(const int *)a - *(const int *)b;
}

int main(int argc, char **argv)
{
	int numbers[1000];
	unsigned seed = 1;

	for (int i = 0; i < 1000; i++) {
		seed = seed * 1103515245 + 12345;
		numbers[i] = seed >> 16 & 0x7fff;
	}
	qsort(numbers, 1000, sizeof(numbers[0]), order);
	printf("%s: %d arguments, median %d, pi %.10f\n", strrchr(argv[0], '/') + 1, argc - 1,
	       numbers[500], 3.14159265358979);
	return argc;
}
END
	cat >"$data/build.mk" <<'END'
all: total
one two three:
	echo $@ > $@
total: one two three
	cat $^ > $@
	cat $@
END
	cat >"$data/table.json" <<'END'
{"name": "lstar", "numbers": [1, 2.5, -3e10, 12345678901234567890], "nested": {"z": null, "a": true,
 "text": "caf\u00e9 \ud83d\ude00 \"quoted\" \\"}}
END
	cat >"$data/people.csv" <<'END'
ada,1815,London
alan,1912,London
grace,1906,New York
edsger,1930,Rotterdam
barbara,1939,Los Angeles
donald,1938,Milwaukee
END
	printf '#!/bin/sh\necho "script $0 has $# arguments: $*"\nexit 3\n' >"$data/script.sh"
	printf '#!/usr/bin/env -S awk -f\nBEGIN { print "awk script", ARGC }\n' >"$data/script.awk"
	chmod 755 "$data/script.sh" "$data/script.awk"
}

make_repository()
{
	command -v git >/dev/null || return 0
	rm -rf "$data/repo"
	(
		GIT_AUTHOR_DATE='2024-02-29T12:00:00Z'
		GIT_COMMITTER_DATE=$GIT_AUTHOR_DATE
		GIT_CONFIG_NOSYSTEM=1
		HOME=/nonexistent
		export GIT_AUTHOR_DATE GIT_COMMITTER_DATE GIT_CONFIG_NOSYSTEM HOME
		git -c init.defaultBranch=main init -q "$data/repo" && cd "$data/repo" || exit 1
		for i in 1 2 3; do
			seq 1 $((i * 10)) >"file$i"
			git add . && git -c user.name=T -c user.email=t@example.org commit -q \
				-m "Add file $i" || exit 1
		done
		printf 'changed\n' >file1
	)
}

make_data()
{
	cp "$here/share.sh" "$here/share_calls.py" "$data/" 2>/dev/null
	stamp="7 $PROGRAMS_MB $PROGRAMS_LINES"
	[ "$(cat "$data/stamp" 2>/dev/null)" = "$stamp" ] && return 0
	rm -rf "$data"
	mkdir -p "$data" || return 1
	seq 1 100000000 | head -c "${PROGRAMS_MB}M" >"$data/big"
	head -c 1048576 /dev/urandom >"$data/random"
	awk 'BEGIN { for (i = 0; i < 256; i++) printf("%c", i); }' >"$data/bytes" </dev/null
	awk -v n="$PROGRAMS_LINES" 'BEGIN {
		seed = 42
		for (i = 0; i < n; i++) {
			seed = (seed * 16807) % 2147483647
			printf("%d word%d %s line %d\n", seed % 1000, seed % 97,
			       seed % 2 ? "odd" : "even", i)
		}
	}' >"$data/lines" || return 1
	cp "$here/share.sh" "$here/share_calls.py" "$data/" || return 1
	head -n 1000 "$data/lines" >"$data/short"
	sed -e 's/word1 /WORD1 /' -e '500d' "$data/short" >"$data/changed"
	make_tree && make_sources && make_repository || return 1
	echo "$stamp" >"$data/stamp"
}

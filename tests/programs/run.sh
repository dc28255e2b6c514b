#!/bin/sh
# Unmodified programs of the host, run there and on Lstar; standard output, standard error and the
# exit status must be the same. Prints TAP.
#
#   tests/programs/run.sh [--native] [--i386] [--class CLASS] [NAME...]
#
# --native runs each command twice on the host instead: it proves that the command's own output is
# the same each time, so that a difference on Lstar means something.
# --i386 takes Debian's 32-bit programs, where the list of tools/i386-programs.sh has them.
#
# Settings from the environment:
#   LSTAR             the command to try              (build/lstar)
#   LSTAR_OPTIONS     more options for `lstar run`    (none)
#   PROGRAMS_LIST     the list of commands            (commands.list beside this script)
#   PROGRAMS_DIR      data and outputs                (build/tests/programs)
#   PROGRAMS_MB       size of the large file in MiB   (200)
#   PROGRAMS_LINES    lines of the large text         (100000)
#   PROGRAMS_CLASS    classes to run                  (fast slow); also heavy: minutes each
#   PROGRAMS_TIMEOUT  seconds for a fast command      (60); a slow one has ten times as much
#   PROGRAMS_KEEP     keep all outputs when not empty

set -u
here=$(cd "$(dirname "$0")" && pwd)
LSTAR=${LSTAR:-build/lstar}
LSTAR_OPTIONS=${LSTAR_OPTIONS:-}
PROGRAMS_LIST=${PROGRAMS_LIST:-$here/commands.list}
PROGRAMS_DIR=${PROGRAMS_DIR:-build/tests/programs}
PROGRAMS_MB=${PROGRAMS_MB:-200}
PROGRAMS_LINES=${PROGRAMS_LINES:-100000}
PROGRAMS_CLASS=${PROGRAMS_CLASS:-fast slow}
PROGRAMS_TIMEOUT=${PROGRAMS_TIMEOUT:-60}
PROGRAMS_KEEP=${PROGRAMS_KEEP:-}
TAB=$(printf '\t')

native=
i386=
wanted=
while [ $# -gt 0 ]; do
	case $1 in
	--native) native=1 ;;
	--i386) i386=1 ;;
	--class) PROGRAMS_CLASS=$2; shift ;;
	-*) echo "usage: run.sh [--native] [--i386] [--class CLASS] [NAME...]" >&2; exit 2 ;;
	*) wanted="$wanted $1" ;;
	esac
	shift
done

mkdir -p "$PROGRAMS_DIR/data" "$PROGRAMS_DIR/out" || exit 2
data=$(cd "$PROGRAMS_DIR/data" && pwd)
out=$(cd "$PROGRAMS_DIR/out" && pwd)
case $LSTAR in
/*) ;;
*/*) LSTAR=$PWD/$LSTAR ;;
esac
. "$here/data.sh"
make_data || { echo "Bail out! cannot make the data in $data"; exit 2; }

case " $PROGRAMS_CLASS " in
*" heavy "*) "$here/heavy/prepare.sh" "$PROGRAMS_DIR/heavy" ;;
esac
path=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
libraries=
if [ -n "$i386" ]; then
	why=$("$here/../../tools/i386-programs.sh" "$PROGRAMS_DIR/i386") || { echo "1..0 # SKIP $why"; exit 0; }
	root=$(cd "$PROGRAMS_DIR/i386" && pwd)
	path=$root/usr/bin:$root/bin:$path
	libraries=LD_LIBRARY_PATH=$root/lib/i386-linux-gnu:$root/usr/lib/i386-linux-gnu
fi

# Both sides get the same small environment: an interactive one differs from machine to machine.
clean_env()
{
	exec env -i PATH="$path" $libraries HOME=/root \
		LC_ALL=C TZ=UTC TERM=dumb SHARE="${dir:-}" "$@"
}

# run_side SIDE NAME STDIN SECONDS COMMAND...: outputs in $out/NAME.SIDE.{out,err,status}. The
# subshell becomes the command, so that no shell adds its own word about a signal, and has no
# descriptors but the first three.
run_side()
{
	side=$1 name=$2 input=$3 seconds=$4
	shift 4
	dir=
	if [ -n "$share" ]; then
		dir=$out/$name.$side.share
		rm -rf "$dir"
		mkdir -p "$dir"
	fi
	[ "$side" = lstar ] && set -- "$LSTAR" run $LSTAR_OPTIONS ${dir:+--bind "$dir"} -- "$@"
	(
		cd "$data" || exit 125
		exec <"$input" >"$out/$name.$side.out" 2>"$out/$name.$side.err"
		exec 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&-
		clean_env timeout -k 5 "$seconds" "$@"
	)
	echo $? >"$out/$name.$side.status"
	if [ -n "$dir" ]; then
		(cd "$dir" && find . ! -name . | LC_ALL=C sort | tr '\n' '\0' |
			xargs -0 stat -c '%N %s %a %F %u %g') >>"$out/$name.$side.out"
		(cd "$dir" && find . -type f | LC_ALL=C sort | tr '\n' '\0' |
			xargs -0 cksum) >>"$out/$name.$side.out"
		rm -rf "$dir"
	fi
}

normalise()
{
	[ "$2" = - ] && return 0
	script=$(sed -n "s/^norm $2 [^:]*: //p" "$PROGRAMS_LIST")
	[ -n "$script" ] || { echo "Bail out! no normaliser '$2'"; exit 2; }
	sed -E -e "$script" <"$1" >"$1.n" && mv "$1.n" "$1"
}

# Prints why the two sides differ; silent when they do not.
compare()
{
	for part in status out err; do
		cmp -s "$out/$1.host.$part" "$out/$1.$2.$part" && continue
		echo "# $part differs (host -, $2 +):"
		if [ "$(wc -c <"$out/$1.host.$part")" -gt 20000000 ]; then
			cmp "$out/$1.host.$part" "$out/$1.$2.$part" 2>&1 | sed 's/^/#   /'
			continue
		fi
		diff -au "$out/$1.host.$part" "$out/$1.$2.$part" | tail -n +3 | cut -c 1-160 |
			head -n 12 | cat -v | sed 's/^/#   /'
	done
}

selected()
{
	case " $PROGRAMS_CLASS " in
	*" $2 "*) ;;
	*) return 1 ;;
	esac
	[ -z "$wanted" ] && return 0
	case " $wanted " in
	*" $1 "*) return 0 ;;
	esac
	return 1
}

commands=$out/commands
sed -n -e '/^[[:space:]]*#/d' -e '/^norm /d' -e '/ : /p' "$PROGRAMS_LIST" >"$commands"
other=lstar
[ -n "$native" ] && other=again
if [ -z "$native" ] && [ ! -x "$LSTAR" ]; then
	echo "1..0 # SKIP no $LSTAR"
	exit 0
fi

total=0
while IFS= read -r line; do
	set -- ${line%% : *}
	selected "$1" "$2" && total=$((total + 1))
done <"$commands"
echo "1..$total"

number=0
failed=0
while IFS= read -r line <&3; do
	set -f
	set -- ${line%% : *}
	set +f
	command=${line#* : }
	name=$1 class=$2
	shift 2
	selected "$name" "$class" || continue
	number=$((number + 1))
	seconds=$PROGRAMS_TIMEOUT
	[ "$class" = slow ] && seconds=$((PROGRAMS_TIMEOUT * 10))
	input=/dev/null norm=- skip= share= dir=
	for option; do
		case $option in
		stdin=*) input=$data/${option#stdin=} ;;
		share) share=1 ;;
		norm=*) norm=${option#norm=} ;;
		timeout=*) seconds=${option#timeout=} ;;
		needs=*)
			(clean_env sh -c "command -v ${option#needs=}") >/dev/null ||
				skip="no ${option#needs=} here" ;;
		*) echo "Bail out! $name: unknown option $option"; exit 2 ;;
		esac
	done
	if [ -n "$skip" ]; then
		echo "ok $number - $name # SKIP $skip"
		continue
	fi
	eval "set -- $command"
	began=$(date +%s)
	run_side host "$name" "$input" "$seconds" "$@" 2>/dev/null
	middle=$(date +%s)
	run_side "$other" "$name" "$input" "$seconds" "$@" 2>/dev/null
	ended=$(date +%s)
	for side in host "$other"; do
		normalise "$out/$name.$side.out" "$norm"
		normalise "$out/$name.$side.err" "$norm"
	done
	why=$(compare "$name" "$other")
	if [ -z "$why" ]; then
		echo "ok $number - $name # host $((middle - began)) s, $other $((ended - middle)) s"
		[ -n "$PROGRAMS_KEEP" ] || rm -f "$out/$name".*
	else
		failed=$((failed + 1))
		echo "not ok $number - $name # host $((middle - began)) s, $other $((ended - middle)) s"
		echo "# $command"
		echo "$why"
	fi
done 3<"$commands"
echo "# $((number - failed)) of $number passed"
[ "$failed" -eq 0 ]

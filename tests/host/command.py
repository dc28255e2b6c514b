#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Tests of the lstar command with a pretended QEMU (fake-qemu): TAP, then a summary."""

import fcntl
import hashlib
import os
import pty
import select
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import termios
import time

LSTAR = os.path.abspath(sys.argv[1])
ONLY = sys.argv[2] if len(sys.argv) > 2 else ""
HERE = os.path.dirname(os.path.abspath(__file__))
FAKE_QEMU = os.path.join(HERE, "fake-qemu")
BIG_SIZE = 200 << 20
WORK = tempfile.mkdtemp(prefix="lstar-test-", dir="/var/tmp")
TESTS = []


class Failure(Exception):
    pass


def test(function):
    TESTS.append(function)
    return function


def environment(fake="", **more):
    env = dict(os.environ, LSTAR_QEMU=FAKE_QEMU, FAKE=fake, XDG_CACHE_HOME=WORK + "/cache")
    env.update(more)
    return env


def lstar(*words, fake="", stdin=b"", limit=60, before=("run", "--accel", "tcg"), env=None, **more):
    command = [LSTAR, *before, *words]
    keys = dict(stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=limit)
    keys.update(more)
    if isinstance(stdin, bytes):
        keys["input"] = stdin
    else:
        keys["stdin"] = stdin
    return subprocess.run(command, env=env or environment(fake), **keys)


def equal(got, wanted, what="value"):
    if got != wanted:
        raise Failure(f"{what}: got {str(got)[:300]!r}, wanted {str(wanted)[:300]!r}")


def holds(text, part):
    if isinstance(text, bytes):
        text = text.decode(errors="replace")
    if part not in text:
        raise Failure(f"{text[:400]!r} does not hold {part!r}")


def refused(*words, part="", **more):
    """Status 125, nothing on stdout, exactly one line on stderr that says what to do."""
    result = lstar(*words, **more)
    equal(result.returncode, 125, f"status of {words}")
    equal(result.stdout, b"", "stdout")
    equal(result.stderr.count(b"\n"), 1, f"lines on stderr of {words}: {result.stderr}")
    holds(result.stderr, "lstar: ")
    holds(result.stderr, part)


def is_alive(pid):
    try:
        with open(f"/proc/{pid}/stat") as stat:
            return stat.read().rsplit(")", 1)[1].split()[0] not in "ZX"
    except OSError:
        return False


def wait_until(condition, what, limit=10):
    end = time.monotonic() + limit
    while not condition():
        if time.monotonic() > end:
            raise Failure(f"waited in vain: {what}")
        time.sleep(0.01)


# ---- the command line ----


@test
def help_and_version():
    holds(lstar(before=("help",)).stdout, "lstar run")
    holds(lstar(before=("help", "run")).stdout, "--timeout")
    holds(lstar(before=("--help",)).stdout, "Usage")
    holds(lstar(before=("run", "--help")).stdout, "--bind")
    equal(lstar(before=("--version",)).stdout[:6], b"lstar ")
    equal(lstar(before=("version",)).returncode, 0)


@test
def bad_command_lines():
    refused(before=(), part="lstar run PROGRAM")
    refused(before=("frobnicate",), part="lstar run frobnicate")
    refused(before=("--frob",), part="lstar help")
    refused(part="no program")
    refused("--", part="no program")
    refused("", part="empty")
    refused("--frob", "true", part="--frob")
    refused("-x", "true", part="-x")
    refused("--mem", part="needs a value")
    refused("--stats=yes", "true", part="takes no value")
    refused(before=("help", "frob"), part="lstar help run")


@test
def bad_values():
    for size in ("", "0", "x", "-1", "7M", "1Q", "99999999999999999999", "2T", "1MM"):
        refused("--mem", size, "true", part="--mem")
    for cpus in ("0", "9", "-1", "x", "", "1x", "11"):
        refused("--cpus", cpus, "true", part="1 to 8")
    for duration in ("", "x", "-1", "1y", "1ss", "nan"):
        refused("--timeout", duration, "true", part="--timeout")
    refused("--accel", "xen", "true", part="auto, kvm or tcg")
    refused("--user", "no-such-user", "true", part="number")
    refused("--user", "1:no-such-group", "true", part="number")
    refused("--user", "4294967295", "true", part="number")
    refused("--env", "=x", "true", part="NAME=VALUE")
    refused("--kernel-arg", "a b", "true", part="once per word")
    refused("--trace=read;write", "true", part="--trace=openat,read")
    refused("--trace=", "true", part="--trace")
    refused("--trace=read,raed", "true", part="'raed'")
    refused("--trace=%files", "true", part="'%files'")
    refused("-o", "/dev/null", "true", part="--trace")
    refused("--trace", "-o", "/no/such/dir/x", "true", part="can be written")


@test
def bad_paths():
    refused("--cwd", "/no/such", "true", part="--cwd")
    refused("--root", "/no/such", "true", part="none")
    refused("--root", "/dev/null", "true", part="directory")
    image = WORK + "/image.tar"
    open(image, "w").close()
    refused("--root", image, "true", part="not supported yet")
    refused("--bind", "/no/such", "true", part="exists")
    refused("--bind", "/etc/passwd", "true", part="directory")
    refused("--bind", "/etc:relative", "true", part="absolute")
    refused("--bind", "/etc:/etc/passwd/x", "true", part="not a directory")
    refused("--bind", "/etc:/", "true", part="--root")
    refused(*["--bind", "/etc"] * 7, "true", part="room for")


@test
def missing_qemu():
    env = dict(environment(), PATH="/no/such")
    del env["LSTAR_QEMU"]
    refused("true", env=env, part="apt-get install qemu-system-x86")
    env["LSTAR_QEMU"] = "/no/qemu"
    refused("true", env=env, part="LSTAR_QEMU")


@test
def print_qemu():
    result = lstar("--print-qemu", "--mem", "64M", "--cpus", "3", "--qemu-arg", "it's", "true")
    equal(result.returncode, 0)
    words = subprocess.run(
        ["sh", "-c", "for w in " + result.stdout.decode().strip() + '; do echo "$w"; done'],
        stdout=subprocess.PIPE,
    ).stdout.decode().split("\n")
    for word in ("64M", "3", "it's", "-no-reboot", "lstar.ctl"):
        if not any(word in w for w in words):
            raise Failure(f"no {word} in {words}")


@test
def qemu_arguments():
    text = lstar("--qemu-arg", "-foo", "--kernel-arg", "pti=on", "--trace=read,write", "--stats",
                 "--bind", WORK + ":/run/a,b:ro", "true", fake="args").stdout.decode()
    for part in ("-foo\n", "pti=on", "trace=read,write", " stats", "epoch_ns=", "seed=",
                 "name=lstar.trace", "readonly=on", "multidevs=remap"):
        holds(text, part)


# ---- the job ----


def job(*words, **more):
    return lstar(*words, fake="job", **more).stdout.decode(errors="surrogateescape").split("\n")


@test
def job_records():
    os.makedirs(WORK + "/sub dir/x", exist_ok=True)
    lines = job("--env", "A=1", "--env", "A=2", "--clear-env", "--user", "12:34", "--", "prog",
                "", "a b", b"\xff\n\xfe", cwd="/etc")
    holds("\n".join(lines[:3]), "arg=prog\narg=\narg=a b")
    for line in ("env=A=2", "cwd=/etc", "uid=12", "gid=34", "groups=", "tty=", "trace=0",
                 "mount=overlay root / rw", "mount=proc proc /proc rw,nosuid,nodev,noexec"):
        if line not in lines:
            raise Failure(f"no {line} in {lines}")
    equal([line for line in lines if line.startswith("env=")], ["env=A=2"], "environment")
    holds("\n".join(job("--bind", WORK + "/sub dir:/run/x y", "true")), "/run/x\\040y rw")


@test
def job_binds_what_is_hidden():
    if not os.access("/run", os.W_OK):
        return
    hidden = tempfile.mkdtemp(prefix="lstar-test-", dir="/run")
    try:
        inner = hidden + "/program"
        os.makedirs(inner)
        shutil.copy("/bin/true", inner + "/prog")
        holds("\n".join(job("true", cwd=hidden)), f"9p bind0 {hidden} ro")
        equal("bind1" in "\n".join(job("true", cwd=hidden)), False, "one bind")
        holds("\n".join(job(inner + "/prog", cwd="/")), f"9p bind0 {inner} ro")
        equal("bind1" in "\n".join(job("./program/prog", cwd=hidden)), False, "one bind")
        equal("bind0" in "\n".join(job("--root", "none", "sh", cwd=hidden)), False, "root none")
    finally:
        shutil.rmtree(hidden)
    for cwd in ("/etc", "/tmp", WORK):
        equal("bind0" in "\n".join(job("true", cwd=cwd)), False, "no bind")
    equal("bind0" in "\n".join(job("--cwd", "/run", "true", cwd="/")), False, "--cwd /run")


@test
def environment_passes():
    env = dict(environment(), LSTAR_TEST="v w", EMPTY="")
    equal(lstar("sh", "-c", 'echo "$LSTAR_TEST,$EMPTY"', env=env).stdout, b"v w,\n")
    equal(lstar("--clear-env", "--env", "LSTAR_TEST", "/usr/bin/env", env=env).stdout,
          b"LSTAR_TEST=v w\n")


# ---- statuses ----


@test
def exit_statuses():
    for code in (0, 1, 7, 124, 125, 255):
        equal(lstar("sh", "-c", f"exit {code}").returncode, code)


@test
def signal_statuses():
    equal(lstar("sh", "-c", "kill -9 $$").returncode, 137)
    equal(lstar("sh", "-c", "kill -TERM $$").returncode, 143)


@test
def not_found_and_not_executable():
    result = lstar("no-such-program")
    equal((result.returncode, result.stderr), (127, b"lstar: no-such-program: command not found\n"))
    equal(lstar("/etc/passwd").returncode, 126)


@test
def machine_failures():
    result = lstar("true", fake="panic")
    equal(result.returncode, 125)
    holds(result.stderr, "lstar: kernel panic: the sky fell\n  at function+0x12")
    result = lstar("true", fake="late-panic")
    equal(result.returncode, 125)
    holds(result.stderr, "on the way out")
    for fake, part in (("reset", "triple fault"), ("odd", "85"), ("crash", "signal 11"),
                       ("refuse", "cannot set up guest memory"), ("error", "cannot mount /data")):
        result = lstar("true", fake=fake)
        equal(result.returncode, 125, fake)
        holds(result.stderr, part)


@test
def kernel_log():
    equal(lstar("echo", "x", fake="log").stderr, b"")
    result = lstar("--kernel-log", "echo", "x", fake="log")
    equal((result.stdout, result.stderr), (b"x\n", b"lstar: a line of the log\n"))


@test
def stuck_after_final_line():
    start = time.monotonic()
    equal(lstar("true", fake="stuck").returncode, 3)
    equal(time.monotonic() - start < 15, True, "in time")


@test
def timeouts():
    start = time.monotonic()
    equal(lstar("--timeout", "0.5", "sleep", "60").returncode, 124)
    equal(lstar("--timeout", "0.3s", "true", fake="silent").returncode, 124)
    equal(lstar("--timeout", "0.5", "sh", "-c", "trap '' TERM; sleep 60").returncode, 124)
    result = lstar("--timeout", "0.5", "sh", "-c", "echo kept; sleep 60")
    equal((result.returncode, result.stdout), (124, b"kept\n"))
    equal(lstar("--timeout", "0", "true").returncode, 0)
    equal(lstar("--timeout", "1m", "sh", "-c", "exit 4").returncode, 4)
    equal(time.monotonic() - start < 20, True, "in time")


# ---- streams ----


def make_big():
    path = WORK + "/big"
    if not os.path.exists(path):
        block = os.urandom(1 << 20)
        with open(path, "wb") as big:
            for number in range(BIG_SIZE >> 20):
                big.write(block[number:] + block[:number])
    return path


def digest(path):
    with open(path, "rb") as data:
        return hashlib.sha256(data.read()).hexdigest()


@test
def streams_are_three():
    result = lstar("sh", "-c", "cat; echo err >&2; printf 'out\\0\\377'", stdin=b"in\0\xff\r\n")
    equal((result.stdout, result.stderr), (b"in\0\xff\r\nout\0\xff", b"err\n"))


@test
def big_through_files():
    big, out = make_big(), WORK + "/out"
    with open(big, "rb") as source, open(out, "wb") as sink:
        equal(lstar("cat", stdin=source, stdout=sink).returncode, 0)
    equal(digest(out), digest(big), "checksum")
    os.unlink(out)


@test
def big_through_pipes():
    big = make_big()
    line = f"cat '{big}' | '{LSTAR}' run --accel tcg cat | sha256sum"
    result = subprocess.run(["sh", "-c", line], env=environment(), stdout=subprocess.PIPE)
    equal(result.stdout.split()[0].decode(), digest(big), "checksum")


@test
def big_to_stderr():
    result = lstar("sh", "-c", "head -c 20000000 /dev/zero >&2; echo done")
    equal((len(result.stderr), result.stdout), (20000000, b"done\n"))


@test
def slow_reader_loses_nothing():
    command = [LSTAR, "run", "--accel", "tcg", "head", "-c", "5000000", "/dev/zero"]
    child = subprocess.Popen(command, env=environment(), stdout=subprocess.PIPE)
    time.sleep(1.5)
    equal(len(child.stdout.read()), 5000000)
    equal(child.wait(10), 0)


@test
def end_of_input():
    equal(lstar("wc", "-c", stdin=b"").stdout.strip(), b"0")
    equal(lstar("wc", "-c", stdin=b"x" * 1000003).stdout.strip(), b"1000003")
    with open("/dev/null") as null:
        equal(lstar("cat", stdin=null).returncode, 0)
    equal(subprocess.run(["sh", "-c", f"'{LSTAR}' run --accel tcg cat <&-"],
                         env=environment()).returncode, 0)


@test
def input_left_unread():
    result = lstar("true", stdin=b"x" * 3000000)
    equal(result.returncode, 0)


@test
def fifo_whose_writer_left():
    fifo = WORK + "/fifo"
    os.mkfifo(fifo)
    line = f"(printf hello > {fifo} &) ; exec 3< {fifo}; sleep 0.3; '{LSTAR}' run --accel tcg cat <&3"
    result = subprocess.run(["sh", "-c", line], env=environment(), stdout=subprocess.PIPE, timeout=20)
    equal(result.stdout, b"hello")


@test
def closed_output_stops_the_program():
    line = f"'{LSTAR}' run --accel tcg yes; echo $? >&2"
    result = subprocess.run(["sh", "-c", f"({line}) | head -n 1"], env=environment("pipe"), timeout=30,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    equal((result.stdout, result.stderr), (b"y\n", b"141\n"))


@test
def full_disk_is_reported():
    with open("/dev/full", "wb") as full:
        result = lstar("echo", "x", stdout=full)
    equal(result.returncode, 125)
    holds(result.stderr, "No space left")


@test
def merged_streams_keep_order():
    script = "for i in 1 2 3 4 5; do echo out $i; echo err $i >&2; done"
    result = lstar("sh", "-c", script, stderr=subprocess.STDOUT)
    equal(result.stdout, b"".join(b"out %d\nerr %d\n" % (i, i) for i in range(1, 6)))


@test
def shared_descriptors_stay_blocking():
    reader, writer = os.pipe()
    lstar("echo", "x", stdout=writer)
    equal(os.get_blocking(writer), True, "blocking")
    os.close(reader)
    os.close(writer)


@test
def trace_output():
    env = environment(FAKE_TRACE="read(0) = 0")
    equal(lstar("--trace", "true", env=env).stderr, b"read(0) = 0\n")
    path = WORK + "/trace"
    equal(lstar("--trace", "-o", path, "true", env=env).stderr, b"")
    equal(open(path).read(), "read(0) = 0\n")


# ---- signals ----


def start(*words, fake="", **more):
    pid_file = f"{WORK}/pid"
    if os.path.exists(pid_file):
        os.unlink(pid_file)
    child = subprocess.Popen([LSTAR, "run", "--accel", "tcg", *words],
                             env=environment(fake, FAKE_PID=pid_file), **more)
    wait_until(lambda: os.path.exists(pid_file) and open(pid_file).read(), "the machine's start")
    return child, int(open(pid_file).read())


@test
def signals_reach_the_program():
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        child, _ = start("sh", "-c", "echo up; exec sleep 60", stdout=subprocess.PIPE)
        child.stdout.readline()
        child.send_signal(number)
        equal(child.wait(10), 128 + number)
    child, _ = start("sh", "-c", "trap 'exit 9' TERM; echo up; while :; do sleep 0.05; done",
                     stdout=subprocess.PIPE)
    child.stdout.readline()
    child.terminate()
    equal(child.wait(10), 9)


@test
def second_signal_ends_the_machine():
    child, machine = start("true", fake="deaf")
    time.sleep(0.2)
    child.terminate()
    time.sleep(0.3)
    equal(child.poll(), None, "first signal only asks")
    child.terminate()
    equal(child.wait(10), 143)
    wait_until(lambda: not is_alive(machine), "the machine's end")


@test
def machine_dies_with_lstar():
    child, machine = start("sleep", "60")
    child.kill()
    child.wait()
    wait_until(lambda: not is_alive(machine), "the machine's end")


# ---- terminals ----


class Terminal:
    """lstar on a pty of its own, as the session's foreground."""

    def __init__(self, *words, fake="", rows=31, columns=97, stdin=None, stdout=None, shell=None):
        self.master, self.slave = pty.openpty()
        self.resize(rows, columns)
        self.before = termios.tcgetattr(self.slave)
        self.seen = b""

        def enter():
            os.setsid()
            fcntl.ioctl(self.slave, termios.TIOCSCTTY, 0)

        command = ["sh", "-c", shell] if shell else [LSTAR, "run", "--accel", "tcg", *words]
        self.child = subprocess.Popen(
            command,
            env=environment(fake),
            stdin=self.slave if stdin is None else stdin,
            stdout=self.slave if stdout is None else stdout,
            stderr=self.slave,
            preexec_fn=enter,
        )

    def resize(self, rows, columns):
        fcntl.ioctl(self.slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def type(self, data):
        os.write(self.master, data)

    def expect(self, part, limit=10):
        end = time.monotonic() + limit
        while part not in self.seen:
            if time.monotonic() > end:
                raise Failure(f"no {part!r} on the terminal: {self.seen!r}")
            if select.select([self.master], [], [], 0.1)[0]:
                self.seen += os.read(self.master, 4096)

    def is_raw(self):
        return not termios.tcgetattr(self.slave)[3] & termios.ICANON

    def finish(self, status):
        end = time.monotonic() + 10
        while self.child.poll() is None and time.monotonic() < end:
            if select.select([self.master], [], [], 0.05)[0]:
                self.seen += os.read(self.master, 4096)
        equal(self.child.wait(1), status)
        equal(termios.tcgetattr(self.slave), self.before, "terminal settings")
        while select.select([self.master], [], [], 0)[0]:
            self.seen += os.read(self.master, 4096)
        os.close(self.master)
        os.close(self.slave)


@test
def terminal_size_and_output():
    terminal = Terminal("sh", "-c", "stty size; tty; echo bye")
    terminal.finish(0)
    holds(terminal.seen, "31 97\r\n/dev/pts/")
    holds(terminal.seen, "bye\r\n")


@test
def terminal_typing():
    terminal = Terminal("sh", "-c", 'read line; echo "got $line"; exit 5')
    wait_until(terminal.is_raw, "raw mode")
    terminal.type(b"hello\r")
    terminal.expect(b"got hello\r\n")
    terminal.finish(5)


@test
def terminal_interrupt_key():
    terminal = Terminal("sh", "-c", "echo up; exec sleep 60")
    terminal.expect(b"up\r\n")
    terminal.type(b"\x03")
    terminal.finish(130)


@test
def terminal_resize():
    script = "trap 'stty size; exit 0' WINCH; echo up; while :; do sleep 0.05; done"
    terminal = Terminal("sh", "-c", script)
    terminal.expect(b"up\r\n")
    terminal.resize(12, 34)
    terminal.expect(b"12 34")
    terminal.finish(0)


@test
def terminal_restored_after_failure():
    for fake, status in (("panic", 125), ("crash", 125), ("refuse", 125)):
        terminal = Terminal("true", fake=fake)
        terminal.finish(status)
    terminal = Terminal("--timeout", "0.5", "sleep", "60")
    terminal.finish(124)


@test
def terminal_restored_after_signals():
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGSEGV, signal.SIGABRT):
        terminal = Terminal("sh", "-c", "echo up; exec sleep 60")
        terminal.expect(b"up\r\n")
        wait_until(terminal.is_raw, "raw mode")
        terminal.child.send_signal(number)
        is_crash = number in (signal.SIGSEGV, signal.SIGABRT)
        terminal.finish(-number if is_crash else 128 + number)


@test
def terminal_stop_and_continue():
    terminal = Terminal("sh", "-c", "echo up; read line; echo got $line")
    terminal.expect(b"up\r\n")
    wait_until(terminal.is_raw, "raw mode")
    os.kill(terminal.child.pid, signal.SIGTSTP)
    wait_until(lambda: not terminal.is_raw(), "the terminal back")
    os.kill(terminal.child.pid, signal.SIGCONT)
    wait_until(terminal.is_raw, "raw mode again")
    terminal.type(b"x\r")
    terminal.expect(b"got x")
    terminal.finish(0)


@test
def terminal_input_only():
    reader, writer = os.pipe()
    terminal = Terminal("sh", "-c", 'test -t 0 && ! test -t 1 && read x && printf "%s" "$x"',
                        stdout=writer)
    os.close(writer)
    wait_until(terminal.is_raw, "raw mode")
    terminal.type(b"word\r")
    terminal.expect(b"word")
    terminal.finish(0)
    equal(os.read(reader, 100), b"word")
    os.close(reader)


@test
def terminal_output_only():
    terminal = Terminal("sh", "-c", "! test -t 0 && test -t 1 && cat",
                        stdin=subprocess.PIPE)
    equal(terminal.is_raw(), False, "raw")
    terminal.child.stdin.write(b"through\n")
    terminal.child.stdin.close()
    terminal.expect(b"through")
    terminal.finish(0)


# ---- KVM's probe ----


@test
def probe_is_cached():
    if not os.access("/dev/kvm", os.R_OK | os.W_OK):
        return
    cache = WORK + "/cache/lstar/kvm-probe"
    lstar("true", before=("run",), fake="args")
    first = open(cache).read()
    holds(first, FAKE_QEMU)
    os.utime(cache, (1, 1))
    lstar("true", before=("run",), fake="args")
    equal(os.stat(cache).st_mtime, 1, "not written again")
    with open(cache, "w") as file:
        file.write(first.replace("fails", "works"))
    holds(lstar("true", before=("run",), fake="args").stdout, "-accel\nkvm")
    with open(cache, "wb") as file:
        file.write(b"\xff\0nonsense")
    holds(lstar("true", before=("run",), fake="args").stdout, "-accel\ntcg")
    env = environment("args", XDG_CACHE_HOME="/proc/no/such")
    equal(lstar("true", before=("run",), env=env).returncode, 0)


def main():
    failed = 0
    chosen = [function for function in TESTS if ONLY in function.__name__]
    print(f"1..{len(chosen)}")
    for number, function in enumerate(chosen, 1):
        name = function.__name__
        try:
            function()
            print(f"ok {number} - {name}", flush=True)
        except Exception as problem:
            failed += 1
            print(f"not ok {number} - {name}\n# {type(problem).__name__}: {problem}", flush=True)
    shutil.rmtree(WORK, ignore_errors=True)
    print(f"# host: {len(chosen) - failed} passed, {failed} failed")
    sys.exit(1 if failed else 0)


main()

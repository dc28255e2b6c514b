#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs the checks and tests, and counts them.

usage: run.py check|test|list [STEP...]

check: what needs no virtual machine. test: that, then everything on Linux and on Lstar. A step is a
command; it prints TAP, each line of which counts, or it counts as one by its exit status. All output
is kept in $B/tests/logs/STEP.log. The last line is the sum: "N passed, N failed, N skipped".
"""
import concurrent.futures
import os
import re
import signal
import subprocess
import sys
import threading
import time

B = os.environ.get("B", "build")
MAKE = ["make", "--no-print-directory", "B=" + B]
RUNNER = B + "/tests/runner"
SKIPS = ["-s", "tests/skip.txt"]
SYS = B + "/tests/sys"
say_lock = threading.Lock()


class Step:
    def __init__(self, name, command, limit_s=120, env=None):
        self.name, self.command, self.limit_s, self.env = name, command, limit_s, env or {}
        self.passed = self.failed = self.skipped = 0
        self.time_s = 0.0
        self.shown = []
        self.is_unsteady = False


def lstar(lstar_b, cpus, *command, options=(), limit_s=900):
    return [lstar_b + "/lstar", "run", "--cpus", str(cpus), "--timeout", str(limit_s), *options, "--", *command]


def check_steps():
    return [
        Step("clang", MAKE + ["B=" + B + "/clang", "CC=clang-14", "everything"], 300),
        Step("arch-none", MAKE + ["B=" + B + "/none", "ARCH=none", "check-none"], 300),
        Step("format", ["tools/check-format.sh"]),
        Step("layers", ["tools/check-layers.py"]),
        Step("style", ["tools/check-style.py"]),
        Step("documents", ["tools/check-docs.py"]),
        Step("abi-numbers", ["abi/gen.py", "check-headers"]),
        Step("syscalls.md", ["abi/gen.py", "check-docs", "docs/syscalls.md"]),
        Step("call-tests", ["abi/gen.py", "check-tests", "tests"]),
        Step("i386-calls", ["abi/gen.py", "check-i386"]),
        Step("generator", ["tests/golden/run.sh"]),
        Step("vdso", MAKE + ["check-vdso"]),
        Step("unit", MAKE + ["-s", "check-unit"]),
        Step("libsys", MAKE + ["-s", "check-libsys"]),
        Step("libsys-twin", ["tests/libsys/twin/run.sh", B + "/tests/libsys/twin"]),
        Step("libsys-twin-i386", ["tests/libsys/twin/run.sh", B + "/tests/libsys-i386/twin"]),
        Step("libsys-code", ["tests/libsys/code.sh", B]),
        Step("tracer", MAKE + ["-s", "check-trace"]),
        Step("host-command", ["tests/host/run.sh", B + "/lstar"]),
        Step("init", ["tests/host/init.py", B + "/initramfs.cpio"]),
    ]


def test_steps():
    steps = [Step("sys-linux", [RUNNER, SYS], 600)]
    for name, folder, cpus in (("1-cpu", B, 1), ("4-cpus", B, 4), ("debug", B + "-debug", 2)):
        steps.append(Step("sys-lstar-" + name, lstar(folder, cpus, RUNNER, *SKIPS, SYS), 960))
    # Which doors 32-bit code has depends on who made the processor.
    for name in ("AuthenticAMD", "GenuineIntel"):
        cpu = ("--accel", "tcg", "--qemu-arg", "-cpu", "--qemu-arg", "max,-erms,-fsrm,vendor=" + name)
        steps.append(Step("doors-" + name, lstar(B, 2, RUNNER, *SKIPS, SYS + "/abi", options=cpu), 300))
    if os.path.exists("tests/bad/run.sh"):
        steps.append(Step("bad-input", ["tests/bad/run.sh"], 600))
    programs = {"PROGRAMS_DIR": B + "/tests/programs"}
    steps += [
        Step("start-up", ["tests/start.sh", B + "/lstar"], 120),
        Step("coherence", ["tests/coherence.sh", B + "/lstar"], 120),
        Step("libsys-lstar", lstar(B, 1, B + "/tests/libsys/basic", limit_s=60), 90),
        Step("libsys-twin-lstar", lstar(B, 1, "tests/libsys/twin/run.sh", B + "/tests/libsys/twin", limit_s=240), 300),
        Step("libsys-lstar-i386", lstar(B, 1, B + "/tests/libsys-i386/basic", limit_s=60), 90),
        Step("libsys-twin-lstar-i386", lstar(B, 1, "tests/libsys/twin/run.sh", B + "/tests/libsys-i386/twin",
                                             limit_s=240), 300),
        Step("hardening", ["tests/hardening.sh", B + "/lstar", B + "/tests"], 900),
        Step("anatomy", ["tests/anatomy/run.sh", B + "/lstar"], 240),
        Step("trace", ["tests/trace/run.sh", B + "/lstar"], 600),
        Step("terminal", ["tests/programs/terminal.py"], 180),
        Step("programs-i386", ["tests/programs/run.sh", "--i386", "--class", "fast"], 1200, programs),
        Step("programs-fast", ["tests/programs/run.sh", "--class", "fast"], 1200, programs),
        Step("programs-slow", ["tests/programs/run.sh", "--class", "slow"], 1800, programs),
    ]
    return steps


def count(step, lines, status):
    planned = seen = 0
    showing = False
    for line in lines:
        if re.match(r"not ok\b", line):
            step.failed += 1
            seen += 1
            showing = True
        elif re.match(r"ok\b", line):
            seen += 1
            showing = False
            if re.search(r"# SKIP", line, re.I):
                step.skipped += 1
            else:
                step.passed += 1
        elif re.match(r"1\.\.\d+", line):
            planned += int(line.split()[0][3:])
            if re.match(r"1\.\.0 # SKIP", line, re.I):
                step.skipped += 1
                seen += 1
                planned += 1
        elif re.match(r"\d+ passed, \d+ failed", line):
            showing = False
        if showing and len(step.shown) < 400:
            step.shown.append(line)
    if not seen and not planned:
        step.passed, step.failed = (1, 0) if status == 0 else (0, 1)
        step.shown = lines[-40:] if status else []
        return
    if planned > seen:
        step.failed += planned - seen
        step.shown += ["%d of %d tests did not report; the last lines:" % (planned - seen, planned)] + lines[-15:]
    elif status and not step.failed:
        step.failed += 1
        step.shown += ["exit status %d; the last lines:" % status] + lines[-15:]


def execute(step):
    log = "%s/tests/logs/%s.log" % (B, step.name)
    began = time.monotonic()
    env = dict(os.environ, B=B, LSTAR=B + "/lstar", **step.env)
    with open(log, "wb") as out:
        try:
            child = subprocess.Popen(step.command, stdin=subprocess.DEVNULL, stdout=out, stderr=out, env=env,
                                     start_new_session=True)
        except OSError as error:
            out.write(("%s: %s\n" % (step.command[0], error.strerror)).encode())
            child = None
        status = 127
        try:
            if child:
                status = child.wait(step.limit_s)
        except subprocess.TimeoutExpired:
            os.killpg(child.pid, signal.SIGKILL)
            child.wait()
            out.write(b"\nrun.py: killed after %d s\n" % step.limit_s)
            status = 124
    with open(log, errors="replace") as text:
        count(step, text.read().splitlines(), status)
    step.time_s = time.monotonic() - began
    with say_lock:
        for line in step.shown:
            print("    " + line)
        print("%-16s %5d passed, %d failed, %d skipped  (%.1f s)%s" % (
            step.name, step.passed, step.failed, step.skipped, step.time_s, "  " + log if step.failed else ""))
        sys.stdout.flush()


def execute_again(step):
    """Times and races make a few tests fail on a busy machine. A step that failed runs once more, and says
    so: what fails twice has failed; what fails once stays in STEP.first.log and among the unsteady steps."""
    log = "%s/tests/logs/%s.log" % (B, step.name)
    os.replace(log, log[:-4] + ".first.log")
    step.passed = step.failed = step.skipped = 0
    step.shown = []
    step.is_unsteady = True
    print("%-16s again" % step.name, flush=True)
    execute(step)


def main():
    if len(sys.argv) < 2 or sys.argv[1] not in ("check", "test", "list"):
        sys.exit(__doc__)
    checks, tests = check_steps(), test_steps()
    if sys.argv[1] == "list":
        print("\n".join(step.name for step in checks + tests))
        return
    chosen = set(sys.argv[2:])
    checks = [step for step in checks if not chosen or step.name in chosen]
    tests = [step for step in tests if not chosen or step.name in chosen] if sys.argv[1] == "test" else []
    os.makedirs(B + "/tests/logs", exist_ok=True)
    # What is started from here makes its own jobs: a job server of a calling make would be closed.
    os.environ.pop("MAKEFLAGS", None)
    os.environ.pop("MAKELEVEL", None)
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        list(pool.map(execute, checks))
    for step in tests:
        execute(step)
        if step.failed:
            execute_again(step)
    steps = checks + tests
    total = "%d passed, %d failed, %d skipped" % (
        sum(step.passed for step in steps), sum(step.failed for step in steps), sum(step.skipped for step in steps))
    with open(B + "/tests/summary", "w") as out:
        out.write(total + "\n")
    unsteady = [step.name for step in steps if step.is_unsteady and not step.failed]
    if unsteady:
        print("passed at the second try only: " + " ".join(unsteady))
    failed = [step.name for step in steps if step.failed]
    if failed:
        print("failed: " + " ".join(failed))
    print(total, flush=True)
    sys.exit(1 if failed or not steps else 0)


os.chdir(os.path.dirname(os.path.abspath(__file__)) + "/..")
main()

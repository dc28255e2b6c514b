#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Debian's own tests of Python (libpython3.11-testsuite) on this machine and on Lstar.

usage: run.py [-k NAME] [MODULE...]

Every test that passes here must pass on Lstar, or tests/programs/python/skip.txt says why not. Prints TAP:
a line for each module. Both logs of a module stay in $B/tests/python.
"""
import fnmatch
import os
import re
import subprocess
import sys

B = os.environ.get("B", "build")
LSTAR = os.environ.get("LSTAR", B + "/lstar")
LOGS = B + "/tests/python"
PYTHON = "/usr/bin/python3.11"
MODULES = ("os posix subprocess signal threading socket select selectors epoll mmap fcntl tempfile shutil pathlib io"
           " pty resource time").split()
LIMIT_S = 400


# unittest's main, without the tests that wait for a machine outside (VSOCK).
LOADER = """
import sys, unittest
def leaves(suite):
    for one in suite:
        if isinstance(one, unittest.TestSuite): yield from leaves(one)
        elif 'VSOCK' not in one.id() and all(k in one.id() for k in sys.argv[2:]): yield one
tests = unittest.defaultTestLoader.loadTestsFromName(sys.argv[1])
unittest.TextTestRunner(verbosity=2).run(unittest.defaultTestLoader.suiteClass(leaves(tests)))
"""


def command(module, only):
    return [PYTHON, "-c", LOADER, "test.test_" + module] + only


def results(words, log, limit_s):
    """Runs a module's tests; what each answered, by name."""
    with open(log, "wb") as out:
        try:
            subprocess.run(words, stdin=subprocess.DEVNULL, stdout=out, stderr=out, timeout=limit_s, check=False,
                           cwd="/tmp", env=dict(os.environ, LC_ALL="C.UTF-8", HOME="/root"))
        except subprocess.TimeoutExpired:
            out.write(b"\nrun.py: killed\n")
    answers = {}
    name = None
    # A test may print between its name and its answer.
    for line in open(log, errors="replace"):
        begin = re.match(r"^(\w+) \((test\.[\w.<>]+)\)", line)
        if begin:
            name = begin[2] if begin[2].endswith(begin[1]) else begin[2] + "." + begin[1]
        end = re.search(r"(?:\.\.\. |^)(ok|FAIL|ERROR|skipped .*|expected failure)\s*$", line)
        if end and name:
            answers[name] = end[1].split()[0]
            name = None
        elif begin is None and line.startswith("Ran "):
            name = None
    return answers


def skips():
    """Pattern of tests -> reason, from skip.txt: "NAME  reason" a line."""
    table = {}
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "skip.txt")
    for line in open(path):
        if line.strip() and not line.startswith("#"):
            name, reason = line.split(None, 1)
            table[name] = reason.strip()
    return table


def main():
    only, modules = [], sys.argv[1:]
    while modules[:1] == ["-k"]:
        only.append(modules[1])
        modules = modules[2:]
    modules = modules or MODULES
    if not os.path.exists("/usr/lib/python3.11/test/test_os.py"):
        print("1..0 # SKIP libpython3.11-testsuite is not installed")
        return 0
    os.makedirs(LOGS, exist_ok=True)
    lstar = os.path.abspath(LSTAR)
    excused, failed = skips(), 0
    print("1..%d" % len(modules))
    for number, module in enumerate(modules, 1):
        here = results(command(module, only), "%s/%s.host" % (LOGS, module), LIMIT_S)
        there = results([lstar, "run", "--cpus", "2", "--mem", "2G", "--timeout", str(LIMIT_S), "--cwd", "/", "--"] +
                        ["sh", "-c", "cd /tmp && exec \"$@\"", "-"] + command(module, only),
                        "%s/%s.lstar" % (LOGS, module), LIMIT_S + 20)
        passed = [name for name, answer in here.items() if answer == "ok"]
        wrong = [(name, there.get(name, "no answer")) for name in passed if there.get(name) != "ok"]
        new = [w for w in wrong if not any(fnmatch.fnmatchcase(w[0], pattern) for pattern in excused)]
        for name, answer in new:
            print("# %s: %s" % (name, answer))
        print("%s %d - test_%s: %d pass here, %d of them on Lstar, %d left out with a reason" % (
            "not ok" if new or not passed else "ok", number, module, len(passed), len(passed) - len(wrong),
            len(wrong) - len(new)))
        sys.stdout.flush()
        failed += bool(new or not passed)
    return 1 if failed else 0


sys.exit(main())

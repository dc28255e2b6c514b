#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compares a trace of strace -f -o with one of lstar run --trace -o: compare.py EXPECTED NAME HOST LSTAR.

Both are split by process, broken lines are joined, and what may differ between two runs (addresses, process numbers,
times) is replaced. The n-th process of one side is compared with the n-th of the other. EXPECTED holds the differences
that have a reason: lines "NAME|* -|+|~ REGEX", where "-" is a line only strace prints, "+" one that only Lstar
prints, and "~" is cut out of the lines of both before they are compared.
"""

import difflib
import re
import sys

SHOWN_MAX = 60
UNFINISHED = " <unfinished ...>"
RESUMED = re.compile(r"<\.\.\. (\w+) resumed>")
MADE_BY = re.compile(r"(?:clone|clone3|fork|vfork)\(.* = (\d+)$")
HIDDEN = [
    (re.compile(r"si_utime=\d+(?: /\* [^*]* \*/)?, si_stime=\d+(?: /\* [^*]* \*/)?"), "si_times"),
    (re.compile(r"sysinfo\(\{.*\}\)"), "sysinfo({...})"),
    (re.compile(r'getrandom\("(?:[^"\\]|\\.)*"(?:\.\.\.)?'), "getrandom(RANDOM"),
    (re.compile(r"\b0x[0-9a-f]{6,}\b"), "ADDR"),
    (re.compile(r"tv_(sec|nsec|usec)=\d+"), r"tv_\1=N"),
    (re.compile(r"^(getppid\(\)|getpgrp\(\)|wait4\(.*\)) += \d{1,6}$"), r"\1 = PID"),  # who comes first is chance
    (re.compile(r"si_pid=\d+"), "si_pid=PID"),
    (re.compile(r" +="), " ="),
]


def read(path):
    """The processes in the order they were made; each a list of whole lines."""
    order, lines, open_text = [], {}, {}
    with open(path, encoding="latin-1") as trace:
        for number, line in enumerate(trace, 1):
            match = re.match(r"(\d+) +(.*)\n$", line)
            if not match:
                sys.exit("%s:%d: not a line of a trace: %r" % (path, number, line))
            pid, text = match.groups()
            if pid not in lines:
                lines[pid] = []
                if pid not in order:
                    order.append(pid)
            if text.endswith(UNFINISHED):
                open_text[pid] = text[:-len(UNFINISHED)]
                continue
            resumed = RESUMED.match(text)
            if resumed:
                if pid not in open_text:
                    sys.exit("%s:%d: %s resumed that was not begun" % (path, number, resumed.group(1)))
                text = open_text.pop(pid) + text[resumed.end():]
            lines[pid].append(text)
            made = MADE_BY.match(text)
            if made and made.group(1) not in order:
                order.append(made.group(1))
    for pid in open_text:
        print("%s: %s of process %s never ends" % (path, open_text[pid], pid))
    # A child may print before its parent's clone has returned: numbers go up in both.
    return [(pid, lines.get(pid, [])) for pid in sorted(order, key=int)]


def normalize(processes, cuts):
    names = {pid: "P%d" % index for index, (pid, _) in enumerate(processes, 1)}

    def rename(match):
        return match.group(1) + names.get(match.group(2), match.group(2))

    result = []
    for _, lines in processes:
        whole = []
        for text in lines:
            for pattern, replacement in HIDDEN:
                text = pattern.sub(replacement, text)
            # Small numbers are many things: only where a process number stands.
            if re.match(r"(clone|clone3|fork|vfork|getpid|gettid|set_tid_address|setsid|rt_sigreturn)\(", text):
                text = re.sub(r"(= )(\d+)$", rename, text)
            text = re.sub(r"^((?:kill|tgkill|wait4|waitid|rt_sigqueueinfo)\(.*?)(\d+)", rename, text)
            text = re.sub(r"^(tgkill\(P?\d+, )(\d+)", rename, text)
            for cut in cuts:
                text = cut.sub("", text)
            whole.append(text)
        result.append(whole)
    return result


def differences(theirs, ours):
    """Lines of one side only, "-" before theirs and "+" before ours."""
    for tag, i1, i2, j1, j2 in difflib.SequenceMatcher(None, theirs, ours, autojunk=False).get_opcodes():
        if tag != "equal":
            yield from ("-" + line for line in theirs[i1:i2])
            yield from ("+" + line for line in ours[j1:j2])


def main():
    expected_path, name, host_path, lstar_path = sys.argv[1:]
    expected = {"-": [], "+": [], "~": []}
    with open(expected_path, encoding="utf-8") as table:
        for line in table:
            if line.strip() and not line.startswith("#"):
                who, sign, pattern = line.rstrip("\n").split(" ", 2)
                if who in ("*", name):
                    expected[sign].append(re.compile(pattern))
    host = normalize(read(host_path), expected["~"])
    lstar = normalize(read(lstar_path), expected["~"])
    bad = explained = 0
    if len(host) != len(lstar):
        print("# %d processes on the host, %d on Lstar" % (len(host), len(lstar)))
        bad += 1
    for index, (theirs, ours) in enumerate(zip(host, lstar), 1):
        for line in differences(theirs, ours):
            if any(pattern.search(line[1:]) for pattern in expected[line[0]]):
                explained += 1
                continue
            bad += 1
            if bad <= SHOWN_MAX:
                print("# process %d %s" % (index, line))
    print("# %d lines on the host, %d on Lstar; %d differences explained, %d not"
          % (sum(map(len, host)), sum(map(len, lstar)), explained, bad))
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())

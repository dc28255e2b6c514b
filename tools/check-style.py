#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The rules of docs/style.md that a script can see. usage: check-style.py [FILE...]

SIZE   a source file has fewer than 800 lines, a C function at most 60, a list of expectations
       in tests/ at most 130
WIDTH  120 columns in assembly and scripts, a tab counting to the next multiple of 8; C has 100, and
       clang-format sees to it (check-format.sh)
BLANKS no blanks at the end of a line, no blank line at the end of a file, a newline at its end
HEADER a header begins with a comment and is guarded against a second inclusion
NOTES  no notes to oneself
"""
import os
import re
import sys

ROOT = os.path.dirname(os.path.abspath(__file__)) + "/.."
FILE_MAX, FUNCTION_MAX, TEST_FUNCTION_MAX = 799, 60, 130
WIDTH = 120
SKIPPED = {".git", "build", "build-debug", "__pycache__", "tests/golden"}
SOURCES = (".c", ".h", ".S", ".py", ".sh", ".lds", ".mk")
TEXTS = SOURCES + (".md", ".tbl", ".list", ".txt", ".1")
# Written by abi/gen.py, one row per call.
GENERATED = {"docs/syscalls.md"}


def all_files():
    for folder, folders, names in os.walk("."):
        folder = os.path.normpath(folder)
        folders[:] = [name for name in folders if os.path.normpath(os.path.join(folder, name)) not in SKIPPED
                      and name not in SKIPPED]
        for name in names:
            yield os.path.normpath(os.path.join(folder, name))


def kind_of(path):
    if path.endswith(TEXTS) or os.path.basename(path) in ("Makefile", "LICENSE"):
        return os.path.splitext(path)[1] or ".mk"
    try:
        with open(path, "rb") as file:
            start = file.read(40)
    except OSError:
        return None
    if start.startswith(b"#!"):
        return ".py" if b"python" in start else ".sh"
    return None


def functions(lines):
    """(name, first line, number of lines between the braces) of each function in a formatted C file."""
    start = name = None
    for number, line in enumerate(lines, 1):
        if re.match(r"[A-Za-z_].*\(", line) and not line.rstrip().endswith(";"):
            found = re.findall(r"([A-Za-z_]\w*)\s*\(", line)
            name = [word for word in found if not word.startswith("__")][-1:] or found[:1]
            name = name[0] if name else "?"
        if line.startswith("{"):
            start = number
        elif line.startswith("}") and start:
            # "};" or "} name;" ends an initialiser or a type
            if line.rstrip() == "}":
                yield name or "?", start, number - start - 1
            start = None


def check(path, kind):
    wrong = []
    with open(path, encoding="utf-8", errors="surrogateescape") as file:
        text = file.read()
    lines = text.split("\n")

    def say(number, words):
        wrong.append("%s:%d: %s" % (path, number, words))

    if text and not text.endswith("\n"):
        say(len(lines), "no newline at the end of the file")
    if text.endswith("\n\n"):
        say(len(lines) - 1, "blank line at the end of the file")
    if kind in SOURCES and path != "abi/syscalls.tbl" and len(lines) - 1 > FILE_MAX:
        say(len(lines) - 1, "file of %d lines, more than %d" % (len(lines) - 1, FILE_MAX))
    width = WIDTH if kind in (".S", ".py", ".sh", ".mk") else 0
    for number, line in enumerate(lines, 1):
        if line != line.rstrip() and not (path == "README.md" and line.startswith("    ")):
            say(number, "blanks at the end of the line")
        if width and len(line.expandtabs(8)) > width:
            say(number, "%d columns, more than %d" % (len(line.expandtabs(8)), width))
        if kind in SOURCES and re.search(r"\b(TO" r"DO|FIX" r"ME|XX" r"X)\b", line):
            say(number, "a note to oneself: do it, or write it down where users read it")
    if kind in (".c", ".h"):
        limit = TEST_FUNCTION_MAX if path.startswith("tests/") else FUNCTION_MAX
        for name, start, size in functions(lines):
            if size > limit:
                say(start, "function %s has %d lines, more than %d" % (name, size, limit))
    if kind == ".h":
        if not text.lstrip().startswith(("/*", "//")):
            say(1, "a header begins with a comment that says what it is for")
        # X_common.h of a topic's tests is the body that two tests share: each includes it once.
        if not path.endswith("_common.h") and not re.search(r"^#\s*(ifndef|pragma once)", text, re.M):
            say(1, "no guard against a second inclusion")
    return wrong


def main():
    named = [os.path.relpath(path, ROOT) for path in sys.argv[1:]]
    os.chdir(ROOT)
    wrong = []
    count = 0
    for path in sorted(named or all_files()):
        kind = kind_of(path)
        if kind is None or os.path.islink(path) or path in GENERATED:
            continue
        count += 1
        wrong += check(path, kind)
    for line in wrong:
        print(line)
    print("style: %d files, %d complaints" % (count, len(wrong)))
    sys.exit(1 if wrong else 0)


main()

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Keeps the documents true. usage: check-docs.py

PATH   a `path/to/file` in backquotes in any document is there
NAME   in docs/tour.md, a `name` in backquotes is a word of one of the files that its section names
LINE   in docs/tour.md, each line of a C or assembly excerpt is a line of one of those files
RANK   docs/locking.md lists the ranks of kernel/core/lockrank.h, in that order
RULE   the rules that check-style.py and check-layers.py know are in docs/style.md and docs/layers.md
"""
import glob
import os
import re
import sys

os.chdir(os.path.dirname(os.path.abspath(__file__)) + "/..")
EXTENSIONS = (".c", ".h", ".S", ".py", ".sh", ".md", ".tbl", ".lds", ".txt", ".list", ".1")
wrong = []


def say(path, number, words):
    wrong.append("%s:%d: %s" % (path, number, words))


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def quoted(line):
    return re.findall(r"`([^`]+)`", line)


def is_path(word):
    """Placeholders in capitals and what is made by the build are not files of the repository."""
    if not re.fullmatch(r"[\w.+/-]+", word) or "/" not in word or re.search(r"[A-Z]{4}", word):
        return False
    return word.endswith(EXTENSIONS + ("/",)) and not word.startswith(("/", "build", "~"))


def prose(text):
    """(number, line) outside code blocks; (number, None) inside."""
    inside = False
    for number, line in enumerate(text.split("\n"), 1):
        if line.startswith("```"):
            inside = not inside
            yield number, None
        else:
            yield number, None if inside else line


def check_paths(path):
    for number, line in prose(read(path)):
        for word in quoted(line or ""):
            if is_path(word) and not os.path.exists(word):
                say(path, number, "no file %s" % word)


def sections(text):
    """(first line number, lines) of each part under a heading of level 2 or 3."""
    start, lines = 1, []
    for number, line in enumerate(text.split("\n"), 1):
        if re.match(r"##+ ", line):
            yield start, lines
            start, lines = number, []
        lines.append(line)
    yield start, lines


def squeeze(line):
    return re.sub(r"\s+", " ", line).strip()


def check_tour(path):
    for start, lines in sections(read(path)):
        files = [word for line in lines for word in quoted(line) if is_path(word) and os.path.isfile(word)]
        text = "\n".join(read(name) for name in files)
        words = set(re.findall(r"\w+", text))
        text_lines = {squeeze(line) for line in text.split("\n")}
        inside = False
        for number, line in enumerate(lines, start):
            if line.startswith("```"):
                inside = not inside and line[3:].strip() in ("c", "asm", "tbl") or (inside and False)
                continue
            if inside:
                if squeeze(line) not in text_lines | {"", "..."}:
                    say(path, number, "not a line of %s: %s" % (" ".join(files) or "any file", line.strip()))
                continue
            for word in quoted(line):
                name = re.fullmatch(r"([A-Za-z_]\w*)(\(\)|\[\])?", word)
                if name and name.group(1) not in words:
                    say(path, number, "no %s in %s" % (name.group(1), " ".join(files) or "any file"))


def check_ranks(path):
    ranks = re.findall(r"^\tRANK_(\w+)", read("kernel/core/lockrank.h"), re.M)
    ranks = [rank for rank in ranks if rank not in ("NONE", "COUNT")]
    listed = re.findall(r"^\| `RANK_(\w+)`", read(path), re.M)
    for rank in ranks:
        if rank not in listed:
            say(path, 1, "RANK_%s is not there" % rank)
    for rank in listed:
        if rank not in ranks:
            say(path, 1, "there is no RANK_%s" % rank)
    if not wrong and listed != ranks:
        say(path, 1, "the ranks are not in the order of kernel/core/lockrank.h")


def check_rules(tool, path):
    for rule in re.findall(r"^([A-Z]{4,})  ?", read(tool).split('"""')[1], re.M):
        if not re.search(r"\b%s\b" % rule, read(path)):
            say(path, 1, "rule %s of %s is not there" % (rule, tool))


def main():
    for path in sorted(glob.glob("docs/*.md") + glob.glob("*.md") + glob.glob("tests/**/*.md", recursive=True)):
        if "golden" not in path:
            check_paths(path)
    check_tour("docs/tour.md")
    check_ranks("docs/locking.md")
    check_rules("tools/check-style.py", "docs/style.md")
    check_rules("tools/check-layers.py", "docs/layers.md")
    for line in wrong:
        print(line)
    print("documents: %d complaints" % len(wrong))
    sys.exit(1 if wrong else 0)


main()

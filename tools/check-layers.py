#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The layers of docs/layers.md, checked. usage: check-layers.py

INCLUDE  a file of the kernel includes only its own layer's folder and layers below it
CURRENT  `current` is used in proc/, sys/ and fs/procfs/ only
MACHINE  no test for a CPU outside the folders of ports
USER     user addresses (uaddr_t) are named in arch, mm/iter, proc and sys only, and nobody but
         arch makes a pointer of one
"""
import os
import re
import sys

os.chdir(os.path.dirname(os.path.abspath(__file__)) + "/..")

# A layer: the paths (below kernel/) that make it up, and what it may include besides itself.
# arch.h is the only part of arch that portable code sees; lib, abi, generated and Linux's own
# headers are everybody's.
BELOW = {
    "arch": ["core"],
    "core": ["arch.h"],
    "mm": ["arch.h", "core"],
    "vfs": ["arch.h", "core", "mm"],
    "proc": ["arch.h", "core", "mm", "vfs"],
    "net": ["arch.h", "core", "mm", "vfs"],
    "dev": ["arch.h", "core", "mm", "vfs"],
    "fs": ["arch.h", "core", "mm", "vfs"],
    "sys": ["arch.h", "core", "mm", "vfs", "proc", "fs", "net", "dev"],
    "main": ["arch.h", "core", "mm", "vfs", "proc", "fs", "net", "dev", "sys"],
}
# Named exceptions: (including file or folder, included layer).
EXCEPTIONS = {("kernel/fs/procfs/", "proc")}
CURRENT_OK = ("kernel/proc/", "kernel/sys/", "kernel/fs/procfs/")
MACHINE_OK = re.compile(r"(kernel/arch|vdso|libsys|tests/abi|abi/linux|host/probe|tests/unit/machine)/")
USER_OK = re.compile(r"lib/types\.h$|kernel/arch/|kernel/mm/iter\.[ch]$|kernel/proc/|kernel/sys/")
SYSTEM = re.compile(r"(linux|asm|asm-generic)/|std(arg|bool|def|int)\.h$")
HOSTED = re.compile(r"(stdio|string)\.h$")  # lib/ is compiled for host tools, too

COMMENT = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^">]+)[">]', re.M)


def without_comments(text):
    def blank(match):
        found = match.group(0)
        if found[0] in "\"'":
            return found[0] + found[0]
        return "\n" * found.count("\n") or " "
    return COMMENT.sub(blank, text)


def layer_of(path):
    """The layer of a file of the repository, or None."""
    parts = path.split("/")
    if parts[0] != "kernel":
        return parts[0]
    if len(parts) == 2:
        return "main"
    if parts[1] == "arch":
        return "arch.h" if parts[2:] == ["arch.h"] else "arch"
    return parts[1]


def resolve(path, name):
    """The repository's file that `#include "name"` in path means."""
    for folder in (os.path.dirname(path), ".", "kernel", "kernel/arch/x86_64", "kernel/arch/none"):
        candidate = os.path.normpath(os.path.join(folder, name))
        if os.path.exists(candidate):
            return candidate
    return None


def sibling_wrong(path, target):
    """A file system sees its own folder and the headers directly in fs/, not another one's."""
    mine, theirs = path.split("/"), target.split("/")
    return len(theirs) > 3 and mine[1] == "fs" and mine[2] != theirs[2]


def check_include(path, name):
    if name.startswith("lwip/") and path.startswith("kernel/net/inet/"):
        return None  # the library's own
    if SYSTEM.match(name) or name.startswith("gen/") or layer_of(path) == "lib" and HOSTED.match(name):
        return None
    target = resolve(path, name)
    if target is None:
        return "no file %s in the repository" % name
    layer, other = layer_of(path), layer_of(target)
    if other in ("lib", "abi"):
        return None
    if layer in ("lib", "abi"):
        return "%s stands on nothing but includes %s" % (layer, target)
    if layer == "arch.h":
        return None if os.path.basename(target) == "arch_types.h" else "arch.h includes %s" % target
    if layer == other:
        return "siblings do not include each other: %s" % target if sibling_wrong(path, target) else None
    if layer == "arch" and other == "arch.h" or other in BELOW.get(layer, ()):
        return None
    if any(path.startswith(start) and other == layer_name for start, layer_name in EXCEPTIONS):
        return None
    return "%s may not include %s (%s)" % (layer, target, other)


def check_kernel_file(path, text):
    for match in INCLUDE.finditer(text):
        line = text.count("\n", 0, match.start()) + 1
        wrong = check_include(path, match.group(2))
        if wrong:
            yield line, "INCLUDE: " + wrong
    code = without_comments(text)
    for number, line in enumerate(code.split("\n"), 1):
        if line.lstrip().startswith("#") and "include" in line:
            continue
        if re.search(r"\bcurrent\b", line) and not path.startswith(CURRENT_OK):
            yield number, "CURRENT: take the context as an argument"
        if not USER_OK.match(path) and re.search(r"\buaddr(_t|_add)?\b", line):
            yield number, "USER: below sys/ data comes as struct iter, addresses as numbers"
        if not path.startswith("kernel/arch/") and re.search(r"\*\s*\)\s*[\w.>\[\]-]+\.v\b", line):
            yield number, "USER: a pointer made of a user address"


def check_machine(path, text):
    if MACHINE_OK.match(path):
        return
    for number, line in enumerate(text.split("\n"), 1):
        if re.match(r"\s*#\s*(el)?if", line) and \
                re.search(r"__(x86_64|i386|amd64|riscv|aarch64|arm)\w*\b", line):
            yield number, "MACHINE: a test for a CPU outside the ports' folders"


def main():
    wrong = []
    count = 0
    for top in ("kernel", "lib", "host", "libsys", "user", "vdso", "tests"):
        for folder, _, names in os.walk(top):
            for name in sorted(names):
                path = os.path.normpath(os.path.join(folder, name))
                if not name.endswith((".c", ".h", ".S")) or path.startswith("tests/golden/"):
                    continue
                count += 1
                with open(path, encoding="utf-8") as file:
                    text = file.read()
                found = list(check_machine(path, text))
                if top in ("kernel", "lib"):
                    found += check_kernel_file(path, text)
                wrong += ["%s:%d: %s" % (path, line, words) for line, words in found]
    for line in wrong:
        print(line)
    print("layers: %d files, %d complaints" % (count, len(wrong)))
    sys.exit(1 if wrong else 0)


main()

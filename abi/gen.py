#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes everything that follows from abi/syscalls.tbl.

    abi/gen.py all DIR          all files for the build into DIR (usually build/gen)
    abi/gen.py OUTPUT           one of them on standard output (abi/gen.py list names them)
    abi/gen.py docs             docs/syscalls.md on standard output
    abi/gen.py check            only reads the tables
    abi/gen.py check-headers    the numbers and names against the headers of the compiler $CC (default gcc)
    abi/gen.py check-docs FILE  whether FILE is what docs prints
    abi/gen.py check-tests DIR  each call that is served has a test DIR/sys/*/<call>.c
    abi/gen.py check-i386       each call that is served is served to 32-bit programs too

    --tables DIR before these reads other tables than the ones beside this file.
"""

import glob
import os
import re
import subprocess
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import emit  # noqa: E402
import tables as tbl  # noqa: E402

OUTPUTS = {
    "sysnr_x86_64.h": lambda t: emit.numbers(t, "x86_64"),
    "sysnr_i386.h": lambda t: emit.numbers(t, "i386"),
    "sysnr_riscv64.h": lambda t: emit.numbers(t, "riscv64"),
    "syscalls.h": emit.prototypes,
    "syscall_table_x86_64.c": emit.call_table_x86_64,
    "syscalls_i386.h": emit.prototypes_i386,
    "syscall_table_i386.c": emit.call_table_i386,
    "syscall_table_none.c": emit.call_table_none,
    "syscall_desc.h": emit.descriptions_h,
    "syscall_desc.c": emit.descriptions_c,
    "libsys_wrappers_x86_64.h": lambda t: emit.wrappers(t, "x86_64"),
    "libsys_wrappers_riscv64.h": lambda t: emit.wrappers(t, "riscv64"),
    "libsys_wrappers_i386.h": emit.wrappers_i386,
    "libsys_errno.c": emit.libsys_errno,
    "libsys/sys/calls.h": emit.libsys_header,
    "libsys-i386/sys/calls.h": emit.libsys_header_i386,
}

# What <asm-generic/unistd.h> wants to be told before it shows the numbers of riscv64.
GENERIC = """#define __BITS_PER_LONG 64
#define __ARCH_WANT_NEW_STAT
#define __ARCH_WANT_SET_GET_RLIMIT
#define __ARCH_WANT_SYS_CLONE3
#define __ARCH_WANT_MEMFD_SECRET
#include <asm-generic/unistd.h>
"""
HEADERS = {"x86_64": "#include <asm/unistd_64.h>\n", "i386": "#include <asm/unistd_32.h>\n", "riscv64": GENERIC}

# Numbers in <asm/unistd_64.h> that no Linux serves any more; they have no row.
DEAD_X86_64 = ("uselib _sysctl create_module get_kernel_syms query_module nfsservctl getpmsg putpmsg afs_syscall "
               "tuxcall security set_thread_area get_thread_area lookup_dcookie epoll_ctl_old epoll_wait_old "
               "vserver").split()


def write_file(path, text):
    """Writes only what changed, so that make rebuilds only what must be."""
    try:
        with open(path, encoding="ascii") as old:
            if old.read() == text:
                return
    except OSError:
        pass
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path + ".new", "w", encoding="ascii") as new:
        new.write(text)
    os.rename(path + ".new", path)


def macros(source):
    """Name to text of every macro the compiler knows after source."""
    compiler = os.environ.get("CC", "gcc").split()
    done = subprocess.run(compiler + ["-E", "-dM", "-x", "c", "-"], input=source, capture_output=True, text=True,
                          check=True)
    found = {}
    for line in done.stdout.splitlines():
        match = re.match(r"#define (\w+) (.*)", line)
        if match:
            found[match.group(1)] = match.group(2)
    return found


def header_numbers(arch):
    """Name to number of each call in the compiler's headers."""
    found = macros(HEADERS[arch])
    numbers = {}
    for name, text in found.items():
        if not name.startswith("__NR_") or name in ("__NR_syscalls", "__NR_arch_specific_syscall"):
            continue
        while text in found:
            text = found[text]
        if text.isdigit():
            numbers[name[len("__NR_"):]] = int(text)
    return numbers


def check_numbers(tables, arch):
    wrong = []
    theirs = header_numbers(arch)
    ours = {row.name: row.numbers[arch] for row in tables.rows_of(arch)}
    for name, number in sorted(ours.items()):
        if name in theirs and theirs[name] != number:
            wrong.append("%s %s: %d in the table, %d in the header" % (arch, name, number, theirs[name]))
        elif name not in theirs and number in theirs.values():
            wrong.append("%s %s: the header's %d is another call" % (arch, name, number))
    missing = sorted(set(theirs) - set(ours))
    if arch == "x86_64":
        missing = [name for name in missing if name not in DEAD_X86_64]
        wrong += ["%s %s: in the header, no row" % (arch, name) for name in missing]
        wrong += ["%s %s: dead, but has a row" % (arch, name) for name in DEAD_X86_64 if name in ours]
    return wrong


def check_names(tables):
    """The generated descriptions compile, so that no name in flags.tbl or errno.tbl is a slip."""
    here = os.path.dirname(os.path.abspath(__file__))
    folder = os.path.join(here, "linux")
    source = emit.descriptions_c(tables).replace('#include "syscall_desc.h"\n', emit.descriptions_h(tables), 1)
    compiler = os.environ.get("CC", "gcc").split()
    done = subprocess.run(compiler + ["-fsyntax-only", "-ffreestanding", "-I" + os.path.dirname(here), "-I" + folder,
                                      "-Wall", "-Wextra", "-Werror", "-x", "c", "-"],
                          input=source, capture_output=True, text=True)
    return [] if done.returncode == 0 else done.stderr.splitlines()


def check_headers(tables):
    wrong = check_names(tables)
    for arch in tbl.ARCHES:
        wrong += check_numbers(tables, arch)
    return wrong


def check_tests(tables, folder):
    have = {os.path.basename(path)[:-2] for path in glob.glob(os.path.join(folder, "sys", "*", "*.c"))}
    return ["%s is %s and has no %s/sys/*/%s.c" % (row.name, row.support, folder, row.name)
            for row in tables.rows_of("x86_64") if row.is_served and row.name not in have]


def check_i386(tables):
    return ["%s is %s, but %s has no handler in i386.tbl" % (row.name, row.support, row.handlers["i386"])
            for row in tables.rows_of("i386") if row.is_served and not tables.i386_handler(row)]


def check_docs(tables, path):
    with open(path, encoding="ascii") as text:
        if text.read() == emit.document(tables):
            return []
    return ["%s is not what the tables say: make docs/syscalls.md" % path]


def run(folder, words):
    tables = tbl.Tables(folder)
    command, rest = words[0], words[1:]
    wrong = []
    if command == "all" and len(rest) == 1:
        for name, output in OUTPUTS.items():
            write_file(os.path.join(rest[0], name), output(tables))
    elif command == "list":
        print("\n".join(OUTPUTS))
    elif command in OUTPUTS:
        sys.stdout.write(OUTPUTS[command](tables))
    elif command == "docs":
        sys.stdout.write(emit.document(tables))
    elif command == "check":
        pass
    elif command == "check-headers":
        wrong = check_headers(tables)
    elif command == "check-i386":
        wrong = check_i386(tables)
    elif command == "check-docs" and len(rest) == 1:
        wrong = check_docs(tables, rest[0])
    elif command == "check-tests" and len(rest) == 1:
        wrong = check_tests(tables, rest[0])
    else:
        sys.exit(__doc__)
    for line in wrong:
        print(line, file=sys.stderr)
    return 1 if wrong else 0


def main():
    words = sys.argv[1:]
    folder = os.path.dirname(os.path.abspath(__file__))
    if len(words) > 1 and words[0] == "--tables":
        folder, words = words[1], words[2:]
    if not words:
        sys.exit(__doc__)
    try:
        sys.exit(run(folder, words))
    except tbl.TableError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()

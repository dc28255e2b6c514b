#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""One failing call per row of abi/syscalls.tbl: with LIBSYS defined through libsys's wrapper, else through glibc's
syscall(). usage: make-cases.py > cases.h
"""
import os
import sys

sys.dont_write_bytecode = True
TABLES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../../abi")
sys.path.insert(0, TABLES)

import emit  # noqa: E402
import tables as tbl  # noqa: E402

# They do not come back, wait for ever, come back twice, or act on the whole machine.
LEFT_OUT = {"exit", "exit_group", "rt_sigreturn", "restart_syscall", "pause", "fork", "vfork", "sync", "vhangup",
            "munlockall", "clone"}
# An argument of another value than its kind's: flags of all ones would make something that stays.
OTHER = {("msgget", "flags"): "0", ("semget", "flags"): "0", ("shmget", "flags"): "0"}


def value(row, arg):
    if (row.name, arg.name) in OTHER:
        return OTHER[row.name, arg.name]
    if arg.kind.is_pointer or arg.kind.libsys.endswith("*"):
        return "1"
    return "16" if arg.kind.libsys == "__SIZE_TYPE__" else "-1"


def main():
    print("/* Made by tests/libsys/twin/make-cases.py; do not edit. */")
    cases = []
    for row in tbl.Tables(TABLES).rows_of("x86_64"):
        if row.name in LEFT_OUT:
            continue
        function = "sys_" + row.name if row.name in emit.BY_HAND else row.name
        values = [value(row, arg) for arg in row.args]
        typed = ", ".join("(%s)%sl" % (arg.libsys_type, v) for arg, v in zip(row.args, values))
        print("static long case_%s(void)\n{\n#ifdef LIBSYS\n\treturn (long)%s(%s);\n"
              "#else\n\treturn syscall(%s);\n#endif\n}\n"
              % (row.name, function, typed, ", ".join([str(row.numbers["x86_64"])] + [v + "l" for v in values])))
        cases.append(row.name)
    print("static const struct {\n\tconst char *name;\n\tlong (*run)(void);\n} cases[] = {")
    print("".join("\t{\"%s\", case_%s},\n" % (name, name) for name in cases) + "};")


main()

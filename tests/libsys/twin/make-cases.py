#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""One failing call per row of abi/syscalls.tbl: with LIBSYS defined through libsys's wrapper, else through glibc's
syscall(). usage: make-cases.py x86_64|i386 > cases.h

On i386 what libsys has over another call than the row's is compared with glibc's function of that name.
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
            "munlockall", "clone", "sigreturn", "sigsuspend"}
# An argument of another value than its kind's: flags of all ones would make something that stays.
OTHER = {("msgget", "flags"): "0", ("semget", "flags"): "0", ("shmget", "flags"): "0"}
# Functions of glibc whose arguments are the row's.
GLIBC_I386 = ("accept creat fallocate fstat fstatfs ftruncate getitimer getrlimit getrusage lseek mmap openat "
              "pread64 pwrite64 readahead semop setitimer setrlimit sync_file_range timerfd_gettime "
              "truncate utime utimes wait4").split()

GLIBC_HEADERS = ("time utime sys/mman sys/resource sys/sem sys/socket sys/stat sys/time sys/timerfd sys/vfs "
                 "sys/wait").split()


def value(row, arg):
    if (row.name, arg.name) in OTHER:
        return OTHER[row.name, arg.name]
    if arg.kind.is_pointer or arg.kind.libsys.endswith("*"):
        return "1"
    return "16" if arg.kind.libsys == "__SIZE_TYPE__" else "-1"


def calls_x86_64(tables):
    """(case, row, libsys's function, number or glibc's function, whether it is the old call of its name)"""
    for row in tables.rows_of("x86_64"):
        yield row.name, row, emit.c_name(row), str(row.numbers["x86_64"]), False


def calls_i386(tables):
    for function, row, number, is_old in emit.functions_i386(tables):
        yield function, row, function, str(number), is_old
    for row in tables.rows:
        if row.name in GLIBC_I386:
            yield row.name, row, row.name, row.name, False


def case(name, row, function, theirs, is_old):
    values = [value(row, arg) for arg in row.args]
    typed = []
    for arg, v in zip(row.args, values):
        ctype = arg.libsys_type
        if is_old and arg.kind.name in emit.OWN_TYPES_I386:
            ctype = "void *" if arg.kind.is_pointer else "unsigned long"
        typed.append("(%s)%sl" % (ctype, v))
    mine = "(long)%s(%s)" % (function, ", ".join(typed))
    if theirs.isdigit():
        theirs = "syscall(%s)" % ", ".join([theirs] + [v + "l" for v in values])
    else:
        theirs = "(long)%s(%s)" % (theirs, ", ".join("(void *)1l" if v == "1" else v for v in values))
    print("static long case_%s(void)\n{\n#ifdef LIBSYS\n\treturn %s;\n#else\n\treturn %s;\n#endif\n}\n"
          % (name, mine, theirs))


def main():
    print("/* Made by tests/libsys/twin/make-cases.py; do not edit. */")
    print("#ifndef LIBSYS\n%s#endif" % "".join("#include <%s.h>\n" % name for name in GLIBC_HEADERS))
    tables, cases = tbl.Tables(TABLES), []
    for call in (calls_i386 if sys.argv[1] == "i386" else calls_x86_64)(tables):
        if call[1].name not in LEFT_OUT:
            case(*call)
            cases.append(call[0])
    print("static const struct {\n\tconst char *name;\n\tlong (*run)(void);\n} cases[] = {")
    print("".join("\t{\"%s\", case_%s},\n" % (name, name) for name in cases) + "};")


main()

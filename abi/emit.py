# SPDX-License-Identifier: Apache-2.0
"""Writes the files that follow from the tables: each function returns the text of one file."""

import re

X86_64_REGS = ("di", "si", "dx", "r10", "r8", "r9")
MADE = "Made by abi/gen.py from abi/syscalls.tbl; do not edit."

# Calls whose C function is not the bare call: libsys/ has them by hand, the bare call is called sys_<name> there.
BY_HAND = ("brk clock_getres clock_gettime clock_nanosleep clone clone3 epoll_pwait epoll_pwait2 eventfd exit "
           "faccessat fchmodat fcntl fork getcpu getcwd getpriority gettimeofday lstat mq_open mq_unlink open "
           "ppoll preadv preadv2 pselect6 ptrace pwritev pwritev2 reboot rt_sigreturn sched_getaffinity signalfd "
           "stat syslog time utimensat vfork waitid").split()
# Calls that cannot fail: their wrappers have nothing to check, as the C library's.
NEVER_FAILS = ("alarm getegid geteuid getgid getpgrp getpid getppid gettid getuid sched_yield sync umask").split()
# Calls that C declares with "..." in place of the arguments from this one on.
VARIADIC = {"ioctl": 2, "mremap": 4, "openat": 3, "prctl": 1, "semctl": 3}

# The C library on i386. What has a successor there, with wider identities, offsets or times, is that: C's function has
# the successor's number, and the call of its own number is called old_<name>.
SUCCESSORS_I386 = dict(
    {name: name + "32" for name in
     ("chown fchown lchown getuid getgid setuid setgid geteuid getegid setreuid setregid getgroups setgroups setresuid "
      "getresuid setresgid getresgid setfsuid setfsgid").split()},
    sendfile="sendfile64", fcntl="fcntl64", clock_gettime="clock_gettime64", clock_settime="clock_settime64",
    clock_getres="clock_getres_time64", clock_nanosleep="clock_nanosleep_time64", utimensat="utimensat_time64",
    pselect6="pselect6_time64", ppoll="ppoll_time64", rt_sigtimedwait="rt_sigtimedwait_time64", futex="futex_time64",
    sched_rr_get_interval="sched_rr_get_interval_time64")
# C's functions that libsys/i386/ has by hand, over other calls or other arguments; the row's own call is old_<name>.
BY_HAND_I386 = ("accept clone creat fadvise64 fallocate fstat fstatfs ftruncate futimesat getitimer getrlimit "
                "getrusage gettimeofday io_getevents io_pgetevents lseek lstat mmap mq_timedreceive mq_timedsend "
                "nanosleep newfstatat openat pread64 pwrite64 readahead recvmmsg select semop semtimedop "
                "setitimer setrlimit settimeofday stat statfs sync_file_range time timer_gettime timer_settime "
                "timerfd_gettime timerfd_settime times truncate utime utimes wait4 waitid").split()
# Calls of i386 alone whose names are those of C's functions; these go by old_<name>, too.
TAKEN_I386 = "nice signal sigaction sigpending sigprocmask sigsuspend stime waitpid".split()
# Calls that take a 64-bit argument in two registers: by hand, and no old call beside them.
PAIRS_I386 = "fadvise64 fallocate pread64 pwrite64 readahead sync_file_range".split()
# Kinds whose C types are libsys's own on i386, other ones than the old calls'.
OWN_TYPES_I386 = ("fcntl_arg itimerspec itimerval off off_ptr rlimit rusage stat statfs time_ptr timespec timespec2 "
                  "timeval timeval2 uoff utimbuf").split()

LIBSYS_RETURNS = {"ssize": "long", "off": "__INT64_TYPE__", "long": "long", "addr": "void *", "uid": "unsigned int",
                  "gid": "unsigned int", "uint": "unsigned int", "octal": "unsigned int"}
CTYPES = {"int": "INT", "unsigned int": "UINT", "long": "LONG", "unsigned long": "ULONG", "size_t": "ULONG",
          "uaddr_t": "PTR"}


def _declare(ctype, name):
    return ctype + name if ctype.endswith("*") else ctype + " " + name


def _header(guard, body):
    return "/* %s */\n#ifndef %s\n#define %s\n\n%s\n#endif /* %s */\n" % (MADE, guard, guard, body, guard)


def numbers(tables, arch):
    body = ""
    for row in tables.rows_of(arch):
        body += "#define __NR_%s %d\n#define SYS_%s __NR_%s\n" % (row.name, row.numbers[arch], row.name, row.name)
    if arch == "x86_64":
        body += "\n/* Numbers of x32 have this bit; it is not served, they all answer -ENOSYS. */\n"
        body += "#ifndef __X32_SYSCALL_BIT\n#define __X32_SYSCALL_BIT 0x40000000\n#endif\n"
    return _header("GEN_SYSNR_%s_H" % arch.upper(), body)


def nr_syscalls(tables, arch):
    return tables.rows_of(arch)[-1].numbers[arch] + 1


def prototypes(tables):
    body = '#include "lib/types.h"\n\n'
    body += "/* One more than the highest number of the x86_64 table. */\n"
    body += "#define NR_syscalls %d\n" % nr_syscalls(tables, "x86_64")
    body += "/* The table's size, a power of two: a mask bounds the index, also under speculation. */\n"
    body += "#define SYSCALL_TABLE_SIZE %d\n\n" % (1 << (nr_syscalls(tables, "x86_64") - 1).bit_length())
    body += "/* The handlers in kernel/sys/: a result, or a negative errno. */\n"
    for row in tables.rows:
        if row.is_served and row.numbers["x86_64"] is not None:
            args = ", ".join(_declare(arg.kind.kernel, arg.name) for arg in row.args)
            body += "long sys_%s(%s);\n" % (row.name, args or "void")
    return _header("GEN_SYSCALLS_H", body)


def _stub_argument(arg, reg):
    if arg.kind.is_pointer:
        return "(uaddr_t){%s}" % reg
    if arg.kind.kernel == "unsigned long":
        return reg
    return "(%s)%s" % (arg.kind.kernel, reg)


def call_table_x86_64(tables):
    return _call_table(tables, ["regs->" + reg for reg in X86_64_REGS])


# The stub port has x86-64's numbers and no registers of its own.
def call_table_none(tables):
    return _call_table(tables, ["arch_syscall_arg(regs, %d)" % i for i in range(6)])


def _call_table(tables, registers):
    text = '/* %s */\n#include "arch/arch.h"\n#include "syscalls.h"\n#include <asm/errno.h>\n\n' % MADE
    text += "/*\n * Called by do_syscall_64() (kernel/sys/entry.c) through sys_call_table[]; each stub takes"
    text += " the arguments\n"
    text += " * out of the saved registers and calls the handler in kernel/sys/.\n */\n"
    text += "static long __x64_sys_ni_syscall(const struct pt_regs *regs)\n{\n\t(void)regs;\n\treturn -ENOSYS;\n}\n\n"
    served = [row for row in tables.rows_of("x86_64") if row.is_served]
    for row in served:
        args = ", ".join(_stub_argument(arg, reg) for arg, reg in zip(row.args, registers))
        unused = "" if row.args else "\t(void)regs;\n"
        text += "static long __x64_sys_%s(const struct pt_regs *regs)\n{\n%s\treturn sys_%s(%s);\n}\n\n" % (
            row.name, unused, row.name, args)
    text += "#pragma GCC diagnostic push\n#ifdef __clang__\n"
    text += '#pragma clang diagnostic ignored "-Winitializer-overrides"\n#else\n'
    text += '#pragma GCC diagnostic ignored "-Woverride-init"\n#endif\n'
    text += "const sys_call_ptr_t sys_call_table[SYSCALL_TABLE_SIZE] = {\n"
    text += "\t[0 ... SYSCALL_TABLE_SIZE - 1] = __x64_sys_ni_syscall,\n"
    for row in served:
        text += "\t[%d] = __x64_sys_%s,\n" % (row.numbers["x86_64"], row.name)
    return text + "};\n#pragma GCC diagnostic pop\n"


# --- i386 on an x86-64 kernel ---

I386_REGS = ("bx", "cx", "dx", "si", "di", "bp")


FIRST_TIME64 = 403  # from this number on, times have 64 bits on i386 too


def _is_time64(row):
    return row.numbers["i386"] >= FIRST_TIME64


def _own_handlers(tables):
    """Handlers that take the registers as they are: what i386 has in a layout of its own."""
    names = {row.name for row in tables.rows}
    found = []
    for row in tables.rows_of("i386"):
        handler = tables.i386_handler(row)
        if handler and handler not in names and handler not in found:
            found.append(handler)
    return found


def prototypes_i386(tables):
    size = nr_syscalls(tables, "i386")
    body = '#include "lib/types.h"\n\n'
    body += "/* One more than the highest number of the i386 table, and its size, a power of two. */\n"
    body += "#define IA32_NR_syscalls %d\n#define IA32_TABLE_SIZE %d\n\n" % (size, 1 << (size - 1).bit_length())
    body += "/* ebx, ecx, edx, esi, edi, ebp */\nstruct compat_args {\n\tu32 v[6];\n};\n\n"
    body += "/* The handlers in kernel/sys/compat/ */\n"
    body += "".join("long sys_%s(const struct compat_args *a);\n" % name for name in _own_handlers(tables))
    return _header("GEN_SYSCALLS_I386_H", body)


def _stub_argument_i386(arg, reg):
    if arg.kind.is_pointer:
        return "(uaddr_t){(u32)regs->%s}" % reg
    cast = {"unsigned long": "u32", "size_t": "u32", "long": "s32"}.get(arg.kind.kernel, arg.kind.kernel)
    return "(%s)regs->%s" % (cast, reg)


def _stub_i386(tables, row):
    handler = tables.i386_handler(row)
    rows = {other.name: other for other in tables.rows}
    text = "static long __ia32_sys_%s(const struct pt_regs *regs)\n{\n" % row.name
    if handler not in rows:
        values = ", ".join("(u32)regs->" + reg for reg in I386_REGS)
        return text + "\tconst struct compat_args a = {{%s}};\n\n\treturn sys_%s(&a);\n}\n\n" % (values, handler)
    args = [_stub_argument_i386(arg, reg) for arg, reg in zip(rows[handler].args, I386_REGS)]
    if not args:
        text += "\t(void)regs;\n"
    if _is_time64(row):
        text += "\tarch_set_compat_time64();\n"
    return text + "\treturn sys_%s(%s);\n}\n\n" % (handler, ", ".join(args))


def call_table_i386(tables):
    text = '/* %s */\n#include "arch/arch.h"\n#include "syscalls.h"\n#include "syscalls_i386.h"\n' % MADE
    text += "#include <asm/errno.h>\n\n"
    text += "/*\n * Called by do_syscall_32() (kernel/sys/compat/entry.c). Arguments are the lower halves of ebx, ecx,"
    text += " edx,\n"
    text += " * esi, edi, ebp; what has a sign in C keeps it.\n */\n"
    text += "static long __ia32_sys_ni_syscall(const struct pt_regs *regs)\n{\n\t(void)regs;\n"
    text += "\treturn -ENOSYS;\n}\n\n"
    served = [row for row in tables.rows_of("i386") if tables.i386_handler(row)]
    text += "".join(_stub_i386(tables, row) for row in served)
    text += "#pragma GCC diagnostic push\n#ifdef __clang__\n"
    text += '#pragma clang diagnostic ignored "-Winitializer-overrides"\n#else\n'
    text += '#pragma GCC diagnostic ignored "-Woverride-init"\n#endif\n'
    text += "const sys_call_ptr_t ia32_sys_call_table[IA32_TABLE_SIZE] = {\n"
    text += "\t[0 ... IA32_TABLE_SIZE - 1] = __ia32_sys_ni_syscall,\n"
    text += "".join("\t[%d] = __ia32_sys_%s,\n" % (row.numbers["i386"], row.name) for row in served)
    return text + "};\n#pragma GCC diagnostic pop\n"


def _flag_array(set_name, part, names):
    text = "static const struct flag_name %s_%s[] = {\n" % (part, set_name)
    for name in names:
        if name.startswith("?"):
            name = name[1:]
            text += "#ifdef %s\n\t{(unsigned int)%s, \"%s\"},\n#endif\n" % (name, name, name)
        else:
            text += "\t{(unsigned int)%s, \"%s\"},\n" % (name, name)
    return text + "};\n"


def _flag_set(flag_set):
    text = ""
    for part, names in (("enums", flag_set.enums), ("flags", flag_set.flags)):
        if names:
            text += _flag_array(flag_set.name, part, names)
    text += "const struct flag_set flag_set_%s = {\n\t.unknown = \"%s\",\n" % (flag_set.name, flag_set.unknown)
    if flag_set.mask:
        text += "\t.enum_mask = (unsigned int)%s,\n" % flag_set.mask
    elif flag_set.enums:
        text += "\t.enum_mask = ~0ul,\n"
    for part, names in (("enums", flag_set.enums), ("flags", flag_set.flags)):
        if names:
            text += "\t.%s = %s_%s,\n\t.nr_%s = sizeof(%s_%s) / sizeof(%s_%s[0]),\n" % (
                part, part, flag_set.name, part, part, flag_set.name, part, flag_set.name)
    return text + "};\n\n"


def descriptions_h(tables):
    decoders = []
    for kind in tables.kinds.values():
        if kind.decoder not in decoders:
            decoders.append(kind.decoder)
    decoders += [name + "32" for name in DECODERS_I386 if name in decoders]
    body = "/* How an argument is printed (column decoder of abi/argkinds.tbl). */\nenum arg_decoder {\n"
    body += "".join("\tDECODE_%s,\n" % name.upper() for name in decoders) + "};\n\n"
    body += "/* What the handler takes it as; says how wide it is and whether it has a sign. */\n"
    body += "enum arg_ctype { ARG_INT, ARG_UINT, ARG_LONG, ARG_ULONG, ARG_PTR };\n\n"
    body += "enum arg_direction { ARG_VALUE = 0, ARG_IN = 1, ARG_OUT = 2, ARG_INOUT = 3 };\n\n"
    body += "enum call_returns {\n" + "".join("\tRETURNS_%s,\n" % name.upper() for name in _returns()) + "};\n\n"
    body += "enum call_support { SUPPORT_NONE, SUPPORT_PART, SUPPORT_FULL };\n\n"
    body += "struct flag_name {\n\tunsigned long value;\n\tconst char *name;\n};\n\n"
    body += """/*
 * The names of one set of bits. The bits in enum_mask are one number, named by enums; the others are named one by one,
 * in this order. unknown is the comment printed after bits without a name.
 */
struct flag_set {
	const char *unknown;
	unsigned long enum_mask;
	const struct flag_name *enums;
	unsigned int nr_enums;
	const struct flag_name *flags;
	unsigned int nr_flags;
};

struct arg_desc {
	const char *name;
	unsigned char decoder;	 /* enum arg_decoder */
	unsigned char ctype;	 /* enum arg_ctype */
	unsigned char direction; /* enum arg_direction */
	signed char count_arg;	 /* index of the argument that holds the length, or -1 */
	const struct flag_set *set;
};

struct syscall_desc {
	const char *name; /* NULL: no call has this number */
	unsigned char nargs;
	unsigned char returns; /* enum call_returns */
	unsigned char support; /* enum call_support */
	const struct arg_desc *args;
};

struct errno_name {
	const char *name;
	const char *message;
};

/* By x86_64 number. */
"""
    body += "#define I386_DESC_BASE %d /* i386 numbers are counted from here on */\n" % _i386_base(tables)
    body += "#define NR_SYSCALL_DESCS %d\n" % (_i386_base(tables) + nr_syscalls(tables, "i386"))
    body += "extern const struct syscall_desc syscall_descs[NR_SYSCALL_DESCS];\n\n"
    body += "/* By errno; name is NULL where there is none. */\n"
    body += "extern const struct errno_name errno_names[];\nextern const unsigned int nr_errno_names;\n\n"
    for name in tables.sets:
        body += "extern const struct flag_set flag_set_%s;\n" % name
    return _header("GEN_SYSCALL_DESC_H", body)


def _returns():
    from tables import RETURNS
    return RETURNS


def _arg_desc(arg):
    direction = {"in": "ARG_IN", "out": "ARG_OUT", "inout": "ARG_INOUT", None: "ARG_VALUE"}[arg.direction]
    flag_set = "&flag_set_" + arg.set_name if arg.set_name else "0"
    return '\t{"%s", DECODE_%s, ARG_%s, %s, %d, %s},\n' % (
        arg.name, arg.kind.decoder.upper(), CTYPES[arg.kind.kernel], direction, arg.count_index, flag_set)


def _i386_base(tables):
    return 1 << (nr_syscalls(tables, "x86_64") - 1).bit_length()


# Decoders of kernel/sys/trace_compat.c; the calls with 64-bit times have the usual ones.
DECODERS_I386 = ("timespec timeval itimerval itimerspec rlimit sigaction iovec").split()
TIMES_64 = ("timespec", "itimerspec")


def _arg_desc_i386(row, arg):
    """What is laid out otherwise on i386 has a decoder of its own, or is shown as an address."""
    decoder = arg.kind.decoder
    if not (arg.kind.differs_i386 and arg.kind.is_pointer) or (_is_time64(row) and decoder in TIMES_64):
        return _arg_desc(arg)
    other = decoder.upper() + "32" if decoder in DECODERS_I386 else "ADDR"
    return re.sub("DECODE_[A-Z0-9_]+", "DECODE_" + other, _arg_desc(arg), count=1)


def descriptions_c(tables):
    text = "/* %s */\n#include \"syscall_desc.h\"\n#include <stddef.h>\n" % MADE
    text += "".join("#include %s\n" % name for name in tables.includes) + "\n"
    text += "".join(_flag_set(flag_set) for flag_set in tables.sets.values())
    rows = tables.rows_of("x86_64")
    for row in rows:
        if row.args:
            text += "static const struct arg_desc args_%s[] = {\n" % row.name
            text += "".join(_arg_desc(arg) for arg in row.args) + "};\n"
    for row in tables.rows_of("i386"):
        if row.args:
            text += "static const struct arg_desc args_i386_%s[] = {\n" % row.name
            text += "".join(_arg_desc_i386(row, arg) for arg in row.args) + "};\n"
    text += "\nconst struct syscall_desc syscall_descs[NR_SYSCALL_DESCS] = {\n"
    for row in rows:
        text += '\t[%d] = {"%s", %d, RETURNS_%s, SUPPORT_%s, %s},\n' % (
            row.numbers["x86_64"], row.name, len(row.args), row.returns.upper(), row.support.upper(),
            "args_" + row.name if row.args else "0")
    for row in tables.rows_of("i386"):
        text += '\t[%d] = {"%s", %d, RETURNS_%s, SUPPORT_%s, %s},\n' % (
            _i386_base(tables) + row.numbers["i386"], row.name, len(row.args), row.returns.upper(),
            row.support.upper(), "args_i386_" + row.name if row.args else "0")
    text += "};\n\nconst struct errno_name errno_names[] = {\n"
    text += "".join('\t[%s] = {"%s", "%s"},\n' % (name, name, message) for name, message in tables.errors)
    text += "};\nconst unsigned int nr_errno_names = sizeof(errno_names) / sizeof(errno_names[0]);\n"
    return text


def c_name(row):
    return "sys_" + row.name if row.name in BY_HAND else row.name


def wrappers(tables, arch):
    """The list libsys/<arch>/wrappers.S expands: SYSCALL_WRAPPER(function, number), _PLAIN without an error check."""
    text = "/* %s */\n" % MADE
    for row in tables.rows_of(arch):
        plain = "_PLAIN" if row.name in NEVER_FAILS else ""
        text += "SYSCALL_WRAPPER%s(%s, %d)\n" % (plain, c_name(row), row.numbers[arch])
    return text


def _is_old_i386(row):
    return row.name in SUCCESSORS_I386 or row.name in BY_HAND_I386 or row.name in TAKEN_I386


def functions_i386(tables):
    """(function, row, number, is_old) of every wrapper on i386 that is one call with the row's arguments."""
    rows = {row.name: row for row in tables.rows}
    found = []
    for row in tables.rows_of("i386"):
        is_old = _is_old_i386(row)
        if row.name not in PAIRS_I386:
            found.append(("old_" + row.name if is_old else c_name(row), row, row.numbers["i386"], is_old))
        if SUCCESSORS_I386.get(row.name) in rows:
            found.append((c_name(row), row, rows[SUCCESSORS_I386[row.name]].numbers["i386"], False))
    return found


def wrappers_i386(tables):
    """As above, with the number of arguments: those lie on the stack."""
    text = "/* %s */\n" % MADE
    for function, row, number, _ in functions_i386(tables):
        plain = "_PLAIN" if row.name in NEVER_FAILS else ""
        text += "SYSCALL_WRAPPER%s(%s, %d, %d)\n" % (plain, function, number, len(row.args))
    return text


def _prototype(row, function, is_old=False):
    result = "void" if row.returns == "never" else LIBSYS_RETURNS.get(row.returns, "int")
    if is_old and row.returns == "off":
        result = "long"
    args = []
    for arg in row.args:
        ctype = arg.libsys_type
        if is_old and arg.kind.name in OWN_TYPES_I386:
            ctype = "void *" if arg.kind.is_pointer else "unsigned long"
        args.append(_declare(ctype, arg.name))
    if row.name in VARIADIC and not is_old:
        args = args[:VARIADIC[row.name]] + ["..."]
    return _declare(result, function) + "(%s);\n" % (", ".join(args) or "void")


def _calls_header(tables, prototypes):
    tags = []
    for row in tables.rows:
        for arg in row.args:
            words = arg.kind.libsys.split()
            if words[0] == "struct" and words[1] not in tags:
                tags.append(words[1])
    body = "".join("struct %s;\n" % tag for tag in tags)
    body += "\n/* The bare calls: -1 and errno on failure. sys_<name> is the bare call where C's <name> does more. */\n"
    return _header("GEN_LIBSYS_CALLS_H", body + prototypes)


def libsys_header(tables):
    rows = [row for row in tables.rows if row.numbers["x86_64"] is not None or row.numbers["riscv64"] is not None]
    return _calls_header(tables, "".join(_prototype(row, c_name(row)) for row in rows))


def libsys_header_i386(tables):
    calls = "".join(_prototype(row, function, is_old) for function, row, _, is_old in functions_i386(tables))
    calls += "\n/* By hand: over other calls. */\n"
    calls += "".join(_prototype(row, c_name(row)) for row in tables.rows if row.name in BY_HAND_I386)
    return _calls_header(tables, calls)


def libsys_errno(tables):
    text = "/* %s */\n#include <asm/errno.h>\n\nconst char *const __errno_messages[] = {\n" % MADE
    text += "".join('\t[%s] = "%s",\n' % error for error in tables.errors)
    return text + "};\nconst int __errno_count = sizeof(__errno_messages) / sizeof(__errno_messages[0]);\n"


def _doc_argument(arg):
    text = arg.name
    if arg.set_name:
        text += " (%s)" % arg.set_name
    if arg.direction:
        text += " *%s*" % arg.direction
    return text


def document(tables):
    rows = tables.rows_of("x86_64")
    count = {level: len([row for row in rows if row.support == level]) for level in ("full", "part", "none")}
    text = "# The system calls\n\n<!-- %s -->\n\n" % MADE
    text += ("%d live x86-64 numbers: %d full, %d part, %d none.\n\n"
             % (len(rows), count["full"], count["part"], count["none"]))
    text += ("*full*: every documented flag, error and edge. *part*: what the note says. *none*, and every number "
             "that is not\nhere: `ENOSYS`. A number after which `=name` stands has a handler of that name; *(none)*:\n"
             "32-bit programs get `ENOSYS`.\n\n")
    text += "| call | x86_64 | i386 | riscv64 | arguments | support |\n|---|---|---|---|---|---|\n"
    for row in tables.rows:
        cells = [row.name]
        for arch in ("x86_64", "i386", "riscv64"):
            number = "-" if row.numbers[arch] is None else str(row.numbers[arch])
            cells.append(number + ("=" + row.handlers[arch] if row.handlers[arch] else ""))
            if arch == "i386" and row.numbers[arch] is not None and row.is_served and not tables.i386_handler(row):
                cells[-1] += " (none)"
        cells.append(", ".join(_doc_argument(arg) for arg in row.args))
        cells.append(row.support + (": " + row.note if row.note else ""))
        text += "| " + " | ".join(cells) + " |\n"
    return text

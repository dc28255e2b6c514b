# SPDX-License-Identifier: Apache-2.0
"""Reads the tables of abi/ and refuses what is wrong in them; emit.py writes what follows from them."""

import os
import re

MAX_ARGS = 6
ARCHES = ("x86_64", "i386", "riscv64")
RETURNS = ("zero", "fd", "ssize", "off", "addr", "pid", "uid", "gid", "int", "uint", "long", "octal", "hex", "never")
RETURNS_DIFFER_I386 = ("uid", "gid", "off")
SUPPORT = ("full", "part", "none")
DIRECTIONS = ("in", "out", "inout")
TAKES = ("count", "count?", "set", "dir")
NAME = re.compile(r"[a-z_][a-z0-9_]*$")
MACRO = re.compile(r"\??[A-Za-z_][A-Za-z0-9_]*$")
ARGUMENT = re.compile(r"([a-z_][a-z0-9_]*):([a-z][a-z0-9_]*)(?:\(([a-z0-9_]+)\))?(?::([a-z]+))?$")


class TableError(Exception):
    """One mistake in a table, with the place it is at."""

    def __init__(self, path, line_nr, text):
        super().__init__("%s:%d: %s" % (os.path.relpath(path), line_nr, text))


class Kind:
    def __init__(self, name, kernel, libsys, decoder, i386, takes):
        self.name, self.kernel, self.libsys, self.decoder = name, kernel, libsys, decoder
        self.differs_i386 = i386 == "differs"
        self.takes_count = "count" in takes or "count?" in takes
        self.needs_count = "count" in takes
        self.takes_set = "set" in takes
        self.takes_dir = "dir" in takes

    @property
    def is_pointer(self):
        return self.kernel == "uaddr_t"


class Arg:
    def __init__(self, name, kind, direction):
        self.name, self.kind, self.direction = name, kind, direction
        self.count_index = -1
        self.set_name = None

    @property
    def libsys_type(self):
        ctype = self.kind.libsys
        if self.direction == "in" and ctype.endswith("*") and not ctype.startswith("const "):
            ctype = "const " + ctype
        return ctype


class Row:
    def __init__(self, name, numbers, handlers, returns, args, support, note, line_nr):
        self.name, self.numbers, self.handlers = name, numbers, handlers
        self.returns, self.args, self.support, self.note = returns, args, support, note
        self.line_nr = line_nr

    @property
    def is_served(self):
        return self.support != "none"


class FlagSet:
    def __init__(self, name, unknown):
        self.name, self.unknown = name, unknown
        self.mask = None
        self.enums = []
        self.flags = []


def _lines(path):
    with open(path, encoding="ascii") as table:
        for line_nr, line in enumerate(table, 1):
            line = line.split("#", 1)[0].strip()
            if line:
                yield line_nr, line


def _cells(path, line_nr, line, count):
    cells = [cell.strip() for cell in line.split("|")]
    if len(cells) != count:
        raise TableError(path, line_nr, "%d columns, %d wanted" % (len(cells), count))
    return cells


def read_kinds(path):
    kinds = {}
    for line_nr, line in _lines(path):
        name, kernel, libsys, decoder, i386, takes = _cells(path, line_nr, line, 6)
        takes = [] if takes == "-" else takes.split()
        if name in kinds:
            raise TableError(path, line_nr, "kind %s twice" % name)
        if i386 not in ("same", "differs"):
            raise TableError(path, line_nr, "i386 layout is same or differs, not '%s'" % i386)
        for word in takes:
            if word not in TAKES:
                raise TableError(path, line_nr, "unknown word '%s'" % word)
        kinds[name] = Kind(name, kernel, libsys, decoder, i386, takes)
    return kinds


def read_flags(path):
    """abi/flags.tbl: include lines, and sets with their mask, enum and flag lines."""
    includes, sets, current = [], {}, None
    for line_nr, line in _lines(path):
        words = line.split()
        if words[0] == "include":
            includes.append(words[1])
        elif words[0] == "set":
            if len(words) != 3:
                raise TableError(path, line_nr, "set takes a name and the text for unknown bits")
            if words[1] in sets:
                raise TableError(path, line_nr, "set %s twice" % words[1])
            current = sets[words[1]] = FlagSet(words[1], words[2])
        elif current is None or words[0] not in ("mask", "enum", "flag"):
            raise TableError(path, line_nr, "unknown line '%s'" % line)
        else:
            for word in words[1:] if words[0] != "mask" else []:
                if not MACRO.match(word):
                    raise TableError(path, line_nr, "'%s' is no macro's name" % word)
                if word in current.enums or word in current.flags:
                    raise TableError(path, line_nr, "%s twice in set %s" % (word, current.name))
            if words[0] == "mask":
                current.mask = words[1]
            else:
                (current.enums if words[0] == "enum" else current.flags).extend(words[1:])
    return includes, sets


def read_errors(path):
    """abi/errno.tbl: macro and message of each error, in the order of the table."""
    errors = []
    for line_nr, line in _lines(path):
        name, message = _cells(path, line_nr, line, 2)
        errors.append((name, message))
    return errors


def _parse_arg(path, line_nr, text, kinds, sets):
    match = ARGUMENT.match(text)
    if not match:
        raise TableError(path, line_nr, "argument '%s' is not name:kind(parameter):direction" % text)
    name, kind_name, parameter, direction = match.groups()
    if kind_name not in kinds:
        raise TableError(path, line_nr, "unknown kind '%s'" % kind_name)
    kind = kinds[kind_name]
    if kind.takes_set:
        if parameter not in sets:
            raise TableError(path, line_nr, "unknown set '%s' of %s" % (parameter, name))
    elif kind.needs_count and not parameter:
        raise TableError(path, line_nr, "%s needs the argument that holds its length" % name)
    elif parameter and not kind.takes_count:
        raise TableError(path, line_nr, "kind %s takes no parameter" % kind_name)
    if kind.takes_dir != (direction is not None):
        raise TableError(path, line_nr, "%s: a direction is %s" % (name, "missing" if kind.takes_dir else "too much"))
    if direction is not None and direction not in DIRECTIONS:
        raise TableError(path, line_nr, "unknown direction '%s'" % direction)
    if kind_name in ("in", "out"):
        direction = kind_name
    elif kind_name == "cstr_out":
        direction = "out"
    arg = Arg(name, kind, direction)
    if kind.takes_set:
        arg.set_name = parameter
    return arg, parameter if kind.takes_count else None


def _parse_args(path, line_nr, text, kinds, sets):
    words = [] if text == "-" else text.split()
    if len(words) > MAX_ARGS:
        raise TableError(path, line_nr, "%d arguments, a call has at most %d" % (len(words), MAX_ARGS))
    args, counts = [], []
    for word in words:
        arg, count = _parse_arg(path, line_nr, word, kinds, sets)
        if arg.name in [other.name for other in args]:
            raise TableError(path, line_nr, "argument %s twice" % arg.name)
        args.append(arg)
        counts.append(count)
    names = [arg.name for arg in args]
    for arg, count in zip(args, counts):
        if count is None:
            continue
        if count not in names:
            raise TableError(path, line_nr, "%s: no argument is called '%s'" % (arg.name, count))
        arg.count_index = names.index(count)
    return args


def _parse_number(path, line_nr, arch, text):
    """"3", "90=old_mmap" or "-"; returns the number or None, and the handler's name or None."""
    if text == "-":
        return None, None
    match = re.match(r"(\d+)(?:=([a-z_][a-z0-9_]*))?$", text)
    if not match:
        raise TableError(path, line_nr, "'%s' is no number for %s" % (text, arch))
    if match.group(2) and arch == "x86_64":
        raise TableError(path, line_nr, "the x86_64 handler is the row's own")
    return int(match.group(1)), match.group(2)


def _check_i386(path, row):
    if row.numbers["i386"] is None or row.handlers["i386"]:
        return
    if row.returns in RETURNS_DIFFER_I386:
        raise TableError(path, row.line_nr, "%s: what it returns differs on i386, a handler is wanted" % row.name)
    for arg in row.args:
        if arg.kind.differs_i386:
            raise TableError(path, row.line_nr, "%s: the layout of %s differs on i386, a handler is wanted"
                             % (row.name, arg.name))


def read_calls(path, kinds, sets):
    rows, names, used = [], set(), {arch: {} for arch in ARCHES}
    for line_nr, line in _lines(path):
        name, x86_64, i386, riscv64, returns, args, support = _cells(path, line_nr, line, 7)
        if not NAME.match(name):
            raise TableError(path, line_nr, "'%s' is no name" % name)
        if name in names:
            raise TableError(path, line_nr, "call %s twice" % name)
        names.add(name)
        numbers, handlers = {}, {}
        for arch, text in zip(ARCHES, (x86_64, i386, riscv64)):
            number, handlers[arch] = _parse_number(path, line_nr, arch, text)
            numbers[arch] = number
            if number is not None and number in used[arch]:
                raise TableError(path, line_nr, "%s number %d is already %s" % (arch, number, used[arch][number]))
            used[arch][number] = name
        if returns not in RETURNS:
            raise TableError(path, line_nr, "unknown return '%s'" % returns)
        support, _, note = support.partition(" ")
        if support not in SUPPORT:
            raise TableError(path, line_nr, "support is full, part or none, not '%s'" % support)
        if (support == "part") != bool(note):
            raise TableError(path, line_nr, "'part' says what is missing, the others say nothing")
        row = Row(name, numbers, handlers, returns, _parse_args(path, line_nr, args, kinds, sets), support,
                  note.strip(), line_nr)
        _check_i386(path, row)
        rows.append(row)
    return rows


def read_i386(path, rows):
    """abi/i386.tbl: what the i386 column calls a handler, and the C function it is."""
    handlers = {row.name: row.name for row in rows}
    for line_nr, line in _lines(path) if os.path.exists(path) else ():
        name, function = _cells(path, line_nr, line, 2)
        if not NAME.match(function):
            raise TableError(path, line_nr, "'%s' is no name" % function)
        handlers[name] = function
    return handlers


class Tables:
    """Everything in one folder of tables."""

    def __init__(self, folder):
        self.kinds = read_kinds(os.path.join(folder, "argkinds.tbl"))
        self.includes, self.sets = read_flags(os.path.join(folder, "flags.tbl"))
        self.errors = read_errors(os.path.join(folder, "errno.tbl"))
        self.rows = read_calls(os.path.join(folder, "syscalls.tbl"), self.kinds, self.sets)

        self.i386_handlers = read_i386(os.path.join(folder, "i386.tbl"), self.rows)

    def i386_handler(self, row):
        """The function that serves the row's i386 number, None: -ENOSYS."""
        return self.i386_handlers.get(row.handlers["i386"] or row.name) if row.is_served else None

    def rows_of(self, arch):
        """The rows that exist on arch, by number."""
        rows = [row for row in self.rows if row.numbers[arch] is not None]
        return sorted(rows, key=lambda row: row.numbers[arch])

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What the kernel must know of its own image to change it at boot. The image is linked with
--emit-relocs, in two passes: the first tells the sizes, the second has room for the tables.

usage: kreloc.py ARCH size [KERNEL.elf]    the tables, empty but large enough, as assembly (kreloc.S)
       kreloc.py ARCH fill KERNEL.elf      write the tables into the image

kreloc_32, kreloc_64  places that hold an address of the image: kaslr.c adds the offset to each
kreloc_calls          calls and jumps through __x86_indirect_thunk_*: written here as plain indirect
                      ones of the same length, made calls of the thunks by bugs.c where wanted

A table is a count (32 bits), then the distances from each place to the next, the first from the
image's base: a byte, or 0 and 32 bits.
"""
import bisect
import struct
import sys

BASE = 0xffffffff80000000
R_64, R_PC32, R_PLT32, R_32, R_32S = 1, 2, 4, 10, 11
SLACK = 512  # the tables themselves move what follows them
THUNK = "__x86_indirect_thunk_"
REGISTERS = "rax rcx rdx rbx rsp rbp rsi rdi r8 r9 r10 r11 r12 r13 r14 r15".split()
# 32-bit places that hold physical addresses: the code before paging, and what it and the loader read.
PHYSICAL = ((".text", "pvh_start", "boot64"), (".data", "boot_gdt_ptr32", "boot_start_info"), (".note", None, None))


class Elf:
    def __init__(self, path):
        self.path = path
        self.data = bytearray(open(path, "rb").read())
        offset, = struct.unpack_from("<Q", self.data, 40)
        size, count, names = struct.unpack_from("<HHH", self.data, 58)
        rows = [struct.unpack_from("<IIQQQQIIQQ", self.data, offset + i * size) for i in range(count)]
        strings = rows[names][4]
        self.sections = [(self.text(strings + row[0]),) + row[1:] for row in rows]
        table = next(s for s in self.sections if s[1] == 2)
        names = self.sections[table[6]][4]
        self.symbols = []
        for name, _, _, _, value, _ in struct.iter_unpack("<IBBHQQ", self.data[table[4]:table[4] + table[5]]):
            self.symbols.append((self.text(names + name), value))
        self.values = dict(self.symbols)

    def text(self, at):
        return self.data[at:self.data.index(0, at)].decode()

    def place(self, address):
        """The file's offset of an address."""
        for name, kind, flags, start, offset, size, *_ in self.sections:
            if flags & 2 and kind == 1 and start <= address < start + size:
                return offset + address - start
        raise SystemExit("kreloc: %#x is in no section" % address)

    def relocations(self):
        """section, place, type, symbol, of the sections that are loaded"""
        for name, kind, _, _, offset, size, _, info, *_ in self.sections:
            if kind != 4 or not self.sections[info][2] & 2:
                continue
            for place, what, _ in struct.iter_unpack("<QQq", self.data[offset:offset + size]):
                yield self.sections[info][0], place, what & 0xffffffff, self.symbols[what >> 32][0]


def is_physical(elf, section, place):
    return any(section == name and (start is None or elf.values[start] <= place < elf.values[end])
               for name, start, end in PHYSICAL)


def find(elf):
    """The places of each table, ascending."""
    tables = {"kreloc_32": [], "kreloc_64": [], "kreloc_calls": []}
    for section, place, kind, symbol in elf.relocations():
        if kind == R_64:
            tables["kreloc_64"].append(place)
        elif kind == R_32S:
            tables["kreloc_32"].append(place)
        elif kind == R_32 and not is_physical(elf, section, place):
            sys.exit("kreloc: %s+%#x: a 32-bit address outside the boot code" % (section, place))
        elif kind in (R_PC32, R_PLT32) and symbol.startswith(THUNK):
            tables["kreloc_calls"].append(place - 1)
    return {name: sorted(places) for name, places in tables.items()}


def encode(places):
    out, last = bytearray(struct.pack("<I", len(places))), BASE
    for place in places:
        step = place - last
        out += bytes([step]) if 0 < step < 256 else b"\0" + struct.pack("<I", step)
        last = place
    return out


def emit_sizes(tables):
    print('\t.section .rodata.kreloc, "a"')
    for name, places in tables.items():
        print("\t.balign\t4\n\t.globl\t%s\n%s:\n\t.skip\t%d" % (name, name, len(encode(places)) + SLACK))
    print('\t.section .note.GNU-stack, "", @progbits')


def plain_call(opcode, register):
    """`call *register` or `jmp *register` in the five bytes of a direct one: prefixes without
    meaning come first."""
    n = REGISTERS.index(register)
    insn = (b"\x41" if n > 7 else b"") + bytes([0xff, (0xd0 if opcode == 0xe8 else 0xe0) + n % 8])
    return b"\x2e" * (5 - len(insn)) + insn


def rewrite_calls(elf, places):
    starts = {value: name[len(THUNK):] for name, value in elf.symbols if name.startswith(THUNK)}
    kept = []
    for place in places:
        at = elf.place(place)
        opcode, distance = struct.unpack_from("<Bi", elf.data, at)
        if opcode not in (0xe8, 0xe9):
            continue  # a conditional jump: it stays, and the thunk itself is changed
        elf.data[at:at + 5] = plain_call(opcode, starts[place + 5 + distance])
        kept.append(place)
    return kept


def fill(elf, tables):
    tables["kreloc_calls"] = rewrite_calls(elf, tables["kreloc_calls"])
    limits = sorted(value for _, value in elf.symbols)
    for name, places in tables.items():
        start = elf.values[name]
        made = encode(places)
        room = limits[bisect.bisect_right(limits, start)] - start
        if len(made) > room:
            sys.exit("kreloc: no room for %s: %d bytes of %d" % (name, len(made), room))
        at = elf.place(start)
        elf.data[at:at + len(made)] = made
    open(elf.path, "wb").write(elf.data)


def main():
    if len(sys.argv) < 3 or sys.argv[2] not in ("size", "fill"):
        sys.exit(__doc__)
    elf = Elf(sys.argv[3]) if len(sys.argv) > 3 else None
    is_served = sys.argv[1] == "x86_64"  # other ports' images stay as they are
    tables = find(elf) if elf and is_served else {"kreloc_32": [], "kreloc_64": [], "kreloc_calls": []}
    if sys.argv[2] == "size":
        emit_sizes(tables)
    elif is_served:
        fill(elf, tables)


main()

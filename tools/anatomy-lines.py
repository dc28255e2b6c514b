#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What `lstar anatomy` knows beside the run's own record: where in the source each stage is.

usage: anatomy-lines.py KERNEL.elf ANATOMY.elf syscall_table.c syscalls.tbl > anatomy_lines.h
"""
import os
import re
import subprocess
import sys

KERNEL_NAMES = r"entry_SYSCALL_64|entry_SYSCALL_64_pti|do_syscall_64|return_to_user|syscall_init|" \
    r"(__x64_)?sys_[a-z0-9_]+"


def symbols(elf, pattern):
    """name -> (address, file:line of the definition)"""
    here, found = os.getcwd() + "/", {}
    for line in subprocess.run(["nm", "-l", elf], check=True, capture_output=True, text=True).stdout.splitlines():
        match = re.fullmatch(r"([0-9a-f]+) [tT] (\S+)(?:\t(.*))?", line)
        if match and re.fullmatch(pattern, match[2]):
            found[match[2]] = (int(match[1], 16), (match[3] or "?").replace(here, ""))
    return found


def lines_of(elf, addresses):
    """file:line of each address, relative to the source's root where it is below it."""
    done = subprocess.run(["addr2line", "-e", elf], check=True, capture_output=True, text=True,
                          input="".join("%x\n" % address for address in addresses))
    here = os.getcwd() + "/"
    return [re.sub(r" \(discriminator.*", "", line).replace(here, "") for line in done.stdout.splitlines()]


def emit_symbols(name, elf, pattern):
    found = sorted(symbols(elf, pattern).items(), key=lambda item: item[1][0])
    if not found:
        sys.exit("%s: none of the expected symbols" % elf)
    print("static const struct source_line %s[] = {" % name)
    for symbol, (address, where) in found:
        print('\t{0x%xul, "%s", "%s"},' % (address, symbol, where))
    print("};\n")


def emit_code(elf):
    """The instructions of libsys's syscall(), with the line of each."""
    start = symbols(elf, "syscall")["syscall"][0]
    text = subprocess.run(["objdump", "-d", "--disassemble=syscall", elf], check=True,
                          capture_output=True, text=True).stdout
    rows = re.findall(r"^ *([0-9a-f]+):\t((?:[0-9a-f]{2} )+)\s*(.*)$", text, re.M)
    where = lines_of(elf, [int(address, 16) for address, _, _ in rows])
    print("static const struct code_line wrapper_code[] = {")
    for (address, raw, words), place in zip(rows, where):
        words = re.sub(r"\s+", " ", re.sub(r"\s*<.*", "", words)).strip()
        print('\t{%d, "%s", "%s", "%s"},' % (int(address, 16) - start, raw.strip(), words, place))
    print("};\n")


def emit_rows(table, tbl):
    """By number: the line in the generated table and the row's line in the one it was made from."""
    rows = {}
    for number, line in enumerate(open(tbl), 1):
        match = re.match(r"([a-z0-9_]+) *\| *(\d+) *\|", line)
        if match:
            rows[int(match[2])] = (0, number)
    for number, line in enumerate(open(table), 1):
        match = re.match(r"\t\[(\d+)\] = __x64_", line)
        if match:
            rows[int(match[1])] = (number, rows[int(match[1])][1])
    print("static const struct table_row table_rows[] = {")
    for number, (made, row) in sorted(rows.items()):
        print("\t[%d] = {%d, %d}," % (number, made, row))
    print("};\n\n#define TABLE_FILE \"%s\"\n#define ROWS_FILE \"%s\"" % (table, tbl))


def main():
    if len(sys.argv) != 5:
        sys.exit(__doc__)
    kernel, anatomy, table, tbl = sys.argv[1:]
    print("/* Made by tools/anatomy-lines.py; do not edit. */")
    emit_symbols("kernel_lines", kernel, KERNEL_NAMES)
    emit_symbols("user_lines", anatomy, "syscall|__syscall_error|anatomy_call|__errno_location")
    emit_code(anatomy)
    emit_rows(table, tbl)


main()

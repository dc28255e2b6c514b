# SPDX-License-Identifier: Apache-2.0
"""Which functions of the kernel execute most: QEMU names every block of instructions that it enters, the disassembly
says how long each is and whose.
"""
import bisect
import os
import re
import subprocess
import tempfile
from collections import Counter

SHOWN = 40
KERNEL_BASE = 1 << 63
BLOCK_MAX = 512
ENDS_BLOCK = re.compile(r"(j\w+|call|ret\w*|syscall|sysret\w*|iret\w*|hlt|int|int3|ud2|sysexit\w*|cli|sti|"
                        r"mov +%\w+,%cr\d)\b")


def instructions(elf):
    """Addresses in order, and for each whether a block ends behind it; functions' names by address."""
    text = subprocess.run(["objdump", "-d", "--no-show-raw-insn", elf], check=True, capture_output=True,
                          text=True).stdout
    addresses, ends, starts, names = [], [], [], []
    for line in text.splitlines():
        match = re.match(r" *([0-9a-f]+):\t(\S.*)", line)
        if match:
            addresses.append(int(match[1], 16))
            ends.append(bool(ENDS_BLOCK.match(match[2])))
            continue
        match = re.match(r"([0-9a-f]+) <(.+)>:", line)
        if match:
            starts.append(int(match[1], 16))
            names.append(match[2])
    return addresses, ends, starts, names


def entered(command):
    """How often each block was entered, by its address; what the guest printed."""
    folder = tempfile.mkdtemp()
    fifo = os.path.join(folder, "log")
    os.mkfifo(fifo)
    blocks = Counter()
    guest = subprocess.Popen(command + ["-d", "exec,nochain", "-D", fifo], stdin=subprocess.DEVNULL,
                             stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    with open(fifo, errors="replace") as log:
        for line in log:
            if line.startswith("Trace"):
                blocks[line.split("/", 2)[1]] += 1
    output = guest.communicate(timeout=60)[0].decode(errors="replace")
    os.unlink(fifo)
    os.rmdir(folder)
    return blocks, output


def show(command, elf):
    addresses, ends, starts, names = instructions(elf)
    blocks, output = entered(command)
    print(output)
    by_function, calls, user = Counter(), Counter(), 0
    for address, times in blocks.items():
        at = int(address, 16)
        if at < KERNEL_BASE:
            user += times
            continue
        i = bisect.bisect_left(addresses, at)
        if i == len(addresses) or addresses[i] != at:
            continue
        length = 1
        while not ends[i] and length < BLOCK_MAX and addresses[i + 1] >> 12 == at >> 12:
            i, length = i + 1, length + 1
        name = names[bisect.bisect_right(starts, at) - 1]
        by_function[name] += times * length
        if at in starts:
            calls[name] += times
    total = sum(by_function.values())
    print("kernel: %s instructions in %s blocks; user mode: %s blocks" % (
        format(total, ","), format(sum(blocks.values()) - user, ","), format(user, ",")))
    for name, count in by_function.most_common(SHOWN):
        print("%14s %5.1f %%  %-40s %12s entries" % (
            format(count, ","), 100 * count / total, name, format(calls[name], ",")))
    return 0

# SPDX-License-Identifier: Apache-2.0
"""Which functions of the kernel execute most: a plugin of QEMU's translator counts the blocks (tests/bench/plugin.c).
"""
import bisect
import os
import re
import subprocess
import tempfile
from collections import Counter

SHOWN = int(os.environ.get("SHOWN", "40"))
KERNEL_BASE = 1 << 63
LIMIT_S = 1500


def functions(elf):
    """The starts of functions, in order, and their names."""
    text = subprocess.run(["nm", "-n", elf], check=True, capture_output=True, text=True).stdout
    found = [(int(address, 16), name) for address, name in re.findall(r"^([0-9a-f]+) [tTwW] (\S+)$", text, re.M)]
    return [address for address, _ in found], [name for _, name in found]


def executed(command, plugin):
    """(address, instructions, times) of each block, and what the guest printed."""
    with tempfile.TemporaryDirectory() as folder:
        out = os.path.join(folder, "blocks")
        guest = subprocess.run(command + ["-plugin", "%s,out=%s" % (os.path.abspath(plugin), out)],
                               stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                               timeout=LIMIT_S)
        with open(out) as lines:
            blocks = [tuple(int(word, 16) for word in line.split()) for line in lines]
    return blocks, guest.stdout.decode(errors="replace")


def show(command, elf, plugin):
    starts, names = functions(elf)
    blocks, output = executed(command, plugin)
    print(output)
    by_function, calls, user = Counter(), Counter(), 0
    for address, size, times in blocks:
        if address < KERNEL_BASE:
            user += size * times
            continue
        at = bisect.bisect_right(starts, address) - 1
        by_function[names[at]] += size * times
        if address == starts[at]:
            calls[names[at]] += times
    total = sum(by_function.values())
    print("kernel: %s instructions; user mode: %s" % (format(total, ","), format(user, ",")))
    for name, count in by_function.most_common(SHOWN):
        print("%14s %5.1f %%  %-40s %12s entries" % (
            format(count, ","), 100 * count / total, name, format(calls[name], ",")))
    return 0

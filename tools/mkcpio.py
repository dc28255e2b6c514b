#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Write a newc cpio archive from a list, the same bytes for the same input on any machine.

usage: mkcpio.py LIST OUTPUT

Lines of LIST ('#' starts a comment):
    dir  PATH MODE
    file PATH MODE SOURCE
    link PATH TARGET
    text PATH MODE LINE     (LINE: the rest; \\n is a newline; one is added at the end)
Everything belongs to root and is as old as the epoch.
"""

import os
import stat
import sys


class Archive:
    def __init__(self):
        self.parts = []
        self.inode = 0

    def add(self, path, mode, data=b"", links=1):
        name = path.strip("/").encode() + b"\0"
        self.inode += 1
        fields = [self.inode, mode, 0, 0, links, 0, len(data), 0, 0, 0, 0, len(name), 0]
        header = b"070701" + b"".join(b"%08X" % field for field in fields)
        self.put(header + name)
        self.put(data)

    def put(self, data):
        self.parts.append(data + b"\0" * (-len(data) % 4))

    def finish(self):
        self.inode = -1
        self.add("TRAILER!!!", 0)
        return b"".join(self.parts)


def read_list(archive, lines):
    for number, line in enumerate(lines, 1):
        line = line.strip()
        if not line or line.startswith("#"):
            continue
        kind, path, *rest = line.split(maxsplit=3 if line.startswith("text") else -1)
        if kind == "dir":
            archive.add(path, stat.S_IFDIR | int(rest[0], 8), links=2)
        elif kind == "file":
            with open(rest[1], "rb") as source:
                archive.add(path, stat.S_IFREG | int(rest[0], 8), source.read())
        elif kind == "link":
            archive.add(path, stat.S_IFLNK | 0o777, rest[0].encode())
        elif kind == "text":
            text = (rest[1] if len(rest) > 1 else "").replace("\\n", "\n") + "\n"
            archive.add(path, stat.S_IFREG | int(rest[0], 8), text.encode())
        else:
            raise SystemExit(f"mkcpio: line {number}: unknown kind '{kind}'")


def main():
    if len(sys.argv) != 3:
        raise SystemExit(__doc__.strip())
    archive = Archive()
    with open(sys.argv[1]) as lines:
        read_list(archive, lines)
    fresh = sys.argv[2] + ".new"
    with open(fresh, "wb") as output:
        output.write(archive.finish())
    os.rename(fresh, sys.argv[2])


if __name__ == "__main__":
    main()

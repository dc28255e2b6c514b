#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""pid 1 on this machine's kernel, in namespaces of its own: files stand for the ports. TAP.

usage: init.py INITRAMFS. Needs root and unshare(1); skips without them.
"""

import os
import shutil
import subprocess
import sys
import tempfile

ROOT = tempfile.mkdtemp(prefix="lstar-init-", dir="/var/tmp")
COMMON = [("cwd", "/tmp"), ("uid", "1000"), ("gid", "1000"), ("groups", "4,5"), ("umask", "027"),
          ("tty", ""), ("trace", "1"), ("rlimit", "nofile 100 200"), ("hostname", "abc"),
          ("mount", "proc proc /proc rw")]
PATH = [("env", "PATH=/bin")]


def words(*items):
    return [("arg", item) for item in items]


def shell(script):
    return words("sh", "-c", script) + PATH + COMMON


CASES = [
    ("status", shell("exit 7"), b"", (b"", b"", b"started\nexit 7\n")),
    ("signal", shell("kill -9 $$"), b"", (b"", b"", b"started\nsignal 9\n")),
    ("streams", shell("cat; echo err >&2"), b"in\0\n", (b"in\0\n", b"err\n", b"started\nexit 0\n")),
    ("identity", shell("id; pwd; umask; ulimit -n; hostname"), b"",
     (b"uid=1000 gid=1000 groups=4,5\n/tmp\n0027\n100\nabc\n", b"", b"started\nexit 0\n")),
    ("merge", shell("echo a; echo b >&2; echo c") + [("merge", "1")], b"",
     (b"a\nb\nc\n", b"", b"started\nexit 0\n")),
    ("not found", words("nope") + PATH + COMMON, b"",
     (b"", b"", b"notfound nope: command not found\n")),
    ("not executable", words("/etc/passwd") + PATH + COMMON, b"",
     (b"", b"", b"noexec /etc/passwd: Permission denied\n")),
    ("no such cwd", words("pwd") + PATH + COMMON + [("cwd", "/none")], b"",
     (b"/\n", b"", b"warning cannot enter /none\nstarted\nexit 0\n")),
    ("mount fails", words("pwd") + PATH + COMMON + [("mount", "9p root / ro")], b"",
     (b"", b"", b"error cannot mount /: No such device\n")),
    ("root and escapes", words("/bin/x") + COMMON + [("mount", "tmpfs tmpfs / rw"),
     ("mount", "tmpfs tmpfs /a\\040b mode=700")], b"",
     (b"", b"", b"warning cannot enter /tmp\nnotfound /bin/x: No such file or directory\n")),
    ("unknown record", words("x") + [("bogus", "1")], b"",
     (b"", b"", b"error the job has an unknown record bogus\n")),
    ("no program", COMMON, b"", (b"", b"", b"error the job names no program\n")),
]


def run(records, stdin):
    os.makedirs(ROOT + "/lstar", exist_ok=True)
    with open(ROOT + "/lstar/job", "wb") as job:
        for key, value in records:
            job.write(key.encode() + b"\0" + value.encode() + b"\0")
    for port in range(1, 5):
        with open(f"{ROOT}/dev/vport0p{port}", "wb") as file:
            file.write(stdin if port == 1 else b"")
    command = ["timeout", "10", "unshare", "-mpuf", "chroot", ROOT, "/init"]
    subprocess.run(command, capture_output=True)
    got = []
    for port in (2, 3, 4):
        with open(f"{ROOT}/dev/vport0p{port}", "rb") as file:
            got.append(file.read())
    return tuple(got)


def main():
    can = os.getuid() == 0 and subprocess.run(
        ["unshare", "-mpuf", "true"], capture_output=True).returncode == 0
    if not can or not shutil.which("cpio"):
        print("1..0 # SKIP needs root, unshare and cpio")
        return 0
    with open(sys.argv[1], "rb") as archive:
        subprocess.run(["cpio", "-idm", "--quiet"], stdin=archive, cwd=ROOT, check=True)
    os.chmod(ROOT, 0o755)
    failed = 0
    print(f"1..{len(CASES)}")
    for number, (name, records, stdin, wanted) in enumerate(CASES, 1):
        got = run(records, stdin)
        failed += got != wanted
        print("ok" if got == wanted else "not ok", number, "- init:", name)
        if got != wanted:
            print(f"# got {got}\n# wanted {wanted}")
    print(f"# init: {len(CASES) - failed} passed, {failed} failed")
    return 1 if failed else 0


try:
    sys.exit(main())
finally:
    shutil.rmtree(ROOT, ignore_errors=True)

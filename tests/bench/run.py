#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The figures of docs/performance.md. usage: run.py lstar|linux

lstar  instructions per call and to the first user instruction on Lstar, and the wall time of
       `lstar run true`
linux  the same benchmark as process 1 of Debian's cloud kernel in the same QEMU

Under `-icount shift=0,sleep=off` the TSC counts instructions, so these figures do not depend on the
machine. Without ERMS and FSRM: with them QEMU counts one instruction per byte of a `rep movsb`.
"""
import glob
import os
import re
import statistics
import subprocess
import sys
import time

B = os.environ.get("B", "build")
WORK = B + "/tests/bench"
ROUNDS = 10
MACHINE = ["qemu-system-x86_64", "-accel", "tcg", "-cpu", "max,-erms,-fsrm", "-smp", "1", "-m", "512M", "-nodefaults",
           "-no-user-config", "-display", "none", "-no-reboot", "-serial", "stdio"]
MICROVM = "microvm,pic=off,pit=off,rtc=off,acpi=off,isa-serial=on,auto-kernel-cmdline=on,x-option-roms=off"
LINUX_MICROVM = "microvm,acpi=off,isa-serial=on"
COUNTING = ["-icount", "shift=0,sleep=off"]


def archive(name, program, more=""):
    listing = "%s/%s.list" % (WORK, name)
    with open(listing, "w") as out:
        out.write("dir /dev 755\ndir /tmp 1777\nfile /init 755 %s\n%s" % (program, more))
    subprocess.run([sys.executable, "tools/mkcpio.py", listing, "%s/%s.cpio" % (WORK, name)], check=True)
    return "%s/%s.cpio" % (WORK, name)


def boot(command, limit_s):
    began = time.monotonic()
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=limit_s)
    return done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace"), time.monotonic() - began


def figures(text, errors):
    found = re.findall(r"^(?:.*console: )?(release|[a-z][a-z0-9-]*) (\S+)\r?$", text, re.M)
    if ("end", "0") not in found:
        sys.exit("bench: no figures; QEMU said:\n%s%s" % (text[-3000:], errors[-1000:]))
    return [(name, figure) for name, figure in found if name != "end"]


def show(title, rows):
    print(title)
    for name, figure in rows:
        print("  %-24s %15s" % (name, figure if name == "release" else "{:,}".format(int(figure))))
    sys.stdout.flush()


def lstar():
    initrd = archive("calls", WORK + "/calls")
    text, errors, _ = boot(MACHINE + COUNTING + ["-M", MICROVM, "-device", "isa-debug-exit,iobase=0xf4,iosize=4",
                           "-kernel", B + "/host/kernel.elf", "-append", "loglevel=6", "-initrd", initrd], 300)
    show("Lstar, instructions", figures(text, errors))
    times = []
    for _ in range(ROUNDS):
        began = time.monotonic()
        subprocess.run([B + "/lstar", "run", "true"], stdin=subprocess.DEVNULL, check=True, timeout=60)
        times.append(time.monotonic() - began)
    print("lstar run true: median %.3f s, %.3f to %.3f s, %d runs" % (
        statistics.median(times), min(times), max(times), ROUNDS))
    print("kernel image: {:,} bytes, {:,} of them the embedded root".format(
        os.path.getsize(B + "/host/kernel.elf"), os.path.getsize(B + "/initramfs.cpio")))


def linux_image():
    """Debian's cloud kernel: an installed one, or the package, fetched by name and unpacked in build/."""
    images = glob.glob("/boot/vmlinuz-*-cloud-amd64") + glob.glob(WORK + "/linux/boot/vmlinuz-*")
    if images:
        return images[-1]
    depends = subprocess.run(["apt-cache", "depends", "linux-image-cloud-amd64"], capture_output=True, text=True)
    names = re.findall(r"Depends: (linux-image-\S+)", depends.stdout)
    if not names:
        sys.exit("bench: apt knows no linux-image-cloud-amd64")
    subprocess.run(["apt-get", "download", "-q", names[0]], cwd=WORK, check=True)
    package = glob.glob(WORK + "/" + names[0] + "_*.deb")[0]
    subprocess.run(["dpkg-deb", "-x", package, WORK + "/linux"], check=True)
    return glob.glob(WORK + "/linux/boot/vmlinuz-*")[0]


def linux():
    image = linux_image()
    words = "console=ttyS0 quiet pti=off tsc_early_khz=1000000 reboot=t panic=-1 no_timer_check"
    command = MACHINE + ["-M", LINUX_MICROVM, "-kernel", image, "-append", words]
    initrd = archive("calls-linux", WORK + "/calls")
    text, errors, _ = boot(command + COUNTING + ["-initrd", initrd], 900)
    show("Linux, instructions", figures(text, errors))
    command[-1] += " only-start"
    times = [boot(command + ["-initrd", initrd], 300)[2] for _ in range(ROUNDS)]
    print("QEMU's start to its end: median %.3f s, %.3f to %.3f s, %d runs" % (
        statistics.median(times), min(times), max(times), ROUNDS))


os.chdir(os.path.dirname(os.path.abspath(__file__)) + "/../..")
os.makedirs(WORK, exist_ok=True)
if sys.argv[1:] == ["lstar"]:
    lstar()
elif sys.argv[1:] == ["linux"]:
    linux()
else:
    sys.exit(__doc__)

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Instructions per call, Lstar beside Linux. usage: run.py WHAT

check            the micro rows on Lstar: status 1 when one is more than 3 % above its count in tests/bench/bars.tbl
accept           the same, and writes what was measured into that table
all              everything on Lstar and on Debian's cloud kernel; writes docs/performance.md's tables and the plot
lstar SUITE...   the suites on Lstar only: micro, growth, scale=CPUS, jobs, door32=NAME
linux SUITE...   the suites on Linux only
                 with KERNEL_ARGS="spectre_v2=retpoline" or the like in the environment
nanoseconds      the micro rows in time, on both: with KVM where it works, else as this machine emulates them
profile SUITE    the functions of the kernel that execute most, of one suite on Lstar; row=NAME is a suite, too

Under `-icount shift=0,sleep=off` the TSC counts instructions, so these figures do not depend on the machine. Without
ERMS and FSRM: with them QEMU counts one instruction per byte of a `rep movsb`.
"""
import glob
import os
import re
import shutil
import subprocess
import sys
import time

sys.dont_write_bytecode = True
os.chdir(os.path.dirname(os.path.abspath(__file__)) + "/../..")
sys.path.insert(0, "tests/bench")

import jobs  # noqa: E402
import hotspots  # noqa: E402
import report  # noqa: E402

B = os.environ.get("B", "build")
WORK = B + "/tests/bench"
ROUNDS = 10
SLACK = 1.03
MEMORY_MB = 2048
# Everything that could differ from run to run has a fixed value.
MACHINE = ["qemu-system-x86_64", "-nodefaults", "-no-user-config", "-display", "none", "-no-reboot",
           "-serial", "stdio", "-seed", "1", "-rtc", "base=2026-01-01T00:00:00,clock=vm"]
COUNTING = ["-accel", "tcg", "-icount", "shift=0,sleep=off"]
CPU = "max,-erms,-fsrm"
INTEL = CPU + ",vendor=GenuineIntel"
LSTAR = ["-M", "microvm,pic=off,pit=off,rtc=off,acpi=off,isa-serial=on,auto-kernel-cmdline=on,x-option-roms=off",
         "-device", "isa-debug-exit,iobase=0xf4,iosize=4", "-kernel", WORK + "/kernel.elf"]
LINUX = ["-M", "microvm,acpi=off,isa-serial=on"]
LSTAR_WORDS = ("loglevel=6 nokaslr pause=keep " + os.environ.get("KERNEL_ARGS", "")).strip()
LINUX_WORDS = "console=ttyS0 quiet reboot=t panic=-1 no_timer_check"
NO_ROWS = ("release", "first-user-instruction")
MICRO = ["micro", "door32=getppid-syscall32"]


def archive(suites, name):
    """An initial root with the benchmark as process 1; with the jobs' programs where they are asked for."""
    listing = "%s/%s.list" % (WORK, name)
    with open(listing, "w") as out:
        out.write("dir /dev 755\ndir /tmp 1777\ndir /proc 755\nfile /init 755 %s/bench\nfile /door32 755 %s/door32\n"
                  "text /suite 644 %s\n" % (WORK, WORK, " ".join(suites)))
        if any(suite.startswith("jobs") for suite in suites):
            out.write(jobs.listing(WORK))
    subprocess.run([sys.executable, "tools/mkcpio.py", listing, "%s/%s.cpio" % (WORK, name)], check=True)
    return "%s/%s.cpio" % (WORK, name)


def run(command, limit_s):
    began = time.monotonic()
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=limit_s)
    return done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace"), time.monotonic() - began


def figures(text, errors):
    found = re.findall(r"^(?:.*console: )?(release|[a-z][a-z0-9-]*) (\S+)\r?$", text, re.M)
    if ("end", "0") not in found:
        sys.exit("bench: no figures; QEMU said:\n%s%s" % (text[-3000:], errors[-1000:]))
    for line in re.findall(r"bench: .*", text):  # a job that failed has no figure
        print(line.rstrip(), file=sys.stderr)
    return {name: figure if name == "release" else int(figure) for name, figure in found if name != "end"}


def linux_image():
    """Debian's cloud kernel: an installed one, or the package, fetched by name and unpacked below build/."""
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


def boot(kernel, suites, pti="off", cpus=1, cpu=CPU, limit_s=1500, counting=COUNTING):
    """The figures of the suites on "lstar" or "linux"."""
    command = MACHINE + ["-cpu", cpu, "-smp", str(cpus), "-m", "%dM" % MEMORY_MB]
    words = "%s pti=%s" % (LSTAR_WORDS if kernel == "lstar" else LINUX_WORDS, pti)
    if kernel == "linux" and "tcg" in counting:  # its calibration fails when the host is busy
        words += " tsc_early_khz=1000000"
    command += LSTAR if kernel == "lstar" else LINUX + ["-kernel", linux_image()]
    command += ["-append", words, "-initrd", archive(suites, kernel)]
    text, errors, took = run(command + counting, limit_s)
    return ({}, took) if suites == ["only-start"] else (figures(text, errors), took)


def counts(kernel, suites, **options):
    print("bench: %s: %s%s" % (kernel, " ".join(suites), "".join(" %s=%s" % item for item in options.items())),
          file=sys.stderr, flush=True)
    return boot(kernel, suites, **options)[0]


def micro(kernel, pti="off"):
    found = counts(kernel, MICRO, pti=pti)
    found.update(counts(kernel, ["door32=getppid-sysenter"], pti=pti, cpu=INTEL))
    del found["first-user-instruction"]
    return found


def has_kvm():
    """As the command finds out: there are machines whose /dev/kvm makes a machine that does not run."""
    told = subprocess.run([B + "/lstar", "run", "--print-qemu", "true"], capture_output=True, text=True, check=True)
    return re.search(r"-accel '?kvm", told.stdout) is not None


def nanoseconds(kernel, accel):
    found = counts(kernel, ["rate", "micro"], cpu="host" if accel == "kvm" else CPU, counting=["-accel", accel])
    ticks_per_ns = found.pop("tsc-khz") / 1e6
    return {name: figure / ticks_per_ns for name, figure in found.items() if name not in NO_ROWS}


def start_times():
    """Seconds: `lstar run true` from the shell's exec to its exit; Linux's QEMU until process 1 ends the machine."""
    ours, theirs = [], []
    for _ in range(ROUNDS):
        began = time.monotonic()
        subprocess.run([B + "/lstar", "run", "true"], stdin=subprocess.DEVNULL, check=True, timeout=60)
        ours.append(time.monotonic() - began)
        theirs.append(boot("linux", ["only-start"], counting=["-accel", "tcg"])[1])
    return ours, theirs


def check(is_accepting):
    bars = report.Bars("tests/bench/bars.tbl")
    found = micro("lstar")
    bad = 0
    for row in bars.rows:
        if row.name not in found:
            print("%-24s is not measured" % row.name)
            bad += 1
            continue
        count = found[row.name]
        is_worse = row.lstar is not None and count > row.lstar * SLACK
        bad += is_worse
        print("%-24s %12s  %12s  %+6.1f %%%s" % (
            row.name, format(count, ","), format(row.lstar or 0, ","), 100 * (count / (row.lstar or count) - 1),
            "  more than 3 % above its count" if is_worse else ""))
        row.lstar = count
    print("%d of %d rows are above their counts" % (bad, len(bars.rows)))
    if is_accepting:
        bars.write()
    return 0 if is_accepting or not bad else 1


def everything():
    result = report.Result()
    for kernel in ("lstar", "linux"):
        figures_of = result.kernels[kernel]
        figures_of.micro = micro(kernel)
        figures_of.pti = micro(kernel, pti="on")
        figures_of.growth = counts(kernel, ["growth"])
        figures_of.first = figures_of.growth.pop("first-user-instruction")
        figures_of.jobs = counts(kernel, ["jobs"])
        for cpus in (1, 2, 4):
            figures_of.scale.update(counts(kernel, ["scale=%d" % cpus], cpus=cpus))
        if has_kvm():
            figures_of.ns = nanoseconds(kernel, "kvm")
    result.times = start_times()
    result.image = (os.path.getsize(B + "/host/kernel.elf"), os.path.getsize(B + "/initramfs.cpio"))
    bars = report.Bars("tests/bench/bars.tbl")
    bars.update(result)
    bars.write()
    return report.write(result, bars)


def main():
    os.makedirs(WORK, exist_ok=True)
    shutil.copy(B + "/host/kernel.elf", WORK + "/kernel.elf")  # a build meanwhile does not disturb
    words = sys.argv[1:]
    if words == ["check"] or words == ["accept"]:
        return check(words == ["accept"])
    if words == ["all"]:
        return everything()
    if words == ["nanoseconds"]:
        accel = "kvm" if has_kvm() else "tcg"
        theirs, ours = nanoseconds("linux", accel), nanoseconds("lstar", accel)
        print("%-24s %12s %12s   ns, %s" % ("", "Linux", "Lstar", accel))
        for name in ours:
            print("%-24s %12.1f %12.1f" % (name, theirs.get(name, 0), ours[name]))
        return 0
    if len(words) == 2 and words[0] == "profile":
        cpus = words[1][6:] if words[1].startswith("scale=") else "1"
        command = MACHINE + ["-cpu", CPU, "-smp", cpus, "-m", "%dM" % MEMORY_MB] + LSTAR + COUNTING
        command += ["-append", LSTAR_WORDS + " pti=off", "-initrd", archive(words[1:], "profile")]
        subprocess.run(["make", "-s", "B=" + B, WORK + "/plugin.so"], check=True)
        return hotspots.show(command, B + "/lstar-kernel.elf", WORK + "/plugin.so")
    if len(words) > 1 and words[0] in ("lstar", "linux"):
        cpus = [int(suite[6:]) for suite in words[1:] if suite.startswith("scale=")]
        for name, figure in counts(words[0], words[1:], cpus=cpus[0] if cpus else 1).items():
            print("%-24s %16s" % (name, figure if name == "release" else format(figure, ",")))
        return 0
    sys.exit(__doc__)


sys.exit(main())

# SPDX-License-Identifier: Apache-2.0
"""The jobs: whole programs of the distribution, in an initial root that both kernels boot.

What a job's programs open is found by tracing the same command on this machine, so that the root is small.
"""
import os
import re
import shutil
import subprocess
import tempfile

SQL = ("create table t(id integer primary key, name text, size int);\n" +
       "".join("insert into t(name, size) values('name-%d', %d);\n" % (i, i * 37 % 1000) for i in range(200)) +
       "begin;\n" +
       "".join("insert into t(name, size) values('more-%d', %d);\n" % (i, i * 91 % 1000) for i in range(2000)) +
       "commit;\ncreate index by_size on t(size);\nselect count(*), sum(size) from t where size between 100 and 300;\n")
SOURCE = """#include <stdio.h>
#include <stdlib.h>
#include <string.h>
struct node { struct node *next; char name[32]; int count; };
static struct node *table[256];
static unsigned hash(const char *s) { unsigned h = 5381; while (*s) h = h * 33 + (unsigned char)*s++; return h & 255; }
int add(const char *name) {
	struct node *n;
	for (n = table[hash(name)]; n; n = n->next) if (!strcmp(n->name, name)) return ++n->count;
	n = calloc(1, sizeof(*n)); strncpy(n->name, name, 31); n->next = table[hash(name)]; table[hash(name)] = n;
	return n->count = 1;
}
int main(void) { char w[32]; while (scanf("%31s", w) == 1) printf("%s %d\\n", w, add(w)); return 0; }
"""
TREE = ("mkdir -p /tmp/tree; d=0; while [ $d -lt 10 ]; do mkdir /tmp/tree/d$d; f=0; while [ $f -lt 30 ]; do "
        "echo \"$d $f a line of text that is not very long\" > /tmp/tree/d$d/file-$f; f=$((f+1)); done; d=$((d+1)); "
        "done; "
        "dd if=/dev/zero of=/tmp/tree/large bs=65536 count=64 2>/dev/null")
# name, what it is, what runs before and is not counted, the command
JOBS = (
    ("shell-500-forks", "shell: a loop of 500 forks", "",
     "i=0; while [ $i -lt 500 ]; do (exit 0); i=$((i+1)); done"),
    ("shell-100-execs", "shell: a loop of 100 programs", "",
     "i=0; while [ $i -lt 100 ]; do /bin/busybox true; i=$((i+1)); done"),
    ("tar-tree", "tar: pack and unpack 301 files, 4 MB", TREE,
     "/usr/bin/tar cf t.tar tree && mkdir copy && /usr/bin/tar xf t.tar -C copy"),
    ("sqlite-inserts", "sqlite3: 200 transactions, 2,000 rows more in one", "", "sqlite3 t.db < /sql"),
    ("python-start", "python3: start, import json and re", "", "python3 -c 'import json, re'"),
    ("compile-c", "gcc -O2 -c of a small file", "", "gcc -O2 -c /source.c -o t.o"),
    ("redis-unix", "redis: 4,000 requests over a unix socket", "",
     "redis-server --port 0 --unixsocket /tmp/r.sock --save '' --daemonize no --dir /tmp > /dev/null & "
     "n=0; until [ -S /tmp/r.sock ] || [ $n = 1200 ]; do sleep 0.05; n=$((n+1)); done; [ -S /tmp/r.sock ] && "
     "redis-benchmark -s /tmp/r.sock -n 2000 -c 5 -t set,get -q && redis-cli -s /tmp/r.sock shutdown nosave && wait"),
)
TOOLS = ("tar", "sqlite3", "python3", "gcc", "redis-server")
APPLETS = "sh cat dd mkdir rm sleep echo true".split()


def wanted():
    """The jobs whose programs this machine has."""
    have = [job for job in JOBS if not any(tool in job[3] and not shutil.which(tool) for tool in TOOLS)]
    only = os.environ.get("JOBS")
    return [job for job in have if not only or job[0] in only.split()]


def opened(command):
    """Paths of files that the command's processes looked at and found."""
    work = tempfile.mkdtemp()
    for name, text in (("sql", SQL), ("source.c", SOURCE)):
        with open(os.path.join(work, name), "w") as out:
            out.write(text)
    here = command.replace("/tmp/", work + "/").replace(" /sql", " %s/sql" % work)
    here = here.replace(" /source.c", " %s/source.c" % work)
    trace = os.path.join(work, "trace")
    env = {"PATH": "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin", "HOME": work, "LC_ALL": "C", "TMPDIR": work}
    subprocess.run(["strace", "-f", "-qq", "-o", trace, "-e", "trace=%file", "sh", "-c", here], cwd=work, env=env,
                   stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=300)
    found = set()
    with open(trace, errors="replace") as lines:
        for line in lines:
            match = re.search(r'"(/[^"]+)".* = (-?\d+)', line)
            if match and int(match[2]) >= 0 and not match[1].startswith((work, "/proc", "/dev", "/sys", "/tmp")):
                found.add(match[1])
    shutil.rmtree(work)
    return found


class Root:
    """Lines for tools/mkcpio.py; each path once, parents first, links kept."""

    def __init__(self):
        self.seen, self.lines = set(), []

    def add(self, path):
        path = re.sub("/+", "/", path)
        if path in self.seen or path == "/":
            return
        self.add(os.path.dirname(path))
        parent = os.path.realpath(os.path.dirname(path))
        real = os.path.join(parent, os.path.basename(path))
        if os.path.basename(path) in ("..", "."):
            return self.add(os.path.realpath(path))
        if real != path:
            return self.add(real)
        self.seen.add(path)
        if os.path.islink(path):
            self.lines.append("link %s %s" % (path, os.readlink(path)))
            target = os.path.join(parent, os.readlink(path))
            if os.path.exists(target):
                self.add(target)
        elif os.path.isdir(path):
            self.lines.append("dir %s 755" % path)
        elif os.path.isfile(path):
            self.lines.append("file %s %o %s" % (path, os.stat(path).st_mode & 0o777, path))


def listing(work):
    """Of the jobs' root, /jobs: the list, their data, which are put below work, and every file they need."""
    root = Root()
    root.seen |= {"/dev", "/tmp", "/proc"}
    for path in ("/bin /lib /lib64 /usr/bin /etc /var/tmp /bin/busybox /lib64/ld-linux-x86-64.so.2").split():
        root.add(path)
    jobs = ""
    for name, _, before, command in wanted():
        for path in sorted(opened(command)):
            root.add(path)
        jobs += "- rm -rf /tmp/*%s\n%s %s\n" % ("; " + before if before else "", name, command)
    drop = {"/usr/bin/" + name for name in APPLETS} | {"/etc/passwd"}
    lines = [line for line in root.lines if line.split()[1] not in drop]
    lines += ["link /usr/bin/%s busybox" % name for name in APPLETS]
    passwd = "root:x:0:0:root:/root:/bin/sh\n"
    for path, text in (("/list", jobs), ("/sql", SQL), ("/source.c", SOURCE), ("/etc/passwd", passwd)):
        source = work + "/job-" + os.path.basename(path)
        with open(source, "w") as out:
            out.write(text)
        lines.append("file %s 644 %s" % (path, source))
    lines += ["dir /%s 755" % name for name in ("dev", "proc", "tmp")]
    # The kernels' own roots have other links: below a folder, which becomes the root.
    return "dir /jobs 755\n" + "".join(re.sub("^([a-z]+) ", r"\1 /jobs", line) + "\n" for line in lines)

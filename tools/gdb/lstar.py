# SPDX-License-Identifier: Apache-2.0
"""Commands for gdb on a running Lstar kernel: `make gdb`, or source this file.

lx-ps            tasks: tid, process, parent, state, CPU, name
lx-files [PID]   open descriptors (of the running task without PID)
lx-maps [PID]    areas of the address space
lx-locks         spinlocks held, per CPU (builds with DEBUG=1)
lx-cpus          what each CPU runs
"""
import gdb

STATES = {0: "R running", 1: "S sleeping", 2: "D waiting", 4: "T stopped", 8: "X dead"}
VM_LETTERS = ((1, "r"), (2, "w"), (4, "x"))


def value(expression):
    return gdb.parse_and_eval(expression)


def entries(head, type_name, member):
    """The elements of a struct list_head."""
    kind = gdb.lookup_type(type_name)
    offset = next(int(field.bitpos) // 8 for field in kind.fields() if field.name == member)
    node = head["next"]
    while int(node) != int(head.address):
        yield gdb.Value(int(node) - offset).cast(kind.pointer())
        node = node.dereference()["next"]


def processes():
    return entries(value("all_processes"), "struct process", "all_node")


def tasks(process):
    return entries(process["tasks"], "struct task", "group_node")


def text(array):
    return array.string(errors="replace") if int(array.address or 0) else "?"


def running_task():
    thread = value("cpus[%d].arch.current_thread" % (gdb.selected_thread().num - 1))
    return thread.cast(gdb.lookup_type("struct task").pointer())


def find_task(argument):
    if not argument.strip():
        return running_task()
    number = int(argument)
    for process in processes():
        for task in tasks(process):
            if int(task["tid"]) == number or int(process["pid"]) == number:
                return task
    raise gdb.GdbError("no task %d" % number)


def dentry_path(path):
    """The name within its mount, and the mount points above."""
    dentry, mount = path["dentry"], path["mnt"]
    names = []
    while int(dentry):
        if int(mount) and int(dentry) == int(mount["root"]) and int(mount["parent"]):
            dentry, mount = mount["mountpoint"], mount["parent"]
        elif int(dentry["parent"]) == int(dentry):
            break
        else:
            names.append(dentry["name"].string(errors="replace"))
            dentry = dentry["parent"]
    return "/" + "/".join(reversed(names))


class Command(gdb.Command):
    def __init__(self):
        super().__init__(self.name, gdb.COMMAND_STATUS)


class Ps(Command):
    """Tasks: tid, process, parent, state, CPU, name."""
    name = "lx-ps"

    def invoke(self, argument, from_tty):
        print("%6s %6s %6s  %-10s %3s  %-16s %s" % ("TID", "PID", "PPID", "STATE", "CPU", "NAME", "struct task *"))
        for process in processes():
            if bool(process["is_zombie"]):
                print("%6d %6d %6d  Z zombie" % (process["pid"], process["pid"], process["ppid"]))
            for task in tasks(process):
                thread = task["thread"]
                print("%6d %6d %6d  %-10s %3d  %-16s 0x%x" % (
                    task["tid"], process["pid"], process["ppid"], STATES.get(int(thread["state"]), "?"),
                    thread["cpu"], text(thread["comm"]), int(task)))


class Files(Command):
    """Open descriptors of a process, of the running task without an argument."""
    name = "lx-files"

    def invoke(self, argument, from_tty):
        table = find_task(argument)["vfs"]["files"]
        if not int(table):
            raise gdb.GdbError("it has exited")
        for fd in range(int(table["size"])):
            file = table["files"][fd]
            if int(file):
                print("%4d  mode %#04x  flags %#08o  pos %-10d %s" % (
                    fd, file["mode"], file["flags"], file["pos"], dentry_path(file["path"])))


class Maps(Command):
    """Areas of a process's address space."""
    name = "lx-maps"

    def invoke(self, argument, from_tty):
        mm = find_task(argument)["mm"]
        if not int(mm):
            raise gdb.GdbError("no address space: a kernel thread, or it has exited")
        kind = gdb.lookup_type("struct vma")
        offset = next(int(field.bitpos) // 8 for field in kind.fields() if field.name == "node")
        stack, node = [], mm["areas"]["node"]
        while stack or int(node):
            while int(node):
                stack.append(node)
                node = node["left"]
            node = stack.pop()
            vma = gdb.Value(int(node) - offset).cast(kind.pointer())
            flags = int(vma["flags"])
            rights = "".join(letter if flags & bit else "-" for bit, letter in VM_LETTERS)
            if int(vma["file"]):
                name = dentry_path(vma["file"]["path"])
            else:
                name = vma["name"].string() if int(vma["name"]) else ""
            print("%012x-%012x %s%s %s" % (vma["start"], vma["end"], rights, "s" if flags & 8 else "p", name))
            node = node["right"]


class Locks(Command):
    """Spinlocks held, per CPU; the kernel must be built with DEBUG=1."""
    name = "lx-locks"

    def invoke(self, argument, from_tty):
        try:
            held = value("held")
        except gdb.error:
            raise gdb.GdbError("only builds with DEBUG=1 keep a record: make debug")
        for cpu in range(int(value("nr_cpus"))):
            count = int(held[cpu]["n"])
            names = ["%s (rank %d)" % (held[cpu]["lock"][i]["name"].string(), held[cpu]["lock"][i]["rank"])
                     for i in range(count)]
            print("CPU %d: %s" % (cpu, ", ".join(names) or "none"))


class Cpus(Command):
    """What each CPU runs."""
    name = "lx-cpus"

    def invoke(self, argument, from_tty):
        for cpu in range(int(value("nr_cpus"))):
            thread = value("cpus[%d].arch.current_thread" % cpu)
            print("CPU %d: %s" % (cpu, text(thread["comm"]) if int(thread) else "not started"))


for command in (Ps, Files, Maps, Locks, Cpus):
    command()

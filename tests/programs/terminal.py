#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Programs at a terminal, as somebody would use them by hand: bash with job control, vi, less, tmux, top, htop.

usage: terminal.py [--lstar COMMAND] [--show]

The same keys are typed on this machine and at `lstar run`, at a pseudo-terminal each, and the screens must be the same:
a small terminal (class Screen) reads what the programs print. On this machine a step is over when its text is on the
screen and nothing more comes; on Lstar when the screen is as it was here, and stays so. Prints TAP; --show prints the
screens.
"""
import argparse
import codecs
import collections
import fcntl
import os
import pty
import re
import select
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import termios
import threading
import time

ROWS, COLUMNS = 24, 80
QUIET_S = 0.15
LIMIT_S = 10
SHELL = ["bash", "--norc", "--noprofile", "-i"]
ENVIRONMENT = {"TERM": "linux", "PS1": "$ ", "LC_ALL": "C.UTF-8", "HISTFILE": "", "HOME": "/nonexistent", "LESS": "",
               "PATH": "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin", "SHELL": "/bin/bash",
               "EXINIT": "set ttimeoutlen=5"}
CTRL_C, CTRL_Z, ESC = "\x03", "\x1a", "\x1b"
# What differs from run to run: numbers of processes, times.
VARIES = [(re.compile(r"\[(\d)\] \d+$"), r"[\1] PID"), (re.compile(r"fewer lines.* ago *"), "fewer lines ")]


class Screen:
    """As much of a terminal as terminfo's entry "linux" says one has, and what programs use of it."""

    def __init__(self, rows, columns):
        self.rows, self.columns = rows, columns
        self.cells = [[" "] * columns for _ in range(rows)]
        self.row = self.column = 0
        self.top, self.bottom = 0, rows - 1
        self.wraps = False  # the cursor waits behind the last column
        self.saved = (0, 0)
        self.rest = ""
        self.decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self.answer = ""  # to questions about the cursor and the kind of terminal

    def resize(self, rows, columns):
        self.cells = [(line + [" "] * columns)[:columns] for line in self.cells[:rows]]
        self.cells += [[" "] * columns for _ in range(rows - len(self.cells))]
        self.rows, self.columns = rows, columns
        self.top, self.bottom = 0, rows - 1
        self.move(self.row, self.column)

    def text(self):
        lines = ["".join(line).rstrip() for line in self.cells]
        for pattern, to in VARIES:
            lines = [pattern.sub(to, line) for line in lines]
        return lines

    def move(self, row, column):
        self.row = min(max(row, 0), self.rows - 1)
        self.column = min(max(column, 0), self.columns - 1)
        self.wraps = False

    def scroll(self, n):
        for _ in range(abs(n)):
            if n > 0:
                del self.cells[self.top]
                self.cells.insert(self.bottom, [" "] * self.columns)
            else:
                del self.cells[self.bottom]
                self.cells.insert(self.top, [" "] * self.columns)

    def line_feed(self):
        if self.row == self.bottom:
            self.scroll(1)
        elif self.row < self.rows - 1:
            self.row += 1

    def put(self, c):
        if self.wraps:
            self.column, self.wraps = 0, False
            self.line_feed()
        self.cells[self.row][self.column] = c
        if self.column == self.columns - 1:
            self.wraps = True
        else:
            self.column += 1

    def erase(self, row, start, end):
        self.cells[row][start:end] = [" "] * (end - start)

    def erase_display(self, how):
        if how == 0:
            self.erase(self.row, self.column, self.columns)
        elif how == 1:
            self.erase(self.row, 0, self.column + 1)
        for row in range(self.rows):
            if how >= 2 or (row > self.row if how == 0 else row < self.row):
                self.erase(row, 0, self.columns)

    def shift_lines(self, n):
        """Lines move down from the cursor's on (n > 0), or up to it."""
        top, self.top = self.top, self.row
        self.scroll(-n)
        self.top = top

    def shift_cells(self, n):
        line = self.cells[self.row]
        if n > 0:
            line[self.column:self.column] = [" "] * n
        else:
            del line[self.column:self.column - n]
        self.cells[self.row] = (line + [" "] * self.columns)[:self.columns]

    def control(self, final, args):
        n = args[0] if args and args[0] else 1
        first = args[0] if args else 0
        line = self.row
        if final in "Hf":
            self.move(n - 1, (args[1] if len(args) > 1 and args[1] else 1) - 1)
        elif final in "ABCDEFGd`e":
            places = {"A": (line - n, self.column), "B": (line + n, self.column), "C": (line, self.column + n),
                      "D": (line, self.column - n), "E": (line + n, 0), "F": (line - n, 0), "G": (line, n - 1),
                      "`": (line, n - 1), "d": (n - 1, self.column), "e": (line + n, self.column)}
            self.move(*places[final])
        elif final == "J":
            self.erase_display(first)
        elif final == "K":
            ends = {0: (self.column, self.columns), 1: (0, self.column + 1), 2: (0, self.columns)}
            self.erase(line, *ends[first])
        elif final in "LM":
            self.shift_lines(n if final == "L" else -n)
        elif final in "@P":
            self.shift_cells(n if final == "@" else -n)
        elif final == "X":
            self.erase(line, self.column, min(self.column + n, self.columns))
        elif final in "ST":
            self.scroll(n if final == "S" else -n)
        elif final == "r":
            self.top, self.bottom = n - 1, (args[1] if len(args) > 1 and args[1] else self.rows) - 1
            self.move(0, 0)
        elif final == "n" and first == 6:
            self.answer += "\x1b[%d;%dR" % (line + 1, self.column + 1)
        elif final == "c":
            self.answer += "\x1b[?6c"
        elif final == "s":
            self.saved = (self.row, self.column)
        elif final == "u":
            self.move(*self.saved)

    def escape(self, c):
        if c == "M":
            if self.row == self.top:
                self.scroll(-1)
            else:
                self.move(self.row - 1, self.column)
        elif c == "D":
            self.line_feed()
        elif c == "E":
            self.column = 0
            self.line_feed()
        elif c == "7":
            self.saved = (self.row, self.column)
        elif c == "8":
            self.move(*self.saved)
        elif c == "c":
            self.__init__(self.rows, self.columns)

    SEQUENCE = re.compile(r"\x1b(?:\[([?>=]?)([\d;]*[ -/]*)([@-~])|[\]P]([^\x07\x1b]*)(?:\x07|\x1b\\)|"
                          r"([()])(.)|([^\[\]P()]))", re.DOTALL)

    def feed(self, data):
        text = self.rest + self.decoder.decode(data)
        at = 0
        while at < len(text):
            c = text[at]
            if c == "\x1b":
                m = self.SEQUENCE.match(text, at)
                if not m:
                    break  # the rest of it is still to come
                if m.group(3) and not m.group(1) and re.fullmatch(r"[\d;]*", m.group(2)):
                    self.control(m.group(3), [int(a or 0) for a in m.group(2).split(";")])
                elif m.group(7):
                    self.escape(m.group(7))
                at = m.end()
                continue
            if c == "\r":
                self.column, self.wraps = 0, False
            elif c in "\n\v\f":
                self.line_feed()
            elif c == "\b":
                self.move(self.row, self.column - 1)
            elif c == "\t":
                self.move(self.row, (self.column // 8 + 1) * 8)
            elif c >= " ":
                self.put(c)
            at += 1
        self.rest = text[at:]


def socket_of(directory):
    """tmux's: not every file system that Lstar shows of the host has sockets."""
    return "/dev/shm/" + os.path.basename(directory)


class Terminal:
    """A command at a pseudo-terminal, as its leader of a session."""

    def __init__(self, command, directory):
        self.screen = Screen(ROWS, COLUMNS)
        self.pid, self.fd = pty.fork()
        if not self.pid:
            os.chdir(directory)
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
            os.execvpe(command[0], command, dict(ENVIRONMENT, S=socket_of(directory)))

    def read(self, timeout_s):
        """False: nothing came."""
        if not select.select([self.fd], [], [], timeout_s)[0]:
            return False
        try:
            data = os.read(self.fd, 65536)
        except OSError:
            data = b""
        self.screen.feed(data)
        if self.screen.answer:
            self.send(self.screen.answer)
            self.screen.answer = ""
        return bool(data)

    def send(self, keys):
        os.write(self.fd, keys.encode())

    def resize(self, rows, columns):
        self.screen.resize(rows, columns)
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def wait(self, is_done):
        """Until is_done(lines of the screen); False: it took too long."""
        end = time.monotonic() + LIMIT_S
        while not is_done(self.screen.text()):
            if time.monotonic() > end:
                return False
            self.read(0.05)
        return True

    def settle(self):
        while self.read(QUIET_S):
            pass

    def close(self):
        """The exit status of the command, once it has ended; None: it had to be killed."""
        end = time.monotonic() + LIMIT_S
        status = None
        while status is None and time.monotonic() < end:
            self.read(0.05)
            pid, code = os.waitpid(self.pid, os.WNOHANG)
            status = os.waitstatus_to_exitcode(code) if pid else None
        if status is None:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
        os.close(self.fd)
        return status


class Type:
    """Keys, and the text that is on the screen when they have done their work."""

    def __init__(self, name, keys, until, size=None, is_compared=True):
        self.name, self.keys, self.until, self.size, self.is_compared = name, keys, until, size, is_compared

    def is_done(self, lines):
        return re.search(self.until, "\n".join(lines), re.MULTILINE) is not None


def steps():
    at_prompt = r"^\$ *\Z|^\$\s*\Z"
    yield Type("bash: the prompt", "", at_prompt)
    yield Type("bash: a line is edited", "ecjo X\x1b[D\x1b[D\x1b[D\x1b[D\x7fh\x1b[CY\n", r"^XY|^YX|Y.*\n\$ *\n*\Z")
    yield Type("bash: a job", "echo go; sleep 100\n", r"^go$")
    yield Type("bash: Ctrl-C ends it", CTRL_C, r"^\^C\n\$")
    yield Type("bash: with this status", "echo $?\n", r"^130\n\$")
    yield Type("bash: Ctrl-C drops a line", "not this" + CTRL_C, r"\^C\n\$ *\n*\Z")
    yield Type("bash: a foreground job", "clear; echo go; sleep 200\n", r"\Ago\n*\Z")
    yield Type("bash: Ctrl-Z stops it", CTRL_Z, r"Stopped +sleep 200\n\$")
    yield Type("bash: bg", "bg; jobs\n", r"Running +sleep 200 &\n\$")
    yield Type("bash: fg", "fg\n", r"^sleep 200$")
    yield Type("bash: Ctrl-Z again", CTRL_Z, r"Stopped(.|\n)*Stopped +sleep 200\n\$")
    yield Type("bash: fg again", "fg\n", r"sleep 200\n*\Z")
    yield Type("bash: and Ctrl-C", CTRL_C, r"^\^C\n\$")
    yield Type("bash: a reader in the background", "clear; cat & sleep 0.1; jobs\n", r"Stopped +cat\n\$")
    yield Type("bash: in the foreground", "fg\n", r"^cat$")
    yield Type("bash: it reads", "some words\n", r"some words\nsome words\n")
    yield Type("bash: until the end of file", "\x04", r"words\n\$ *\n*\Z")
    yield Type("bash: TOSTOP", "clear; stty tostop; echo x & sleep 0.1; jobs; stty -tostop; fg\n",
               r"^echo x\nx\n\$")
    yield Type("bash: the size of the terminal", "clear; stty size\n", r"^24 80")

    yield Type("vi: a new file", "vi text\n", r"\"text\" \[New")
    yield Type("vi: insert", "ione\ntwo\nthree\nfour" + ESC, r"^four")
    yield Type("vi: move and change", "ggdw" + "ifirst" + ESC + "jddGp", r"^first\n(.|\n)*four\ntwo")
    yield Type("vi: search and replace", ":%s/o/0/g\n", r"^f0ur\ntw0")
    yield Type("vi: copies", "ggyy40p", r"40 more lines")
    yield Type("vi: a page down", "\x06", r"tw0|f0ur")
    yield Type("vi: the window grows", "", r"", size=(30, 100))
    yield Type("vi: and shrinks", "", r"", size=(12, 60))
    yield Type("vi: undo", "u", r"40 fewer lines")
    yield Type("vi: Ctrl-Z and back", CTRL_Z, r"Stopped +vi text\n\$")
    yield Type("vi: fg draws it again", "fg\n", r"^f0ur\ntw0")
    yield Type("vi: back to size", "", r"", size=(ROWS, COLUMNS))
    yield Type("vi: write and quit", ":wq\n", r"written\n*\$")
    yield Type("vi: what it wrote", "clear; cat text; rm -f .text.sw*\n", r"^first\nthree\nf0ur\ntw0\n\$")

    yield Type("less: the first page", "clear; seq 1 500 | sed 's/.*/line & of 500/' >long; less long\n", r"line 23 of")
    yield Type("less: a page down", " ", r"line 46 of")
    yield Type("less: search", "/line 30[05]\n", r"\Aline 300 of")
    yield Type("less: the next", "n", r"\Aline 305 of")
    yield Type("less: backwards", "?line 77 \n", r"\Aline 77 of")
    yield Type("less: the end", "G", r"line 500 of")
    yield Type("less: the start", "g", r"\Aline 1 of")
    yield Type("less: the window shrinks", "", r"", size=(10, 40))
    yield Type("less: a short page down", " ", r"line 18 of")
    yield Type("less: back to size", "", r"", size=(ROWS, COLUMNS))
    yield Type("less: quits", "q", r"^\$ *\n*\Z")
    yield Type("less: reads a pipe", "clear; cat long | less\n", r"line 23 of")
    yield Type("less: Ctrl-C is not its end", CTRL_C, r"")
    yield Type("less: quits again", "q", r"^\$ *\n*\Z")

    yield Type("tmux: starts", "clear; tmux -S $S -f tmux.conf new-session -n w\n",
               r"\[0\] 0:w\*")
    yield Type("tmux: a command", "PS1='% '; clear; echo in $((6*7))\n", r"^in 42\n%")
    yield Type("tmux: two panes", "\x02\"", r"^[^%]*42\n%(.|\n)*[-\u2500q\u00c4]{20}")
    yield Type("tmux: the lower one", "PS1='> '; clear; stty size\n", r"^1[01] 80\n>")
    yield Type("tmux: the upper one", "\x02oecho up\n", r"^up\n%")
    yield Type("tmux: the window shrinks", "", r"", size=(20, 70))
    yield Type("tmux: back to size", "", r"", size=(ROWS, COLUMNS))
    yield Type("tmux: detach", "\x02d", r"^\[detached")
    yield Type("tmux: attach", "tmux -S $S attach\n", r"^up\n%")
    yield Type("tmux: its prompt", "\x02:", r"^:\Z")
    yield Type("tmux: ends", "kill-server\r", r"^\[server exited\]|^\[exited\]|no server")

    yield Type("top: shows itself", "clear; top -d 60\n", r"^Tasks: .*\n(.*\n)* +PID USER", is_compared=False)
    yield Type("top: help", "h", r"^Help for Interactive Commands", is_compared=False)
    yield Type("top: back, and sorts by memory", "qM", r"^Tasks: .*\n(.*\n)* +PID USER", is_compared=False)
    yield Type("top: quits", "q", r"^\$ *\n*\Z", is_compared=False)
    yield Type("htop: shows itself", "clear; htop -d 100\n", r"PID.*USER(.|\n)*F10", is_compared=False)
    yield Type("htop: help", "h", r"htop \d", is_compared=False)
    yield Type("htop: back", " ", r"PID.*USER(.|\n)*F10", is_compared=False)
    yield Type("htop: quits", "q", r"^\$ *\n*\Z", is_compared=False)
    yield Type("bash: the end", "clear; echo over\n", r"^over\n\$")


class Reference:
    """The screens of this machine, as they come; it plays in a thread of its own, a step or more ahead."""

    def __init__(self):
        self.results = []
        self.thread = threading.Thread(target=lambda: run(SHELL, None, self.results), daemon=True)
        self.thread.start()

    def screen(self, index):
        """None: this machine got stuck before."""
        while len(self.results) <= index and self.thread.is_alive():
            time.sleep(0.01)
        return self.results[index].lines if index < len(self.results) and self.results[index].is_good else None


Result = collections.namedtuple("Result", "step is_good want lines")


def play(command, directory, reference, results):
    terminal = Terminal(command, directory)
    failed = 0
    for index, step in enumerate(steps()):
        want = reference.screen(index) if reference else None
        if reference and want is None:
            break
        if step.size:
            terminal.resize(*step.size)
        if step.keys:
            terminal.send(step.keys)
        if not step.is_compared:
            want = None
        is_good = terminal.wait((lambda lines: lines == want) if want else step.is_done)
        terminal.settle()
        lines = terminal.screen.text()
        is_good = is_good and (not want or lines == want)
        results.append(Result(step, is_good, want, lines))
        failed += not is_good
        if not is_good and (not want or failed == 3):
            break  # the keys of the rest would go elsewhere
    terminal.send("exit 3\n")
    status = terminal.close()
    last = Type("the shell's status is the command's", "", "")
    results.append(Result(last, status == 3, None, ["status %s" % status]))


def prepare(directory):
    with open(directory + "/tmux.conf", "w") as f:
        f.write("set -g status-right ''\nset -g escape-time 0\nset -g assume-paste-time 0\n"
                "set -g default-terminal linux\n"
                "set -g default-command 'exec bash --norc --noprofile'\n")


def run(command, reference, results):
    directory = tempfile.mkdtemp(prefix="lstar-terminal-")
    prepare(directory)
    try:
        play(command, directory, reference, results)
    finally:
        if os.path.exists(socket_of(directory)):
            subprocess.run(["tmux", "-S", socket_of(directory), "kill-server"], stderr=subprocess.DEVNULL, check=False)
            os.unlink(socket_of(directory))
        shutil.rmtree(directory, ignore_errors=True)


def report(results, where, show):
    failed = 0
    for number, result in enumerate(results, 1):
        print("%sok %d - %s" % ("" if result.is_good else "not ", number, result.step.name))
        failed += not result.is_good
        if show or not result.is_good:
            for title, screen in (("expected", result.want), (where, result.lines)):
                for line in screen or []:
                    print("# %s |%s" % (title, line))
    print("1..%d" % (len(list(steps())) + 1))
    return 1 if failed else 0


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--lstar", default=os.environ.get("LSTAR"))
    parser.add_argument("--show", action="store_true")
    options = parser.parse_args()
    here, there = Reference(), []
    if options.lstar:
        command = [os.path.abspath(options.lstar), "run", "--timeout", "120", "--bind", ".", "--"] + SHELL
        run(command, here, there)
    here.thread.join()
    if not options.lstar or not all(result.is_good for result in here.results):
        return report(here.results, "here", options.show)
    return report(there, "on Lstar", options.show)


if __name__ == "__main__":
    sys.exit(main())

# SPDX-License-Identifier: Apache-2.0
"""What the benchmark found: the table of bars, docs/performance.md's tables, the plot."""
import math
import re
import statistics

import jobs

DOCUMENT = "docs/performance.md"
PLOT = "docs/performance.svg"
RATIO_BAR = 0.6
MEAN_BAR = 0.4
GROWTH = (("open-among", "open and close, files in the directory"), ("fork-with", "fork, exit, wait; pages of 4 KiB"),
          ("fork-with-any", "fork, exit, wait; pages, huge ones allowed"),
          ("fork-rewritten", "the same, and before it a write to each 2 MiB"),
          ("epoll-of", "epoll_wait, one ready of so many"),
          ("futex-wake-beside", "FUTEX_WAKE, waiters of other words"), ("mmap-among", "mmap and munmap, areas"))
SCALE = (("scale-getppid", "getppid"), ("scale-read-zero", "read, 1 byte of /dev/zero"),
         ("scale-open-close", "open and close, a file of its own"), ("scale-pipe", "pipe: write 1 byte, read 1 byte"),
         ("scale-mmap-touch", "mmap, touch a page, munmap"))


def number(value):
    return "" if value is None else format(value, ",")


class Row:
    def __init__(self, name, title, bar, lstar, linux):
        self.name, self.title, self.bar, self.lstar, self.linux = name, title, bar, lstar, linux

    @property
    def limit(self):
        """The bar in instructions: the row's own, or the ratio's."""
        return self.bar if self.bar is not None else self.linux and int(self.linux * RATIO_BAR)


class Bars:
    """tests/bench/bars.tbl: per micro row the bar, Lstar's count and Linux's."""

    def __init__(self, path):
        self.path, self.head, self.rows = path, "", []
        for line in open(path):
            if line.startswith("#") or not line.strip():
                self.head += line
                continue
            name, title, *counts = [cell.strip() for cell in line.split("|")]
            self.rows.append(Row(name, title, *[int(count) if count != "-" else None for count in counts]))

    def update(self, result):
        for row in self.rows:
            row.lstar = result.kernels["lstar"].micro.get(row.name)
            row.linux = result.kernels["linux"].micro.get(row.name)

    def write(self):
        def cell(count):
            return "-" if count is None else str(count)
        with open(self.path, "w") as out:
            out.write(self.head)
            for row in self.rows:
                out.write("%-22s | %-46s | %6s | %9s | %s\n" % (
                    row.name, row.title, cell(row.bar), cell(row.lstar), cell(row.linux)))


class Figures:
    def __init__(self):
        self.micro, self.pti, self.growth, self.scale, self.jobs, self.first = {}, {}, {}, {}, {}, None
        self.ns = {}  # with KVM, where it works


class Result:
    def __init__(self):
        self.kernels = {"lstar": Figures(), "linux": Figures()}
        self.times, self.image = ([], []), (0, 0)


def ratio(ours, theirs):
    return "" if not ours or not theirs else "%.2f" % (ours / theirs)


def table(heads, rows):
    text = "| " + " | ".join(heads) + " |\n|---" + "|---:" * (len(heads) - 1) + "|\n"
    return text + "".join("| " + " | ".join(row) + " |\n" for row in rows)


def mean(bars):
    ratios = [row.lstar / row.linux for row in bars.rows if row.lstar and row.linux]
    return math.exp(sum(math.log(value) for value in ratios) / len(ratios))


def micro_table(result, bars):
    lstar, linux = result.kernels["lstar"], result.kernels["linux"]
    rows = [(row.title, number(row.linux), number(row.lstar), ratio(row.lstar, row.linux), number(row.limit),
             number(linux.pti.get(row.name)), number(lstar.pti.get(row.name))) for row in bars.rows]
    heads = ("Call", "Linux", "Lstar", "ratio", "bar", "Linux, isolation on", "Lstar, isolation on")
    if lstar.ns:
        heads += ("Linux, ns with KVM", "Lstar, ns with KVM")
        rows = [row + tuple("%.1f" % ns[bar.name] if bar.name in ns else "" for ns in (linux.ns, lstar.ns))
                for row, bar in zip(rows, bars.rows)]
    text = table(heads, rows)
    above = [row.title for row in bars.rows if row.lstar and row.limit and row.lstar > row.limit]
    text += "\nGeometric mean of the ratios: %.2f (bar %.2f). " % (mean(bars), MEAN_BAR)
    return text + ("Above their bars: %s.\n" % "; ".join(above) if above else "No row is above its bar.\n")


def jobs_table(result):
    lstar, linux = result.kernels["lstar"].jobs, result.kernels["linux"].jobs
    return table(("Job", "Linux", "Lstar", "ratio"),
                 [(title, number(linux.get(name)), number(lstar.get(name)), ratio(lstar.get(name), linux.get(name)))
                  for name, title, _, _ in jobs.JOBS if name in lstar or name in linux])


def growth_table(result):
    lstar, linux = result.kernels["lstar"].growth, result.kernels["linux"].growth
    rows = []
    for stem, title in GROWTH:
        sizes = sorted(int(name[len(stem) + 1:]) for name in linux if re.fullmatch(stem + r"-\d+", name))
        for size in sizes:
            name = "%s-%d" % (stem, size)
            least = "%s-%d" % (stem, sizes[0])
            rows.append((title if size == sizes[0] else "", number(size), number(linux.get(name)),
                         number(lstar.get(name)), ratio(lstar.get(name), linux.get(name)),
                         "%.2f" % (linux[name] / linux[least]), "%.2f" % (lstar[name] / lstar[least])))
    return table(("Call", "size", "Linux", "Lstar", "ratio", "Linux's growth", "Lstar's growth"), rows)


def scale_table(result):
    rows = []
    for stem, title in SCALE:
        for kernel in ("linux", "lstar"):
            found = result.kernels[kernel].scale
            one = found["%s-1" % stem]
            rows.append([title if kernel == "linux" else "", kernel.capitalize(), number(one)] +
                        ["%s (%.2fx)" % (number(found["%s-%d" % (stem, cpus)]),
                                         cpus * one / found["%s-%d" % (stem, cpus)]) for cpus in (2, 4)])
    return table(("Call", "kernel", "1 CPU", "2 CPUs", "4 CPUs"), rows)


def start_table(result):
    lstar, linux = result.kernels["lstar"], result.kernels["linux"]
    ours, theirs = result.times
    text = "Guest instructions to the first user instruction: Lstar %s, Linux %s.\n\n" % (
        number(lstar.first), number(linux.first))
    text += table(("Seconds, %d runs each" % len(ours), "least", "median"),
                  (("`lstar run true`, from the shell's exec to its exit",
                    "%.3f" % min(ours), "%.3f" % statistics.median(ours)),
                   ("Debian's cloud kernel: QEMU's start to its end, process 1 ends the machine at once",
                    "%.3f" % min(theirs), "%.3f" % statistics.median(theirs))))
    return text + "\nThe kernel image has %s bytes, %s of them the embedded root.\n" % tuple(map(number, result.image))


def plot(bars):
    """Each row's ratio as a bar; what is above the ratio's bar in another colour."""
    rows = [row for row in bars.rows if row.lstar and row.linux]
    left, width, height, top = 300, 480, 18, 40
    most = max(1.0, max(row.lstar / row.linux for row in rows))
    bottom = top + height * len(rows)

    def x(value):
        return left + width * value / most
    text = ('<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" font-family="sans-serif" font-size="12">\n'
            '<rect width="100%%" height="100%%" fill="#fff"/>\n'
            '<text x="%d" y="18" font-size="14">Instructions per call: Lstar / Linux (less is better)</text>\n'
            % (left + width + 60, bottom + 30, 10))
    for i, row in enumerate(rows):
        value, y = row.lstar / row.linux, top + height * i
        text += ('<text x="%d" y="%d" text-anchor="end">%s</text><rect x="%d" y="%d" width="%.1f" height="%d" '
                 'fill="%s"/><text x="%.1f" y="%d">%.2f</text>\n'
                 % (left - 6, y + 13, row.title.replace("&", "&amp;").replace("<", "&lt;"), left, y + 3,
                    x(value) - left, height - 6, "#3b7dd8" if value <= RATIO_BAR else "#d8743b", x(value) + 4, y + 13,
                    value))
    for value, label in ((MEAN_BAR, "0.4"), (RATIO_BAR, "0.6"), (1.0, "Linux")):
        text += ('<line x1="%.1f" x2="%.1f" y1="%d" y2="%d" stroke="#888" stroke-dasharray="3,3"/>'
                 '<text x="%.1f" y="%d" text-anchor="middle" fill="#555">%s</text>\n'
                 % (x(value), x(value), top - 6, bottom, x(value), bottom + 16, label))
    return text + "</svg>\n"


def replace(text, block, body):
    begin, end = "<!-- make bench: %s -->\n" % block, "<!-- end -->"
    before, _, rest = text.partition(begin)
    if not rest:
        raise SystemExit("bench: %s has no block '%s'" % (DOCUMENT, block))
    return before + begin + "\n" + body + "\n" + end + rest.partition(end)[2]


def write(result, bars):
    releases = tuple(result.kernels[kernel].micro["release"] for kernel in ("linux", "lstar"))
    blocks = {"kernels": "Linux is %s, Lstar says it is %s.\n" % releases, "micro": micro_table(result, bars),
              "jobs": jobs_table(result), "growth": growth_table(result), "scale": scale_table(result),
              "start": start_table(result)}
    with open(DOCUMENT) as document:
        text = document.read()
    for block, body in blocks.items():
        print("\n%s" % body)
        text = replace(text, block, body)
    with open(DOCUMENT, "w") as document:
        document.write(text)
    with open(PLOT, "w") as out:
        out.write(plot(bars))
    print("bench: wrote %s and %s" % (DOCUMENT, PLOT))
    return 0

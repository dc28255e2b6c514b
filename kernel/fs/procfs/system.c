/* Machine-wide entries, and the root table. */
#include "proc/pid_ns.h"
#include "fs/procfs/limits.h"
#include "proc/ns.h"
#include "core/cpu.h"
#include "core/irq.h"
#include "core/param.h"
#include "core/time.h"
#include "lib/err.h"
#include "lib/printf.h"
#include "lib/string.h"
#include "mm/kmalloc.h"
#include "mm/page.h"
#include <linux/capability.h>

#define KIB(pages)  ((pages) * (PAGE_SIZE / 1024))
#define USER_HZ	    100
#define NS_PER_TICK (NSEC_PER_SEC / USER_HZ)

static void put_kb(struct proc_buf *b, const char *name, u64 kb)
{
	size_t line = b->len;

	proc_printf(b, "%s:", name);
	proc_pad(b, line, 16);
	proc_printf(b, "%8lu kB\n", kb);
}

int show_meminfo(struct proc_buf *b, const struct proc_who *who)
{
	struct mem_stats m;

	mem_stats(&m);
	put_kb(b, "MemTotal", KIB(m.total_pages));
	put_kb(b, "MemFree", KIB(m.free_pages));
	put_kb(b, "MemAvailable", KIB(m.free_pages + m.cached_pages));
	put_kb(b, "Buffers", 0);
	put_kb(b, "Cached", KIB(m.cached_pages + m.shmem_pages));
	put_kb(b, "SwapCached", 0);
	/* One list of file pages, none of anonymous ones: there is no swap. */
	put_kb(b, "Active", KIB(m.anon_pages + m.shmem_pages));
	put_kb(b, "Inactive", KIB(m.cached_pages));
	put_kb(b, "Active(anon)", KIB(m.anon_pages + m.shmem_pages));
	put_kb(b, "Inactive(anon)", 0);
	put_kb(b, "Active(file)", 0);
	put_kb(b, "Inactive(file)", KIB(m.cached_pages));
	put_kb(b, "Unevictable", KIB(m.mlocked_pages));
	put_kb(b, "Mlocked", KIB(m.mlocked_pages));
	put_kb(b, "SwapTotal", 0);
	put_kb(b, "SwapFree", 0);
	put_kb(b, "Dirty", KIB(m.dirty_pages));
	put_kb(b, "Writeback", 0);
	put_kb(b, "AnonPages", KIB(m.anon_pages));
	put_kb(b, "Shmem", KIB(m.shmem_pages));
	put_kb(b, "KReclaimable", 0);
	put_kb(b, "Slab", KIB(m.slab_pages));
	put_kb(b, "SReclaimable", 0);
	put_kb(b, "SUnreclaim", KIB(m.slab_pages));
	put_kb(b, "KernelStack", KIB(m.kstack_pages));
	put_kb(b, "PageTables", KIB(m.table_pages));
	put_kb(b, "CommitLimit", KIB(mm_commit_limit_pages()));
	put_kb(b, "Committed_AS", KIB(mm_committed_pages()));
	proc_printf(b, "VmallocTotal:   34359738367 kB\n");
	put_kb(b, "VmallocUsed", KIB(m.kstack_pages));
	proc_printf(b, "HugePages_Total:       0\nHugePages_Free:        0\n"
		       "HugePages_Rsvd:        0\nHugePages_Surp:        0\n");
	put_kb(b, "Hugepagesize", 2048);
	put_kb(b, "Hugetlb", 0);
	return 0;
}

int show_cpuinfo(struct proc_buf *b, const struct proc_who *who)
{
	static const size_t block = 4096;
	unsigned i;

	for_each_cpu (i) {
		size_t len = b->len;

		for (size_t n = 0; n < block; n += 256) /* room for one block */
			proc_write(b,
				   "                                                               "
				   "                 "
				   "                                                               "
				   "                 "
				   "                                                               "
				   "                 "
				   "                ",
				   256);
		if (b->is_short)
			return -ENOMEM;
		arch_cpuinfo(i, b->data + len, block);
		b->len = len + strlen(b->data + len);
	}
	return 0;
}

/* Time no thread ran, over all CPUs: the idle threads' own CPU time. */
static u64 idle_ns(unsigned cpu)
{
	return cpus[cpu].idle ? thread_cpu_time_ns(cpus[cpu].idle) : 0;
}

int show_uptime(struct proc_buf *b, const struct proc_who *who)
{
	u64 up = now_mono_ns() / (NSEC_PER_SEC / 100), idle = 0;
	unsigned i;

	for_each_cpu (i)
		idle += idle_ns(i);
	idle /= NSEC_PER_SEC / 100;
	proc_printf(b, "%lu.%02lu %lu.%02lu\n", up / 100, up % 100, idle / 100, idle % 100);
	return 0;
}

int show_loadavg(struct proc_buf *b, const struct proc_who *who)
{
	u64 load[3];

	sched_loadavg(load);
	for (unsigned i = 0; i < 3; i++)
		proc_printf(b, "%lu.%02lu ", load[i] >> 16, ((load[i] & 0xffff) * 100) >> 16);
	proc_printf(b, "%u/%u %d\n", sched_nr_running(), nr_tasks_total(), pid_last());
	return 0;
}

int show_version(struct proc_buf *b, const struct proc_who *who)
{
	proc_printf(b, "Linux version %s (lstar) %s\n", init_uts.name.release,
		    init_uts.name.version);
	return 0;
}

static void put_cpu(struct proc_buf *b, const struct cpu_stat *s)
{
	proc_printf(b, " %lu 0 %lu %lu 0 0 0 0 0 0\n", s->user_ns / NS_PER_TICK,
		    s->kernel_ns / NS_PER_TICK, s->idle_ns / NS_PER_TICK);
}

int show_machine_stat(struct proc_buf *b, const struct proc_who *who)
{
	struct cpu_stat sum = {0}, one;
	unsigned i, nr_blocked;
	u64 minflt, majflt, irqs = 0;

	for_each_cpu (i) {
		sched_cpu_stat(i, &one);
		sum.user_ns += one.user_ns;
		sum.kernel_ns += one.kernel_ns;
		sum.idle_ns += one.idle_ns;
		sum.nr_switches += one.nr_switches;
	}
	proc_printf(b, "cpu ");
	put_cpu(b, &sum);
	for_each_cpu (i) {
		sched_cpu_stat(i, &one);
		proc_printf(b, "cpu%u", i);
		put_cpu(b, &one);
	}
	for (i = 0; i < 64; i++)
		irqs += irq_count(i);
	proc_count_tasks(&minflt, &majflt, &nr_blocked);
	proc_printf(b, "intr %lu\nctxt %lu\nbtime %lu\nprocesses %lu\n", irqs, sum.nr_switches,
		    boot_real_ns() / NSEC_PER_SEC, pid_nr_made());
	proc_printf(b, "procs_running %u\nprocs_blocked %u\nsoftirq 0 0 0 0 0 0 0 0 0 0 0\n",
		    sched_nr_running(), nr_blocked);
	return 0;
}

int show_cmdline_machine(struct proc_buf *b, const struct proc_who *who)
{
	const char *s = param_cmdline();

	proc_write(b, s, strlen(s));
	proc_write(b, "\n", 1);
	return 0;
}

static int self_readlink(const struct proc_who *who, char *buf, size_t size)
{
	int pid = proc_nr(who, current->process->pid);

	return pid ? scnprintf(buf, size, "%d", pid) : -ENOENT;
}

static int thread_self_readlink(const struct proc_who *who, char *buf, size_t size)
{
	int pid = proc_nr(who, current->process->pid);

	return pid ? scnprintf(buf, size, "%d/task/%d", pid, proc_nr(who, current->tid)) : -ENOENT;
}

static int mounts_readlink(const struct proc_who *who, char *buf, size_t size)
{
	return scnprintf(buf, size, "self/mounts");
}

#define RO(n, f)                                             \
	{                                                    \
		.name = n, .mode = S_IFREG | 0444, .show = f \
	}
#define DIR(n, c)                                                \
	{                                                        \
		.name = n, .mode = S_IFDIR | 0555, .children = c \
	}

/* --- /proc itself --- */

static const struct proc_entry pid_dir = {.name = "PID",
					  .mode = S_IFDIR | 0555,
					  .children = proc_pid_entries};

static const struct proc_entry *find_pid(const struct proc_who *who, const char *name,
					 struct proc_who *child)
{
	u64 pid;
	struct process *p;

	if (name[0] == '0' || !parse_u64(name, 10, &pid, NULL) || pid > PID_MAX)
		return NULL;
	if (who->ns)
		pid = (u64)MAX(pid_from_ns(who->ns, (int)pid), 0);
	p = process_find_pid((int)pid);
	if (!p)
		return NULL;
	process_put(p);
	*child = (struct proc_who){.ns = who->ns, .pid = (int)pid, .fd = -1};
	return &pid_dir;
}

static int show_config(struct proc_buf *b, const struct proc_who *who)
{
	extern const char config_gz_start[], config_gz_end[]; /* config_gz.S */

	proc_write(b, config_gz_start, (size_t)(config_gz_end - config_gz_start));
	return 0;
}

/* The cookie is the last process number listed. */
static bool list_pids(const struct proc_who *who, u64 *cookie, char *name, size_t size,
		      unsigned *dtype, u64 *ino)
{
	int nr = (int)*cookie + 1;
	struct process *p = process_next_in(who->ns ? who->ns : &init_pid_ns, &nr);

	if (!p)
		return false;
	*cookie = (u64)nr;
	*ino = 0x200000000ul + (u64)p->pid;
	*dtype = 4;
	snprintf(name, size, "%d", nr);
	process_put(p);
	return true;
}

static int net_readlink(const struct proc_who *who, char *buf, size_t size)
{
	return scnprintf(buf, size, "self/net");
}

static const struct proc_entry root_entries[] = {
	{.name = "self", .mode = S_IFLNK | 0777, .readlink = self_readlink},
	{.name = "thread-self", .mode = S_IFLNK | 0777, .readlink = thread_self_readlink},
	{.name = "mounts", .mode = S_IFLNK | 0777, .readlink = mounts_readlink},
	{.name = "net", .mode = S_IFLNK | 0777, .readlink = net_readlink},
	RO("meminfo", show_meminfo),
	RO("cpuinfo", show_cpuinfo),
	RO("uptime", show_uptime),
	RO("loadavg", show_loadavg),
	RO("version", show_version),
	RO("stat", show_machine_stat),
	RO("filesystems", show_filesystems),
	RO("cmdline", show_cmdline_machine),
	RO("config.gz", show_config),
	RO("vmstat", show_vmstat),
	RO("zoneinfo", show_zoneinfo),
	RO("buddyinfo", show_buddyinfo),
	{.name = "slabinfo", .mode = S_IFREG | 0400, .show = show_slabinfo},
	RO("interrupts", show_interrupts),
	RO("softirqs", show_softirqs),
	RO("devices", show_devices),
	RO("misc", show_nothing),
	RO("modules", show_nothing),
	RO("partitions", show_partitions),
	RO("diskstats", show_nothing),
	RO("swaps", show_swaps),
	RO("locks", show_locks),
	RO("consoles", show_nothing),
	RO("execdomains", show_execdomains),
	RO("kallsyms", show_kallsyms),
	{.name = "kmsg", .mode = S_IFREG | 0400, .read = kmsg_read, .needs_cap = CAP_SYSLOG},
	{.name = "sysrq-trigger", .mode = S_IFREG | 0200, .store = store_sysrq_trigger},
	DIR("sys", proc_sys_entries),
	DIR("tty", proc_tty_entries),
	DIR("sysvipc", proc_sysvipc),
	{0}};

const struct proc_entry proc_root = {.name = "proc",
				     .mode = S_IFDIR | 0555,
				     .children = root_entries,
				     .find = find_pid,
				     .list = list_pids};

/* Machine-wide entries, and the root table. */
#include "fs/procfs/procfs.h"
#include "fs/procfs/limits.h"
#include "core/cpu.h"
#include "core/param.h"
#include "core/random.h"
#include "core/time.h"
#include "lib/err.h"
#include "lib/printf.h"
#include "lib/string.h"
#include "mm/kmalloc.h"
#include "mm/page.h"
#include "mm/vmobj.h"

#define KIB(pages)  ((pages) * (PAGE_SIZE / 1024))
#define USER_HZ	    100
#define NS_PER_TICK (NSEC_PER_SEC / USER_HZ)
#define DROP_BATCH  1024

int show_meminfo(struct proc_buf *b, const struct proc_who *who)
{
	struct mem_stats m;

	mem_stats(&m);
	proc_printf(b,
		    "MemTotal:       %8lu kB\nMemFree:        %8lu kB\nMemAvailable:   %8lu kB\n",
		    KIB(m.total_pages), KIB(m.free_pages),
		    KIB(m.free_pages + m.cached_pages - m.shmem_pages));
	proc_printf(b,
		    "Buffers:        %8lu kB\nCached:         %8lu kB\nSwapCached:     %8lu kB\n",
		    0ul, KIB(m.cached_pages), 0ul);
	proc_printf(b, "Active:         %8lu kB\nInactive:       %8lu kB\n", KIB(m.anon_pages),
		    KIB(m.cached_pages));
	proc_printf(b, "Unevictable:    %8lu kB\nMlocked:        %8lu kB\n", KIB(m.mlocked_pages),
		    KIB(m.mlocked_pages));
	proc_printf(b, "SwapTotal:      %8lu kB\nSwapFree:       %8lu kB\n", 0ul, 0ul);
	proc_printf(b, "Dirty:          %8lu kB\nWriteback:      %8lu kB\n", KIB(m.dirty_pages),
		    0ul);
	proc_printf(b,
		    "AnonPages:      %8lu kB\nMapped:         %8lu kB\nShmem:          %8lu kB\n",
		    KIB(m.anon_pages), 0ul, KIB(m.shmem_pages));
	proc_printf(b,
		    "KReclaimable:   %8lu kB\nSlab:           %8lu kB\nSUnreclaim:     %8lu kB\n",
		    0ul, KIB(m.slab_pages), KIB(m.slab_pages));
	proc_printf(b, "KernelStack:    %8lu kB\nPageTables:     %8lu kB\n", KIB(m.kstack_pages),
		    KIB(m.table_pages));
	proc_printf(b, "CommitLimit:    %8lu kB\nCommitted_AS:   %8lu kB\n", KIB(m.total_pages),
		    KIB(m.anon_pages));
	proc_printf(b, "VmallocTotal:   34359738367 kB\nVmallocUsed:    %8lu kB\n",
		    KIB(m.kstack_pages));
	proc_printf(b, "HugePages_Total:       0\nHugePages_Free:        0\nHugepagesize:       "
		       "2048 kB\n");
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
	proc_printf(b, "Linux version %s (lstar) %s\n", utsname.release, utsname.version);
	return 0;
}

static void sum_cpu(u64 *user, u64 *kernel)
{
	struct process *p;

	*user = 0;
	*kernel = 0;
	for (int pid = 1; (p = process_next(pid)); pid++) {
		u64 u, k;

		pid = p->pid;
		process_cpu_times(p, &u, &k);
		*user += u + p->child_user_ns;
		*kernel += k + p->child_kernel_ns;
		process_put(p);
	}
}

int show_machine_stat(struct proc_buf *b, const struct proc_who *who)
{
	u64 user, kernel, idle = 0;
	unsigned i;

	sum_cpu(&user, &kernel);
	for_each_cpu (i)
		idle += idle_ns(i);
	proc_printf(b, "cpu  %lu 0 %lu %lu 0 0 0 0 0 0\n", user / NS_PER_TICK, kernel / NS_PER_TICK,
		    idle / NS_PER_TICK);
	/* Work is accounted per process, not per CPU: what was not idle is shown as user time. */
	for_each_cpu (i) {
		u64 up = now_mono_ns(), id = idle_ns(i);

		proc_printf(b, "cpu%u %lu 0 0 %lu 0 0 0 0 0 0\n", i,
			    (up > id ? up - id : 0) / NS_PER_TICK, id / NS_PER_TICK);
	}
	proc_printf(b,
		    "intr 0\nctxt 0\nbtime %lu\nprocesses %u\nprocs_running %u\nprocs_blocked 0\n",
		    boot_real_ns() / NSEC_PER_SEC, nr_tasks_total(), sched_nr_running());
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
	return scnprintf(buf, size, "%d", current->process->pid);
}

static int thread_self_readlink(const struct proc_who *who, char *buf, size_t size)
{
	return scnprintf(buf, size, "%d/task/%d", current->process->pid, current->tid);
}

static int mounts_readlink(const struct proc_who *who, char *buf, size_t size)
{
	return scnprintf(buf, size, "self/mounts");
}

/* --- /proc/sys: what C libraries, shells and Python read --- */

static int show_osrelease(struct proc_buf *b, const struct proc_who *who)
{
	proc_printf(b, "%s\n", utsname.release);
	return 0;
}
static int show_ostype(struct proc_buf *b, const struct proc_who *who)
{
	proc_printf(b, "Linux\n");
	return 0;
}
static int show_os_version(struct proc_buf *b, const struct proc_who *who)
{
	proc_printf(b, "%s\n", utsname.version);
	return 0;
}
static int show_hostname(struct proc_buf *b, const struct proc_who *who)
{
	proc_printf(b, "%s\n", utsname.nodename);
	return 0;
}
static int show_pid_max(struct proc_buf *b, const struct proc_who *who)
{
	proc_printf(b, "%d\n", PID_MAX);
	return 0;
}
static int show_boot_id(struct proc_buf *b, const struct proc_who *who)
{
	static u8 id[16];
	static bool is_made;

	if (!is_made) {
		random_bytes(id, sizeof(id));
		id[6] = (id[6] & 0x0f) | 0x40;
		id[8] = (id[8] & 0x3f) | 0x80;
		is_made = true;
	}
	for (unsigned i = 0; i < 16; i++)
		proc_printf(b, "%s%02x", i == 4 || i == 6 || i == 8 || i == 10 ? "-" : "", id[i]);
	proc_printf(b, "\n");
	return 0;
}
static int show_zero(struct proc_buf *b, const struct proc_who *who)
{
	proc_printf(b, "0\n");
	return 0;
}
static int show_two(struct proc_buf *b, const struct proc_who *who)
{
	proc_printf(b, "2\n");
	return 0;
}
static int show_ngroups_max(struct proc_buf *b, const struct proc_who *who)
{
	proc_printf(b, "65536\n");
	return 0;
}
static int show_cap_last(struct proc_buf *b, const struct proc_who *who)
{
	proc_printf(b, "40\n");
	return 0;
}
static int show_pipe_max(struct proc_buf *b, const struct proc_who *who)
{
	proc_printf(b, "1048576\n");
	return 0;
}
static int show_file_max(struct proc_buf *b, const struct proc_who *who)
{
	proc_printf(b, "9223372036854775807\n");
	return 0;
}
static int show_nr_open(struct proc_buf *b, const struct proc_who *who)
{
	proc_printf(b, "1048576\n");
	return 0;
}
static int show_max_map_count(struct proc_buf *b, const struct proc_who *who)
{
	proc_printf(b, "65530\n");
	return 0;
}
static int show_mmap_min(struct proc_buf *b, const struct proc_who *who)
{
	proc_printf(b, "65536\n");
	return 0;
}

/* 1: the page cache. 2: names and inodes that nobody uses. 4: no message about it (there is none).
 * What is dirty stays. */
static long store_drop_caches(const struct proc_who *who, char *text, size_t n)
{
	const char *end;
	u64 what;

	if (!parse_u64(text, 10, &what, &end) || what < 1 || what > 4)
		return -EINVAL;
	if (what & 2)
		while (dcache_shrink(DROP_BATCH))
			;
	if (what & 1)
		while (page_cache_reclaim(DROP_BATCH))
			;
	return (long)n;
}

#define RO(n, f)                                             \
	{                                                    \
		.name = n, .mode = S_IFREG | 0444, .show = f \
	}
#define DIR(n, c)                                                \
	{                                                        \
		.name = n, .mode = S_IFDIR | 0555, .children = c \
	}

static const struct proc_entry sys_kernel_random[] = {RO("boot_id", show_boot_id), {0}};
static const struct proc_entry sys_kernel[] = {RO("osrelease", show_osrelease),
					       RO("ostype", show_ostype),
					       RO("version", show_os_version),
					       RO("hostname", show_hostname),
					       RO("pid_max", show_pid_max),
					       RO("randomize_va_space", show_two),
					       RO("ngroups_max", show_ngroups_max),
					       RO("cap_last_cap", show_cap_last),
					       DIR("random", sys_kernel_random),
					       SYSVIPC_LIMITS,
					       {0}};
static const struct proc_entry sys_vm[] = {RO("overcommit_memory", show_zero),
					   RO("max_map_count", show_max_map_count),
					   RO("mmap_min_addr", show_mmap_min),
					   {.name = "drop_caches",
					    .mode = S_IFREG | 0200,
					    .store = store_drop_caches},
					   {0}};
static const struct proc_entry sys_fs[] = {RO("pipe-max-size", show_pipe_max),
					   RO("file-max", show_file_max),
					   RO("nr_open", show_nr_open),
					   DIR("inotify", proc_sys_inotify),
					   DIR("mqueue", proc_sys_mqueue),
					   {0}};
const struct proc_entry proc_sys_entries[] = {DIR("kernel", sys_kernel),
					      DIR("vm", sys_vm),
					      DIR("fs", sys_fs),
					      {0}};

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
	p = process_find((int)pid);
	if (!p)
		return NULL;
	process_put(p);
	*child = (struct proc_who){.pid = (int)pid, .fd = -1};
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
	struct process *p = process_next((int)*cookie + 1);

	if (!p)
		return false;
	*cookie = (u64)p->pid;
	*ino = 0x200000000ul + (u64)p->pid;
	*dtype = 4;
	snprintf(name, size, "%d", p->pid);
	process_put(p);
	return true;
}

static const struct proc_entry root_entries[] = {
	{.name = "self", .mode = S_IFLNK | 0777, .readlink = self_readlink},
	{.name = "thread-self", .mode = S_IFLNK | 0777, .readlink = thread_self_readlink},
	{.name = "mounts", .mode = S_IFLNK | 0777, .readlink = mounts_readlink},
	RO("meminfo", show_meminfo),
	RO("cpuinfo", show_cpuinfo),
	RO("uptime", show_uptime),
	RO("loadavg", show_loadavg),
	RO("version", show_version),
	RO("stat", show_machine_stat),
	RO("filesystems", show_filesystems),
	RO("cmdline", show_cmdline_machine),
	RO("config.gz", show_config),
	DIR("sys", proc_sys_entries),
	DIR("sysvipc", proc_sysvipc),
	{0}};

const struct proc_entry proc_root = {.name = "proc",
				     .mode = S_IFDIR | 0555,
				     .children = root_entries,
				     .find = find_pid,
				     .list = list_pids};

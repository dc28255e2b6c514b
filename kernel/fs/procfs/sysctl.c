/* /proc/sys: settings that can be read, and changed where the kernel follows. proc(5). */
#include "fs/procfs/limits.h"
#include "proc/aio.h"
#include "vfs/lease.h"
#include "core/log.h"
#include "core/random.h"
#include "lib/err.h"
#include "lib/printf.h"
#include "lib/string.h"
#include "mm/kmalloc.h"
#include "proc/coredump.h"
#include "proc/ns.h"
#include "vfs/tty.h"
#include <linux/capability.h>

/* --- numbers and texts --- */

static void *data_of(const struct proc_ctl *c)
{
	return c->where ? c->where() : c->data;
}

int proc_ctl_show(struct proc_buf *b, const struct proc_ctl *c)
{
	const void *data = data_of(c);

	if (c->kind == CTL_INT)
		proc_printf(b, "%d\n", READ_ONCE(*(const int *)data));
	else if (c->kind == CTL_U64)
		proc_printf(b, "%lu\n", READ_ONCE(*(const u64 *)data));
	else
		proc_printf(b, "%s\n", (const char *)data);
	return 0;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n';
}

static long store_number(const struct proc_ctl *c, const char *text, size_t n)
{
	bool is_negative;
	const char *end;
	s64 value;
	u64 v;

	while (is_blank(*text))
		text++;
	is_negative = *text == '-';
	if (!parse_u64(text + is_negative, 0, &v, &end) || (*end && !is_blank(*end)) ||
	    v > INT64_MAX)
		return -EINVAL;
	value = is_negative ? -(s64)v : (s64)v;
	if (value < c->min || value > c->max || (c->is_refused && c->is_refused(value)))
		return -EINVAL;
	if (c->kind == CTL_INT)
		WRITE_ONCE(*(int *)data_of(c), (int)value);
	else
		WRITE_ONCE(*(u64 *)data_of(c), (u64)value);
	return (long)n;
}

static long store_text(const struct proc_ctl *c, char *text, size_t n)
{
	size_t len = strlen(text);
	char *line = strchr(text, '\n'), *to = data_of(c);

	if (line)
		len = (size_t)(line - text);
	len = MIN(len, c->size - 1);
	if (c->lock)
		spin_lock(c->lock);
	memcpy(to, text, len);
	memset(to + len, 0, c->size - len);
	if (c->lock)
		spin_unlock(c->lock);
	return (long)n;
}

long proc_ctl_store(const struct proc_ctl *c, char *text, size_t n)
{
	long ret = c->kind == CTL_TEXT ? store_text(c, text, n) : store_number(c, text, n);

	if (ret > 0 && c->changed)
		c->changed();
	return ret;
}

#define NUMBER(n, variable, lowest, highest)                                                    \
	{                                                                                       \
		.name = n, .mode = S_IFREG | 0644, .ctl = &(const struct proc_ctl)              \
		{                                                                               \
			.kind = sizeof(variable) == 4 ? CTL_INT : CTL_U64, .data = &(variable), \
			.min = lowest, .max = highest                                           \
		}                                                                               \
	}
#define TEXT(n, variable, its_lock)                                                   \
	{                                                                             \
		.name = n, .mode = S_IFREG | 0644, .ctl = &(const struct proc_ctl)    \
		{                                                                     \
			.kind = CTL_TEXT, .data = variable, .size = sizeof(variable), \
			.lock = its_lock                                              \
		}                                                                     \
	}
#define FIXED(n, text)                                                             \
	{                                                                          \
		.name = n, .mode = S_IFREG | 0444, .ctl = &(const struct proc_ctl) \
		{                                                                  \
			.kind = CTL_TEXT, .data = text                             \
		}                                                                  \
	}
#define FIXED_U64(n, variable)                                                     \
	{                                                                          \
		.name = n, .mode = S_IFREG | 0444, .ctl = &(const struct proc_ctl) \
		{                                                                  \
			.kind = CTL_U64, .data = &(variable)                       \
		}                                                                  \
	}
#define RO(n, f)                                             \
	{                                                    \
		.name = n, .mode = S_IFREG | 0444, .show = f \
	}
#define DIR(n, c)                                                \
	{                                                        \
		.name = n, .mode = S_IFDIR | 0555, .children = c \
	}

/* --- kernel/ --- */

int proc_kptr_restrict;

static int show_uuid_of(struct proc_buf *b, u8 *id)
{
	id[6] = (id[6] & 0x0f) | 0x40;
	id[8] = (id[8] & 0x3f) | 0x80;
	for (unsigned i = 0; i < 16; i++)
		proc_printf(b, "%s%02x", i == 4 || i == 6 || i == 8 || i == 10 ? "-" : "", id[i]);
	proc_printf(b, "\n");
	return 0;
}

static int show_boot_id(struct proc_buf *b, const struct proc_who *who)
{
	static u8 id[16];
	static bool is_made;

	if (!is_made) {
		random_bytes(id, sizeof(id));
		is_made = true;
	}
	return show_uuid_of(b, id);
}

static int show_uuid(struct proc_buf *b, const struct proc_who *who)
{
	u8 id[16];

	random_bytes(id, sizeof(id));
	return show_uuid_of(b, id);
}

static int show_printk(struct proc_buf *b, const struct proc_who *who)
{
	proc_printf(b, "%d\t4\t1\t7\n", log_level());
	return 0;
}

/* Of the four numbers the first, the console's level, has an effect. */
static long store_printk(const struct proc_who *who, char *text, size_t n)
{
	const char *end;
	u64 level;

	if (!parse_u64(text, 10, &level, &end) || level > 15)
		return -EINVAL;
	log_set_level((int)level - 1);
	return (long)n;
}

static int show_threads_max(struct proc_buf *b, const struct proc_who *who)
{
	proc_printf(b, "%u\n", task_limit());
	return 0;
}

static const struct proc_entry sys_kernel_random[] = {RO("boot_id", show_boot_id),
						      RO("uuid", show_uuid),
						      FIXED("poolsize", "256"),
						      FIXED("entropy_avail", "256"),
						      {0}};
static const struct proc_entry sys_kernel_pty[] = {
	NUMBER("max", pts_max, 0, 4096),
	{.name = "nr",
	 .mode = S_IFREG | 0444,
	 .ctl = &(const struct proc_ctl){.kind = CTL_INT, .data = &pts_count}},
	{0}};
static void *own_hostname(void)
{
	return current_uts()->name.nodename;
}

static void *own_domainname(void)
{
	return current_uts()->name.domainname;
}

static const struct proc_ctl hostname = {
	.kind = CTL_TEXT,
	.where = own_hostname,
	.size = sizeof(init_uts.name.nodename),
	.lock = &uts_lock,
};
static const struct proc_ctl domainname = {
	.kind = CTL_TEXT,
	.where = own_domainname,
	.size = sizeof(init_uts.name.domainname),
	.lock = &uts_lock,
};

static const struct proc_entry sys_kernel[] = {
	FIXED("ostype", "Linux"),
	FIXED("osrelease", init_uts.name.release),
	FIXED("version", init_uts.name.version),
	FIXED("arch", init_uts.name.machine),
	{.name = "hostname", .mode = S_IFREG | 0644, .ctl = &hostname},
	{.name = "domainname", .mode = S_IFREG | 0644, .ctl = &domainname},
	TEXT("core_pattern", core_pattern, &core_lock),
	NUMBER("core_uses_pid", core_uses_pid, 0, 1),
	FIXED("core_pipe_limit", "0"),
	NUMBER("sched_autogroup_enabled", sched_autogroup_enabled, 0, 1),
	NUMBER("pid_max", pid_max, 301, PID_MAX),
	RO("threads-max", show_threads_max),
	NUMBER("randomize_va_space", exec_randomize, 0, 2),
	NUMBER("kptr_restrict", proc_kptr_restrict, 0, 2),
	{.name = "printk", .mode = S_IFREG | 0644, .show = show_printk, .store = store_printk},
	FIXED("ngroups_max", "65536"),
	FIXED("cap_last_cap", "40"),
	FIXED("overflowuid", "65534"),
	FIXED("overflowgid", "65534"),
	FIXED("tainted", "0"),
	FIXED("panic", "-1"),
	FIXED("panic_on_oops", "1"),
	FIXED("sched_rr_timeslice_ms", "100"),
	SYSVIPC_LIMITS,
	DIR("pty", sys_kernel_pty),
	DIR("random", sys_kernel_random),
	{0}};

/* --- vm/ --- */

static bool is_not_a_mode(s64 value)
{
	return value < 0 || value > 2;
}

static void ratio_changed(void)
{
	overcommit.kbytes = 0;
}

/* 1: the page cache. 2: names and inodes that nobody uses. 4: no message about it (there is none).
 * What is dirty stays. */
static long store_drop_caches(const struct proc_who *who, char *text, size_t n)
{
	static const size_t batch = 1024;
	const char *end;
	u64 what;

	if (!parse_u64(text, 10, &what, &end) || what < 1 || what > 4)
		return -EINVAL;
	if (what & 2)
		while (dcache_shrink(batch))
			;
	if (what & 1)
		while (page_cache_reclaim(batch))
			;
	return (long)n;
}

static const struct proc_entry sys_vm[] = {
	{.name = "overcommit_memory",
	 .mode = S_IFREG | 0644,
	 .ctl = &(const struct proc_ctl){.kind = CTL_INT,
					 .data = &overcommit.memory,
					 .max = 2,
					 .is_refused = is_not_a_mode}},
	{.name = "overcommit_ratio",
	 .mode = S_IFREG | 0644,
	 .ctl = &(const struct proc_ctl){.kind = CTL_INT,
					 .data = &overcommit.ratio_percent,
					 .max = INT32_MAX,
					 .changed = ratio_changed}},
	NUMBER("overcommit_kbytes", overcommit.kbytes, 0, INT64_MAX),
	NUMBER("admin_reserve_kbytes", overcommit.admin_reserve_kbytes, 0, INT64_MAX),
	NUMBER("user_reserve_kbytes", overcommit.user_reserve_kbytes, 0, INT64_MAX),
	NUMBER("max_map_count", mm_max_areas, 0, INT32_MAX),
	NUMBER("mmap_min_addr", mm_min_addr, 0, INT32_MAX),
	NUMBER("oom_kill_allocating_task", oom_kill_allocating_task, 0, 1),
	NUMBER("panic_on_oom", panic_on_oom, 0, 2),
	FIXED("nr_hugepages", "0"),
	FIXED("swappiness", "60"),
	{.name = "drop_caches", .mode = S_IFREG | 0200, .store = store_drop_caches},
	{0}};

/* --- fs/ --- */

static size_t count_used(const char *cache)
{
	struct kmem_cache_stats s;
	size_t used = 0;

	for (unsigned i = 0; kmem_cache_stats(i, &s); i++)
		if (!strcmp(s.name, cache))
			used += s.nr_used;
	return used;
}

static int show_file_nr(struct proc_buf *b, const struct proc_who *who)
{
	proc_printf(b, "%lu\t0\t9223372036854775807\n", (u64)count_used("file"));
	return 0;
}

/* All names, those nobody uses (not counted apart here), age and pages wanted (of no meaning),
 * those that are not there. */
static int show_dentry_state(struct proc_buf *b, const struct proc_who *who)
{
	proc_printf(b, "%lu\t0\t45\t0\t0\t0\n", (u64)count_used("dentry"));
	return 0;
}

static int show_inode_nr(struct proc_buf *b, const struct proc_who *who)
{
	proc_printf(b, "%lu\t0\n", (u64)count_used("inode"));
	return 0;
}

static int show_inode_state(struct proc_buf *b, const struct proc_who *who)
{
	proc_printf(b, "%lu\t0\t0\t0\t0\t0\t0\n", (u64)count_used("inode"));
	return 0;
}

/* pipe(7): rounded up to what a pipe can be, pages times a power of two. */
static void round_pipe_max_size(void)
{
	unsigned size = PAGE_SIZE;

	while (size < pipe_max_size_bytes)
		size *= 2;
	pipe_max_size_bytes = size;
}

static const struct proc_ctl pipe_max_size = {
	.kind = CTL_INT,
	.data = &pipe_max_size_bytes,
	.max = 1 << 30,
	.changed = round_pipe_max_size,
};

static const struct proc_entry sys_fs[] = {
	DIR("inotify", proc_sys_inotify),
	DIR("mqueue", proc_sys_mqueue),
	{.name = "pipe-max-size", .mode = S_IFREG | 0644, .ctl = &pipe_max_size},
	FIXED("file-max", "9223372036854775807"),
	RO("file-nr", show_file_nr),
	NUMBER("nr_open", fd_nr_open, 64, FDS_MAX),
	FIXED_U64("aio-nr", aio_nr),
	NUMBER("lease-break-time", lease_break_time_s, 0, INT32_MAX),
	NUMBER("suid_dumpable", suid_dumpable, 0, 2),
	FIXED("overflowuid", "65534"),
	FIXED("overflowgid", "65534"),
	RO("dentry-state", show_dentry_state),
	RO("inode-nr", show_inode_nr),
	RO("inode-state", show_inode_state),
	FIXED("leases-enable", "1"),
	FIXED("dir-notify-enable", "1"),
	NUMBER("aio-max-nr", aio_max_nr, 0, INT64_MAX),
	NUMBER("protected_symlinks", vfs_protected_symlinks, 0, 1),
	NUMBER("protected_hardlinks", vfs_protected_hardlinks, 0, 1),
	NUMBER("protected_regular", vfs_protected_regular, 0, 2),
	NUMBER("protected_fifos", vfs_protected_fifos, 0, 2),
	{0}};

const struct proc_entry proc_sys_entries[] = {DIR("kernel", sys_kernel),  DIR("vm", sys_vm),
					      DIR("fs", sys_fs),	  DIR("net", proc_sys_net),
					      DIR("user", proc_sys_user), {0}};

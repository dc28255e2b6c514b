/* The entries of /proc/PID and /proc/PID/task/TID. */
#include "proc/pid_ns.h"
#include "fs/procfs/procfs.h"
#include "lib/err.h"
#include "lib/printf.h"
#include "lib/string.h"
#include "mm/kmalloc.h"

/* A stretch of another program's memory: its arguments or environment. */
static int show_memory(struct proc_buf *b, const struct proc_who *who, bool is_env)
{
	struct task *t = proc_task(who);
	struct mm *m;
	unsigned long at, end;
	char *page;

	if (!t)
		return -ESRCH;
	m = task_get_mm(t);
	task_put(t);
	if (!m)
		return 0;
	at = is_env ? m->env_start : m->arg_start;
	end = is_env ? m->env_end : m->arg_end;
	page = kmalloc(PAGE_SIZE, GFP_KERNEL);
	while (page && at < end) {
		long n = mm_access(m, at, page, MIN(end - at, PAGE_SIZE), false);

		if (n <= 0)
			break;
		proc_write(b, page, (size_t)n);
		at += (unsigned long)n;
	}
	mm_put(m);
	kfree(page);
	return page ? 0 : -ENOMEM;
}

static int show_cmdline(struct proc_buf *b, const struct proc_who *who)
{
	return show_memory(b, who, false);
}

static int show_environ(struct proc_buf *b, const struct proc_who *who)
{
	return show_memory(b, who, true);
}

static int show_auxv(struct proc_buf *b, const struct proc_who *who)
{
	struct task *t = proc_task(who);
	struct mm *m;
	unsigned n = 0;
	u32 word;

	if (!t)
		return -ESRCH;
	m = task_get_mm(t);
	task_put(t);
	if (!m)
		return 0;
	while (n + 2 < ARRAY_SIZE(m->saved_auxv) && m->saved_auxv[n])
		n += 2;
	n += 2;
	if (!USER32_END || m->task_size > USER32_END)
		proc_write(b, m->saved_auxv, n * sizeof(m->saved_auxv[0]));
	else /* as the program has it */
		for (unsigned i = 0; i < n; i++) {
			word = (u32)m->saved_auxv[i];
			proc_write(b, &word, sizeof(word));
		}
	mm_put(m);
	return 0;
}

static int show_comm(struct proc_buf *b, const struct proc_who *who)
{
	struct task *t = proc_task(who);

	if (!t)
		return -ESRCH;
	proc_printf(b, "%s\n", t->thread.comm);
	task_put(t);
	return 0;
}

static long store_comm(const struct proc_who *who, char *text, size_t n)
{
	struct task *t = proc_task(who);
	size_t len = n;

	if (!t)
		return -ESRCH;
	if (t->process != current->process) {
		task_put(t);
		return -EINVAL;
	}
	if (len && text[len - 1] == '\n')
		text[len - 1] = 0;
	str_copy(t->thread.comm, text, sizeof(t->thread.comm));
	task_put(t);
	return (long)n;
}

/* --- links --- */

const char *proc_path_name(const struct path *p, char *buf, size_t size)
{
	bool reachable;
	struct path root;
	char *s;

	fs_get_root(current->vfs.fs, &root);
	s = path_name(p, &root, buf, size, &reachable);
	path_put(&root);
	return IS_ERR(s) ? "(too long)" : s;
}

int proc_path_text(const struct path *p, char *buf, size_t size)
{
	char *tmp = kmalloc(PATH_MAX_K, GFP_KERNEL);
	int n;

	if (!tmp)
		return -ENOMEM;
	n = scnprintf(buf, size, "%s", proc_path_name(p, tmp, PATH_MAX_K));
	kfree(tmp);
	return n;
}

static int follow_fs(const struct proc_who *who, bool is_root, struct path *out)
{
	struct task *t = proc_task(who);
	struct fs_struct *fs;

	if (!t)
		return -ESRCH;
	fs = task_get_fs(t);
	task_put(t);
	if (!fs)
		return -ENOENT;
	if (is_root)
		fs_get_root(fs, out);
	else
		fs_get_cwd(fs, out);
	fs_struct_put(fs);
	return 0;
}

static int follow_cwd(const struct proc_who *who, struct path *out)
{
	return follow_fs(who, false, out);
}

static int follow_root(const struct proc_who *who, struct path *out)
{
	return follow_fs(who, true, out);
}

static int follow_exe(const struct proc_who *who, struct path *out)
{
	struct task *t = proc_task(who);
	struct mm *m;
	int err = -ENOENT;

	if (!t)
		return -ESRCH;
	m = task_get_mm(t);
	task_put(t);
	if (!m)
		return -ENOENT;
	if (m->exe_file) {
		*out = m->exe_file->path;
		path_get(out);
		err = 0;
	}
	mm_put(m);
	return err;
}

static int link_text(const struct proc_who *who, char *buf, size_t size,
		     int (*follow)(const struct proc_who *, struct path *))
{
	struct path p;
	int err = follow(who, &p);

	if (err)
		return err;
	err = proc_path_text(&p, buf, size);
	path_put(&p);
	return err;
}

static int read_cwd(const struct proc_who *who, char *buf, size_t size)
{
	return link_text(who, buf, size, follow_cwd);
}

static int read_root(const struct proc_who *who, char *buf, size_t size)
{
	return link_text(who, buf, size, follow_root);
}

static int read_exe(const struct proc_who *who, char *buf, size_t size)
{
	return link_text(who, buf, size, follow_exe);
}

/* --- mounts --- */

static void emit_line(void *arg, const char *line)
{
	proc_write(arg, line, strlen(line));
}

static int show_mount_lines(struct proc_buf *b, const struct proc_who *who, bool mountinfo)
{
	struct path root;
	int err = follow_root(who, &root);

	if (err)
		return err;
	vfs_show_mounts(&root, mountinfo, emit_line, b);
	path_put(&root);
	return 0;
}

int show_mounts(struct proc_buf *b, const struct proc_who *who)
{
	return show_mount_lines(b, who, false);
}

int show_mountinfo(struct proc_buf *b, const struct proc_who *who)
{
	return show_mount_lines(b, who, true);
}

static void emit_type(void *arg, const struct fs_type *t)
{
	proc_printf(arg, "%s\t%s\n", t->needs_device ? "" : "nodev", t->name);
}

int show_filesystems(struct proc_buf *b, const struct proc_who *who)
{
	fs_for_each_type(emit_type, b);
	return 0;
}

/* --- task/ --- */

static const struct proc_entry task_dir = {.name = "TID",
					   .mode = S_IFDIR | 0555,
					   .children = proc_task_entries};

static const struct proc_entry *find_tid(const struct proc_who *who, const char *name,
					 struct proc_who *child)
{
	u64 tid;
	struct task *t;

	if (name[0] == '0' || !parse_u64(name, 10, &tid, NULL) || tid > PID_MAX)
		return NULL;
	if (who->ns)
		tid = (u64)MAX(pid_from_ns(who->ns, (int)tid), 0);
	*child = (struct proc_who){.ns = who->ns, .pid = who->pid, .tid = (int)tid, .fd = -1};
	t = proc_task(child);
	if (!t)
		return NULL;
	task_put(t);
	return &task_dir;
}

static bool list_tids(const struct proc_who *who, u64 *cookie, char *name, size_t size,
		      unsigned *dtype, u64 *ino)
{
	struct process *p = process_find_pid(who->pid);
	struct task *t = p ? task_next(p, (int)*cookie + 1) : NULL;

	if (p)
		process_put(p);
	if (!t)
		return false;
	*cookie = (u64)t->tid;
	*ino = 0x300000000ul + (u64)t->tid;
	*dtype = 4;
	snprintf(name, size, "%d", proc_nr(who, t->tid));
	task_put(t);
	return true;
}

#define RO(n, f)                                             \
	{                                                    \
		.name = n, .mode = S_IFREG | 0444, .show = f \
	}
#define OWNER(n, f)                                                               \
	{                                                                         \
		.name = n, .mode = S_IFREG | 0400, .show = f, .needs_owner = true \
	}
#define LINK(n, r, f)                                                                              \
	{                                                                                          \
		.name = n, .mode = S_IFLNK | 0777, .readlink = r, .follow = f, .needs_owner = true \
	}
#define SAME(n, f)                                                                \
	{                                                                         \
		.name = n, .mode = S_IFREG | 0444, .show = f, .needs_owner = true \
	}
#define AREAS(n, f)                                                                    \
	{                                                                              \
		.name = n, .mode = S_IFREG | 0444, .show_part = f, .needs_owner = true \
	}
#define RW(n, m, r, w)                                                  \
	{                                                               \
		.name = n, .mode = S_IFREG | (m), .show = r, .store = w \
	}
#define FDS(n, m, f)                                                                              \
	{                                                                                         \
		.name = n, .mode = S_IFDIR | (m), .find = f, .list = fd_list, .needs_owner = true \
	}
#define ID_MAP(n, o, what)                                                               \
	{                                                                                \
		.name = n, .mode = S_IFREG | 0644, .open = o, .release = id_map_release, \
		.read = what##_read, .write = what##_write                               \
	}
#define COMMON_ENTRIES                                                                             \
	FDS("fd", 0500, fd_find), FDS("fdinfo", 0555, fdinfo_find),                                \
		{.name = "ns", .mode = S_IFDIR | 0511, .children = proc_ns_entries},               \
		{.name = "net", .mode = S_IFDIR | 0555, .children = proc_net},                     \
		OWNER("environ", show_environ), OWNER("auxv", show_auxv),                          \
		RO("status", show_status),                                                         \
		{.name = "personality",                                                            \
		 .mode = S_IFREG | 0400,                                                           \
		 .show = show_personality,                                                         \
		 .needs_owner = true,                                                              \
		 .is_eperm = true},                                                                \
		RO("limits", show_limits), RO("sched", show_sched),                                \
		RW("comm", 0644, show_comm, store_comm), RO("cmdline", show_cmdline),              \
		RO("stat", show_stat), RO("statm", show_statm), AREAS("maps", show_maps),          \
		AREAS("numa_maps", show_numa_maps),                                                \
		{.name = "mem",                                                                    \
		 .mode = S_IFREG | 0600,                                                           \
		 .needs_owner = true,                                                              \
		 .open = mem_open,                                                                 \
		 .release = mem_release,                                                           \
		 .read = mem_read,                                                                 \
		 .write = mem_write},                                                              \
		LINK("cwd", read_cwd, follow_cwd), LINK("root", read_root, follow_root),           \
		LINK("exe", read_exe, follow_exe), RO("mounts", show_mounts),                      \
		RO("mountinfo", show_mountinfo),                                                   \
		{.name = "clear_refs",                                                             \
		 .mode = S_IFREG | 0200,                                                           \
		 .store = store_clear_refs,                                                        \
		 .needs_owner = true},                                                             \
		AREAS("smaps", show_smaps), SAME("smaps_rollup", show_smaps_rollup),               \
		{.name = "pagemap",                                                                \
		 .mode = S_IFREG | 0400,                                                           \
		 .needs_owner = true,                                                              \
		 .open = mem_open,                                                                 \
		 .release = mem_release,                                                           \
		 .read = pagemap_read},                                                            \
		RO("wchan", show_wchan), RO("schedstat", show_schedstat),                          \
		RO("cpuset", show_cpuset), RO("cgroup", show_cgroup),                              \
		RO("oom_score", show_oom_score), RW("oom_adj", 0644, show_oom_adj, store_oom_adj), \
		RW("oom_score_adj", 0644, show_oom_score_adj, store_oom_score_adj),                \
		RO("autogroup", show_autogroup),                                                   \
		RW("coredump_filter", 0644, show_core_filter, store_core_filter),                  \
		RW("loginuid", 0644, show_loginuid, store_loginuid),                               \
		RO("sessionid", show_sessionid), ID_MAP("uid_map", uid_map_open, id_map),          \
		ID_MAP("gid_map", gid_map_open, id_map),                                           \
		ID_MAP("projid_map", projid_map_open, id_map),                                     \
		ID_MAP("setgroups", setgroups_open, setgroups)

const struct proc_entry proc_task_entries[] = {COMMON_ENTRIES, RO("children", show_children), {0}};
const struct proc_entry proc_pid_entries[] = {
	{.name = "task", .mode = S_IFDIR | 0555, .find = find_tid, .list = list_tids},
	COMMON_ENTRIES,
	OWNER("mountstats", show_mountstats),
	RO("timers", show_timers),
	RW("timerslack_ns", 0666, show_timerslack, store_timerslack),
	{0}};

/*
 * procfs: what programs read about the machine and each other. The one file system that looks into
 * proc/ (and asks who `current` is, for /proc/self and the reader's root).
 *
 * A directory is a table of entries; a file is a function that prints into a buffer, run when the
 * file is read from its start.
 */
#ifndef FS_PROCFS_PROCFS_H
#define FS_PROCFS_PROCFS_H

#include "proc/task.h"

struct proc_buf {
	char *data;
	size_t len, cap;
	bool is_short; /* out of memory: the text is cut */
};
void proc_printf(struct proc_buf *b, const char *fmt, ...) __printf(2, 3);
void proc_write(struct proc_buf *b, const void *data, size_t n);
void proc_pad(struct proc_buf *b, size_t line_start,
	      size_t column); /* spaces up to a column of the line */

#define PROC_PART_BYTES 8192
#define PROC_PARTS_END	(~0UL)

/* What an entry is about: looked up again at each use, so a dead process answers -ESRCH. */
struct proc_who {
	const struct pid_ns *ns; /* what the mount shows, and the numbers in its texts; NULL: all */
	int pid; /* the kernel's number of the process, 0 for machine-wide entries */
	int tid; /* task inside task/, 0 = the process's leader */
	int fd;	 /* inside fd/ */
};

/* A number of /proc/sys: what it is kept in, and what may be written. */
struct proc_ctl {
	enum { CTL_INT, CTL_U64, CTL_TEXT } kind;
	void *data;	      /* int, u64, char[size] */
	void *(*where)(void); /* in place of data: what the reader's namespace has */
	s64 min, max;
	size_t size;
	spinlock_t *lock;	       /* of a text; NULL */
	void (*changed)(void);	       /* after a write; NULL */
	bool (*is_refused)(s64 value); /* a value in between that is not good; NULL */
};

struct proc_entry {
	const char *name;
	u32 mode; /* with type */
	int (*show)(struct proc_buf *b, const struct proc_who *who);
	/* In place of show, for a long text: some PROC_PART_BYTES of it from *cursor on (0 at
	 * first), which is moved, to PROC_PARTS_END after the last part. */
	int (*show_part)(struct proc_buf *b, const struct proc_who *who, u64 *cursor);
	long (*store)(const struct proc_who *who, char *text,
		      size_t n);	   /* NUL-terminated; bytes taken or error */
	const struct proc_entry *children; /* static directory, ends with name NULL */
	int (*readlink)(const struct proc_who *who, char *buf, size_t size);
	int (*follow)(const struct proc_who *who, struct path *out);
	/* Dynamic directories: find makes an entry for a name; list emits names from *cookie on. */
	const struct proc_entry *(*find)(const struct proc_who *who, const char *name,
					 struct proc_who *child);
	bool (*list)(const struct proc_who *who, u64 *cookie, char *name, size_t size,
		     unsigned *dtype, u64 *ino);
	bool needs_owner;   /* who may ptrace(2) it for reading may look: EACCES for others */
	bool is_eperm;	    /* ... EPERM, where Linux says so */
	unsigned needs_cap; /* CAP_*, in place of that rule; 0 = none: EPERM */
	const struct proc_ctl *ctl;
	/* Data at an offset, in place of show and store. */
	long (*read)(struct file *f, const struct proc_who *who, struct iter *it, s64 *pos);
	long (*write)(struct file *f, const struct proc_who *who, struct iter *it, s64 *pos);
	int (*open)(struct file *f,
		    const struct proc_who *who); /* with read: f->private is its own */
	void (*release)(struct file *f);
};

extern const struct proc_entry proc_pid_entries[], proc_task_entries[], proc_sys_entries[];
extern const struct proc_entry proc_ns_entries[], proc_tty_entries[];
extern const struct proc_entry proc_net[], proc_sys_net[]; /* net.c */

/* text.c: an open file whose text is made by show, show_part or ctl. Several may read at once. */
int proc_text_open(struct file *f);
void proc_text_release(struct file *f);
long proc_text_read(struct file *f, const struct proc_entry *e, const struct proc_who *who,
		    struct iter *it, s64 *pos);
/* 0, or what the caller may not do. */
int proc_check_access(const struct proc_entry *e, const struct proc_who *who);
/* May the caller look into the task? proc(5), "ptrace access mode". */
bool proc_may_trace(struct task *t);
/* Read and write a number of /proc/sys. */
int proc_ctl_show(struct proc_buf *b, const struct proc_ctl *c);
long proc_ctl_store(const struct proc_ctl *c, char *text, size_t n);
/* A number of the kernel as the mount shows it. */
int proc_nr(const struct proc_who *who, int pid);
/* Referenced, or NULL: the task that `who` names. */
struct task *proc_task(const struct proc_who *who);

#define PATH_MAX_K 4096
/* The name of a path as the reader sees it, in buf; never an error. */
const char *proc_path_name(const struct path *p, char *buf, size_t size);
int proc_path_text(const struct path *p, char *buf,
		   size_t size); /* likewise for readlink: length or -ENOMEM */

/* fd.c */
const struct proc_entry *fd_find(const struct proc_who *who, const char *name,
				 struct proc_who *child);
const struct proc_entry *fdinfo_find(const struct proc_who *who, const char *name,
				     struct proc_who *child);
bool fd_list(const struct proc_who *who, u64 *cookie, char *name, size_t size, unsigned *dtype,
	     u64 *ino);

/* pid.c, status.c, maps.c, system.c */
int show_status(struct proc_buf *b, const struct proc_who *who);
int show_stat(struct proc_buf *b, const struct proc_who *who);
int show_statm(struct proc_buf *b, const struct proc_who *who);
int show_maps(struct proc_buf *b, const struct proc_who *who, u64 *cursor);
int show_smaps(struct proc_buf *b, const struct proc_who *who, u64 *cursor);
int show_limits(struct proc_buf *b, const struct proc_who *who);
int show_mounts(struct proc_buf *b, const struct proc_who *who);
int show_mountinfo(struct proc_buf *b, const struct proc_who *who);
int show_meminfo(struct proc_buf *b, const struct proc_who *who);
int show_cpuinfo(struct proc_buf *b, const struct proc_who *who);
int show_uptime(struct proc_buf *b, const struct proc_who *who);
int show_loadavg(struct proc_buf *b, const struct proc_who *who);
int show_version(struct proc_buf *b, const struct proc_who *who);
int show_machine_stat(struct proc_buf *b, const struct proc_who *who);
int show_filesystems(struct proc_buf *b, const struct proc_who *who);
int show_cmdline_machine(struct proc_buf *b, const struct proc_who *who);
int show_smaps_rollup(struct proc_buf *b, const struct proc_who *who);
int show_numa_maps(struct proc_buf *b, const struct proc_who *who, u64 *cursor);

/* task.c: small files about a task */
int show_wchan(struct proc_buf *b, const struct proc_who *who);
int show_timers(struct proc_buf *b, const struct proc_who *who);
int show_personality(struct proc_buf *b, const struct proc_who *who);
int show_schedstat(struct proc_buf *b, const struct proc_who *who);
int show_sched(struct proc_buf *b, const struct proc_who *who);
int show_timerslack(struct proc_buf *b, const struct proc_who *who);
long store_timerslack(const struct proc_who *who, char *text, size_t n);
int show_children(struct proc_buf *b, const struct proc_who *who);
/* user_ns.c */
int uid_map_open(struct file *f, const struct proc_who *who);
int gid_map_open(struct file *f, const struct proc_who *who);
int projid_map_open(struct file *f, const struct proc_who *who);
int setgroups_open(struct file *f, const struct proc_who *who);
void id_map_release(struct file *f);
long id_map_read(struct file *f, const struct proc_who *who, struct iter *it, s64 *pos);
long id_map_write(struct file *f, const struct proc_who *who, struct iter *it, s64 *pos);
long setgroups_read(struct file *f, const struct proc_who *who, struct iter *it, s64 *pos);
long setgroups_write(struct file *f, const struct proc_who *who, struct iter *it, s64 *pos);
extern const struct proc_entry proc_sys_user[];
int show_cpuset(struct proc_buf *b, const struct proc_who *who);
int show_cgroup(struct proc_buf *b, const struct proc_who *who);
int show_loginuid(struct proc_buf *b, const struct proc_who *who);
long store_loginuid(const struct proc_who *who, char *text, size_t n);
int show_sessionid(struct proc_buf *b, const struct proc_who *who);
int show_mountstats(struct proc_buf *b, const struct proc_who *who);

/* oom.c */
int show_oom_score(struct proc_buf *b, const struct proc_who *who);
int show_oom_score_adj(struct proc_buf *b, const struct proc_who *who);
long store_oom_score_adj(const struct proc_who *who, char *text, size_t n);
int show_autogroup(struct proc_buf *b, const struct proc_who *who);
int show_core_filter(struct proc_buf *b, const struct proc_who *who);
long store_core_filter(const struct proc_who *who, char *text, size_t n);
int show_oom_adj(struct proc_buf *b, const struct proc_who *who);
long store_oom_adj(const struct proc_who *who, char *text, size_t n);

/* mem.c: another program's memory */
int mem_open(struct file *f, const struct proc_who *who);
void mem_release(struct file *f);
long mem_read(struct file *f, const struct proc_who *who, struct iter *it, s64 *pos);
long mem_write(struct file *f, const struct proc_who *who, struct iter *it, s64 *pos);
long pagemap_read(struct file *f, const struct proc_who *who, struct iter *it, s64 *pos);
long store_clear_refs(const struct proc_who *who, char *text, size_t n);

/* machine.c, devices.c */
int show_vmstat(struct proc_buf *b, const struct proc_who *who);
int show_buddyinfo(struct proc_buf *b, const struct proc_who *who);
int show_zoneinfo(struct proc_buf *b, const struct proc_who *who);
int show_slabinfo(struct proc_buf *b, const struct proc_who *who);
int show_interrupts(struct proc_buf *b, const struct proc_who *who);
int show_softirqs(struct proc_buf *b, const struct proc_who *who);
int show_devices(struct proc_buf *b, const struct proc_who *who);
int show_partitions(struct proc_buf *b, const struct proc_who *who);
int show_nothing(struct proc_buf *b, const struct proc_who *who);
int show_swaps(struct proc_buf *b, const struct proc_who *who);
int show_locks(struct proc_buf *b, const struct proc_who *who);
int show_execdomains(struct proc_buf *b, const struct proc_who *who);
int show_kallsyms(struct proc_buf *b, const struct proc_who *who);
long kmsg_read(struct file *f, const struct proc_who *who, struct iter *it, s64 *pos);
long store_sysrq_trigger(const struct proc_who *who, char *text, size_t n);
extern int proc_kptr_restrict;
/* Faults of all processes, and tasks that sleep without being interruptible. */
void proc_count_tasks(u64 *minflt, u64 *majflt, unsigned *nr_blocked);

#endif

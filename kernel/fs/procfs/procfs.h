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

/* What an entry is about: looked up again at each use, so a dead process answers -ESRCH. */
struct proc_who {
	int pid; /* process, 0 for machine-wide entries */
	int tid; /* task inside task/, 0 = the process's leader */
	int fd;	 /* inside fd/ */
};

struct proc_entry {
	const char *name;
	u32 mode; /* with type */
	int (*show)(struct proc_buf *b, const struct proc_who *who);
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
	bool needs_owner; /* only the same user or root may look (ptrace-like rule, simplified) */
};

extern const struct proc_entry proc_pid_entries[], proc_task_entries[], proc_sys_entries[];
extern const struct proc_entry proc_sys_inotify[];

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
int show_maps(struct proc_buf *b, const struct proc_who *who);
int show_smaps(struct proc_buf *b, const struct proc_who *who);
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

#endif

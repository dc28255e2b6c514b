/* Files that stand for a process. pidfd_open(2). */
#ifndef PROC_PIDFD_H
#define PROC_PIDFD_H

#include "proc/task.h"

struct file *pidfd_file(struct process *p, u32 o_flags); /* takes a reference of its own; ERR_PTR */
struct process *pidfd_process(struct file *f); /* borrowed from the file; NULL: no pidfd */
/* The process behind a descriptor of the caller, referenced; ERR_PTR(-EBADF). */
struct process *pidfd_find(int fd, u32 *f_flags);

/* pidfd_send_signal(2) takes a directory /proc/PID, too: procfs tells whose it is. Referenced;
 * NULL. */
extern struct process *(*pidfd_of_directory)(struct file *f);
/* As pidfd_find(), and such directories. */
struct process *pidfd_find_any(int fd, u32 *f_flags);

#endif

/* Leases: F_SETLEASE and F_GETLEASE of fcntl(2). */
#ifndef VFS_LEASE_H
#define VFS_LEASE_H

#include "vfs/file.h"

extern int lease_break_time_s; /* /proc/sys/fs/lease-break-time */
int lease_get(struct file *f); /* F_RDLCK F_WRLCK F_UNLCK */
/* -EACCES -EINVAL -EAGAIN -ENOMEM. fd: for the signal. */
int lease_set(struct file *f, int fd, int type, const struct cred *c);
void lease_release_file(struct file *f);
/* Somebody opens or truncates: 0 when no lease is in the way (any more), -EAGAIN, -ERESTARTSYS. */
int lease_break_slow(struct inode *i, bool is_write, bool may_wait);
static inline int lease_break(struct inode *i, bool is_write, bool may_wait)
{
	return unlikely(READ_ONCE(i->leases)) ? lease_break_slow(i, is_write, may_wait) : 0;
}

#endif

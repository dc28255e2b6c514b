/* Entries of /proc/sys whose numbers belong to other parts: limits.c. */
#ifndef FS_PROCFS_LIMITS_H
#define FS_PROCFS_LIMITS_H

#include "fs/procfs/procfs.h"

#define PROC_LIMIT(what)                                                 \
	int show_##what(struct proc_buf *b, const struct proc_who *who); \
	long store_##what(const struct proc_who *who, char *text, size_t n);
#define RW(n, what)                                                                           \
	{                                                                                     \
		.name = n, .mode = S_IFREG | 0644, .show = show_##what, .store = store_##what \
	}

PROC_LIMIT(shmmax)
PROC_LIMIT(shmall)
PROC_LIMIT(shmmni)
PROC_LIMIT(sem)
PROC_LIMIT(msgmax)
PROC_LIMIT(msgmnb)
PROC_LIMIT(msgmni)
/* In /proc/sys/kernel */
#define SYSVIPC_LIMITS                                                                    \
	RW("shmmax", shmmax), RW("shmall", shmall), RW("shmmni", shmmni), RW("sem", sem), \
		RW("msgmax", msgmax), RW("msgmnb", msgmnb), RW("msgmni", msgmni)

extern const struct proc_entry proc_sys_inotify[], proc_sys_mqueue[], proc_sysvipc[];

#endif

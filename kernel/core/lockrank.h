/*
 * The lock order of the whole kernel, outermost first: a lock may be taken only while every lock
 * held has a smaller rank. Locks of one rank may nest only where said (nested inode locks: parent
 * before child, rename under RANK_RENAME). docs/locking.md explains each.
 */
#ifndef CORE_LOCKRANK_H
#define CORE_LOCKRANK_H

enum lock_rank {
	RANK_NONE = 0, /* not checked */
	/* sleeping locks */
	RANK_FILEPOS, /* a file's position, while the file does what it does */
	RANK_EXEC,    /* one exec per process at a time */
	RANK_RENAME,  /* one cross-directory rename per file system */
	RANK_IPC,     /* System V IPC objects of one kind */
	RANK_EPOLL,   /* what an epoll watches; a set before those it watches */
	RANK_PIPE,    /* a pipe's buffers; splice moves data under it, from and to anything else */
	RANK_TTY,     /* tty line discipline */
	RANK_SCM,     /* descriptors in flight between sockets */
	RANK_SOCKET,  /* a socket: its queue, its peer; a listener before what it accepts */
	RANK_FSCONTEXT, /* what fsconfig(2) has configured so far */
	RANK_PROCTEXT,	/* the text of an open file of /proc */
	RANK_INODE,	/* i_rwsem; parent before child */
	RANK_MOUNT,	/* the mount tree (mutex) */
	RANK_MM,	/* an address space (rwsem) */
	RANK_VMOBJ,	/* page cache fill of one object */
	RANK_9P,	/* 9p session */
	/* spinlocks */
	RANK_PI,      /* futexes with priority inheritance */
	RANK_NOTIFY,  /* who watches what, and the events that wait */
	RANK_PROC,    /* process tree, pid table, sessions */
	RANK_SIGHAND, /* one process's signal state */
	RANK_CRED,
	RANK_FDTABLE,
	RANK_FS, /* root, cwd, umask of a task */
	RANK_SB, /* super block's inode list */
	RANK_DCACHE,
	RANK_ICACHE,
	RANK_FILELOCK,
	RANK_SECCOMP, /* calls that wait for a supervisor */
	RANK_FUTEX,
	RANK_VIRTIO,
	RANK_OBJPAGES, /* page index of a vm object */
	RANK_PTE,      /* page tables of one address space */
	RANK_WAITQ,
	RANK_LRU,
	RANK_TIMER,
	RANK_MUTEX_GUARD,
	RANK_RUNQ,
	RANK_SLAB,
	RANK_PAGES,
	RANK_VMAP,
	RANK_LOG,
	RANK_LEAF, /* takes nothing inside */
	RANK_COUNT
};

#endif

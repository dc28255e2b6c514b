/*
 * Between terminals and processes, which are siblings and do not know each other: proc/ registers
 * tty_proc_ops (what a line needs to know about the caller and its groups), the tty driver
 * registers tty_driver_ops (what a process needs when it lets a terminal go). struct tty is opaque
 * here. Session and foreground group of a terminal are kept by the driver, as numbers; 0 = none.
 */
#ifndef VFS_TTY_H
#define VFS_TTY_H

#include "lib/types.h"

struct tty;

struct tty_proc_ops {
	/* Send `signo` to every process of a group (^C, SIGWINCH, hang-up); 0, -ESRCH. Any
	 * context. */
	int (*signal_pgrp)(int pgid, int signo);
	int (*current_sid)(void);
	int (*pid_seen)(int pid); /* to and from the numbers of the caller's PID namespace */
	int (*pid_given)(int nr);
	int (*current_pgid)(void);
	bool (*current_is_session_leader)(void);
	struct tty *(*current_tty)(void); /* controlling terminal of the caller, or NULL */
	/*
	 * The caller is not in the foreground group of its controlling terminal and wants to read
	 * (SIGTTIN) or to write or change it (SIGTTOU): 0 = go on (SIGTTOU blocked or ignored),
	 * -EIO, or -ERESTARTSYS after its group was sent the signal.
	 */
	int (*background)(int signo);
	/* A group of this number exists and belongs to session `sid` (TIOCSPGRP): 0, -ESRCH,
	 * -EPERM. */
	int (*check_pgrp)(int pgid, int sid);
	/*
	 * TIOCSCTTY, or an open without O_NOCTTY by a session leader: make `tty`, whose session is
	 * tty_sid, the caller's controlling terminal. 0: the driver now sets its session and
	 * foreground group to the caller's; -EPERM (not a leader, has a terminal, or the terminal
	 * has a session: then only with `steal` and CAP_SYS_ADMIN).
	 */
	int (*acquire)(struct tty *tty, int tty_sid, bool steal, bool is_readable);
	/* TIOCNOTTY: 0, -ENOTTY when `tty` is not the caller's terminal. */
	int (*release)(struct tty *tty);
	/* The line is gone (hang-up): no process of session `sid` has it any more. The leader gets
	 * SIGHUP and SIGCONT. */
	void (*hangup)(struct tty *tty, int sid);
	bool (*capable)(unsigned cap);		 /* CAP_* of the caller */
	void (*current_ids)(u32 *uid, u32 *gid); /* of the file system: whose a new terminal is */
	/* Open a path for the caller (TIOCGPTPEER): a descriptor or an error. */
	long (*open_fd)(const char *path, u32 o_flags);
};

struct tty_driver_ops {
	/* References held by processes, one each; NULL when terminals are never freed. Any
	 * context. */
	void (*get)(struct tty *tty);
	void (*put)(struct tty *tty);
	int (*foreground)(struct tty *tty); /* group number, 0 = none. Any context */
	u64 (*rdev)(struct tty *tty);	    /* its device number, for /proc */
	/*
	 * The session leader lets go (exit, TIOCNOTTY): session and foreground group become 0.
	 * proc/ has signalled the foreground group already. On exit the line is hung up as well:
	 * other readers see end of file. Thread context, no locks held.
	 */
	void (*session_ended)(struct tty *tty, bool is_exit);
	/* vhangup(2): what is open of the terminal is at its end; its session loses it. */
	void (*vhangup)(struct tty *tty);
};

/* The names of pseudo-terminals, registered by devpts for the driver. */
struct inode;
struct super_block;
struct pts_ops {
	/* A name where `ptmx` was opened; *names: to remove it from, references taken. -ENODEV: not
	 * mounted anywhere. */
	int (*add)(const struct inode *ptmx, unsigned index, u32 uid, u32 gid,
		   struct super_block **names);
	void (*remove)(struct super_block *names, unsigned index);
};
extern const struct pts_ops *pts_ops;
extern int pts_max, pts_count; /* /proc/sys/kernel/pty */
#define PTS_MAJOR   136
#define PTMX_DEVICE MKDEV(5, 2)

extern const struct tty_proc_ops *tty_proc_ops;	    /* NULL until proc/ starts */
extern const struct tty_driver_ops *tty_driver_ops; /* NULL without a tty driver */

#endif

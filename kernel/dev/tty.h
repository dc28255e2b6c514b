/* Terminals: the line discipline (ldisc.c), files and ioctls (tty.c, tty_ioctl.c); hvc0 on console
 * port 6, and pseudo-terminals (pty.c). */
#ifndef DEV_TTY_H
#define DEV_TTY_H

#include "core/wait.h"
#include "vfs/file.h"
#include "vfs/tty.h"
#include <asm/termbits.h>
#include <asm/termios.h>

#define TTY_BUF_SIZE 4096 /* as N_TTY's; a canonical line has at most one byte less */

struct pty;

struct tty {
	u64 rdev;
	/* Bytes to the device; sleeps unless nonblock. Count or error. With `room`: lock held, and
	 * never sleeps. */
	long (*write)(struct tty *t, const void *buf, size_t n, bool nonblock);
	size_t (*room)(struct tty *t); /* bytes that write() takes; lock held; NULL: it waits */
	struct pty *pty;	       /* the slave's side of it; NULL */

	struct mutex lock; /* RANK_TTY: everything below */
	struct termios termios;
	struct termios locked; /* tty_ioctl(2), TIOCSLCKTRMIOS: its bits stay as they are */
	struct winsize winsize;
	int session, pgrp; /* 0 = none; written under lock, read anywhere */
	bool is_hung_up, is_stopped, is_literal_next, is_exclusive;
	u32 hangups;	    /* files opened before the last one are at their end */
	struct file *async; /* the last opening that asked for SIGIO, O_ASYNC */
	unsigned column, canon_column;

	/* Input ring: [tail, committed) may be read in canonical mode, [tail, head) otherwise.
	 * Positions only grow. */
	u8 buf[TTY_BUF_SIZE];
	u8 is_mark[TTY_BUF_SIZE / 8]; /* ends a line */
	size_t head, committed, tail;
	struct waitq read_wait, write_wait;
};

/* file->private of an open terminal */
struct tty_file {
	struct tty *t;
	u32 hangups; /* as the terminal's when it was opened */
};
static inline struct tty_file *tty_file(struct file *f)
{
	return f->private;
}
/* Is there nothing more behind this opening? */
static inline bool tty_is_gone(const struct tty_file *tf)
{
	return READ_ONCE(tf->t->is_hung_up) || READ_ONCE(tf->t->hangups) != tf->hangups;
}

/* --- tty.c --- */
extern const struct termios tty_initial_termios;
void tty_setup(struct tty *t, u64 rdev); /* a zeroed one */
int tty_open_file(struct file *f, struct tty *t);
int tty_check_background(struct tty *t, int signo); /* 0, -EIO, -ERESTARTSYS */
void tty_wake_all(struct tty *t);
/* What is open now is at its end. */
void tty_hang_up_files(struct tty *t);

/* lock held: SIGIO to whoever asked for it at this end, about POLL_IN or POLL_OUT. */
void tty_tell(const struct file *async, int reason);
/* lock held: file_ops.set_async, for one end. */
void tty_set_async(struct file **async, struct file *f, bool on);

/* --- tty_ioctl.c --- */
long tty_ioctl(struct file *f, unsigned cmd, void *arg, unsigned long value);
/* What both sides of a pseudo-terminal answer in the same way. */
long tty_ioctl_shared(struct file *f, struct tty *t, unsigned cmd, void *arg, unsigned long value);
int tty_acquire(struct tty *t, bool steal, bool is_readable);

/* --- pty.c --- */
int pty_init(void);
void pty_get(struct pty *p);
void pty_put(struct pty *p);
bool pty_slave_opened(struct pty *p); /* lock held; false: the master is gone, or it is locked */
void pty_slave_closed(struct pty *p); /* lock held */
void pty_all_closed(struct pty *p);   /* lock held; the session's end took all openings away */
/* lock held: packet mode tells the master, tty_ioctl(2) TIOCPKT. */
void pty_notice(struct pty *p, u8 set, u8 clear);
size_t pty_pending(struct pty *p);    /* output that the master has not read; lock held */
void pty_flush_output(struct pty *p); /* lock held */

/* ldisc.c; lock held */
bool ldisc_has_room(struct tty *t); /* for a byte that must not be lost */
void ldisc_receive(struct tty *t, u8 c);
long ldisc_read(
	struct tty *t,
	struct iter *it); /* what may be read now: bytes, 0 = end of file, -EAGAIN = nothing yet */
size_t ldisc_available(struct tty *t);
bool ldisc_readable(struct tty *t);
void ldisc_flush_input(struct tty *t);
void ldisc_stop(struct tty *t, bool on); /* output, as ^S and ^Q do */
void ldisc_set_termios(struct tty *t, const struct termios *new);
void ldisc_post(struct tty *t, u8 c); /* output processing of one character, to the device */
size_t ldisc_process(struct tty *t, const u8 *in, size_t n,
		     u8 *out); /* OPOST; out has room for 8 * n */

#endif

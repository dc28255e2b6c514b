/* Terminals: the line discipline (ldisc.c), files and ioctls (tty.c). One terminal so far: hvc0 on
 * console port 6. */
#ifndef DEV_TTY_H
#define DEV_TTY_H

#include "core/wait.h"
#include "vfs/file.h"
#include "vfs/tty.h"
#include <asm/termbits.h>
#include <asm/termios.h>

#define TTY_BUF_SIZE 4096 /* as N_TTY's; a canonical line has at most one byte less */

struct tty {
	u64 rdev;
	/* Bytes to the device; sleeps unless nonblock. Count or error. */
	long (*write)(struct tty *t, const void *buf, size_t n, bool nonblock);

	struct mutex lock; /* RANK_TTY: everything below */
	struct termios termios;
	struct winsize winsize;
	int session, pgrp; /* 0 = none; written under lock, read anywhere */
	bool is_hung_up, is_stopped, is_literal_next, was_erasing;
	unsigned column, canon_column;

	/* Input ring: [tail, committed) may be read in canonical mode, [tail, head) otherwise.
	 * Positions only grow. */
	u8 buf[TTY_BUF_SIZE];
	u8 is_mark[TTY_BUF_SIZE / 8]; /* ends a line */
	size_t head, committed, tail;
	struct waitq read_wait, write_wait;
};

/* ldisc.c; lock held */
void ldisc_receive(struct tty *t, u8 c);
long ldisc_read(
	struct tty *t,
	struct iter *it); /* what may be read now: bytes, 0 = end of file, -EAGAIN = nothing yet */
size_t ldisc_available(struct tty *t);
bool ldisc_readable(struct tty *t);
void ldisc_flush_input(struct tty *t);
void ldisc_set_termios(struct tty *t, const struct termios *new);
void ldisc_post(struct tty *t, u8 c); /* output processing of one character, to the device */
size_t ldisc_process(struct tty *t, const u8 *in, size_t n,
		     u8 *out); /* OPOST; out has room for 8 * n */

#endif

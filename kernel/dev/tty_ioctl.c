/* tty_ioctl(2): settings, sizes, queues, sessions; for both sides of pseudo-terminals. */
#include "dev/tty.h"
#include "lib/err.h"
#include "lib/string.h"
#include "vfs/vfs.h"
#include <asm/ioctls.h>
#include <linux/capability.h>
#include <linux/signal.h>
#include <linux/tty.h>

int tty_acquire(struct tty *t, bool steal, bool is_readable)
{
	int err;

	if (!tty_proc_ops)
		return -EPERM;
	err = tty_proc_ops->acquire(t, t->session, steal, is_readable);
	if (err)
		return err;
	mutex_lock(&t->lock);
	WRITE_ONCE(t->session, tty_proc_ops->current_sid());
	WRITE_ONCE(t->pgrp, tty_proc_ops->current_pgid());
	mutex_unlock(&t->lock);
	return 0;
}

static tcflag_t keep_locked(tcflag_t new, tcflag_t old, tcflag_t locked)
{
	return (new & ~locked) | (old & locked);
}

/* Bits that are locked, and characters whose lock is not 0, stay as they are. */
static void apply_lock(const struct tty *t, struct termios *ios)
{
	const struct termios *old = &t->termios, *locked = &t->locked;

	ios->c_iflag = keep_locked(ios->c_iflag, old->c_iflag, locked->c_iflag);
	ios->c_oflag = keep_locked(ios->c_oflag, old->c_oflag, locked->c_oflag);
	ios->c_cflag = keep_locked(ios->c_cflag, old->c_cflag, locked->c_cflag);
	ios->c_lflag = keep_locked(ios->c_lflag, old->c_lflag, locked->c_lflag);
	if (locked->c_line)
		ios->c_line = old->c_line;
	for (int i = 0; i < NCCS; i++)
		if (locked->c_cc[i])
			ios->c_cc[i] = old->c_cc[i];
}

static long set_termios(struct tty *t, const struct termios *wanted, bool flush)
{
	int err = tty_check_background(t, SIGTTOU);
	struct termios new = *wanted;

	if (err)
		return err;
	mutex_lock(&t->lock);
	apply_lock(t, &new);
	if (flush)
		ldisc_flush_input(t);
	ldisc_set_termios(t, &new);
	mutex_unlock(&t->lock);
	return 0;
}

/* The older structure has 16-bit flags and eight characters. */
static void get_termio(struct termio *old, const struct termios *ios)
{
	old->c_iflag = (unsigned short)ios->c_iflag;
	old->c_oflag = (unsigned short)ios->c_oflag;
	old->c_cflag = (unsigned short)ios->c_cflag;
	old->c_lflag = (unsigned short)ios->c_lflag;
	old->c_line = ios->c_line;
	memcpy(old->c_cc, ios->c_cc, NCC);
}

static void put_termio(struct termios *ios, const struct termio *old)
{
	ios->c_iflag = (ios->c_iflag & ~0xffffu) | old->c_iflag;
	ios->c_oflag = (ios->c_oflag & ~0xffffu) | old->c_oflag;
	ios->c_cflag = (ios->c_cflag & ~0xffffu) | old->c_cflag;
	ios->c_lflag = (ios->c_lflag & ~0xffffu) | old->c_lflag;
	ios->c_line = old->c_line;
	memcpy(ios->c_cc, old->c_cc, NCC);
}

static long ioctl_termios(struct tty *t, unsigned cmd, void *arg)
{
	struct termios ios;
	struct termios2 *t2 = arg;

	switch (cmd) {
	case TCGETS:
		*(struct termios *)arg = t->termios;
		return 0;
	case TCSETS:
	case TCSETSW:
	case TCSETSF:
		return set_termios(t, arg, cmd == TCSETSF);
	case TCGETS2:
		*t2 = (struct termios2){.c_ispeed = 38400, .c_ospeed = 38400};
		memcpy(t2, &t->termios, offsetof(struct termios, c_cc) + sizeof(t->termios.c_cc));
		return 0;
	case TCSETS2:
	case TCSETSW2:
	case TCSETSF2:
		memcpy(&ios, t2, sizeof(ios));
		return set_termios(t, &ios, cmd == TCSETSF2);
	case TCGETA:
		get_termio(arg, &t->termios);
		return 0;
	case TCSETA:
	case TCSETAW:
	case TCSETAF:
		ios = t->termios;
		put_termio(&ios, arg);
		return set_termios(t, &ios, cmd == TCSETAF);
	case TIOCGSOFTCAR:
		*(int *)arg = (t->termios.c_cflag & CLOCAL) != 0;
		return 0;
	case TIOCSSOFTCAR:
		ios = t->termios;
		ios.c_cflag = (ios.c_cflag & ~(tcflag_t)CLOCAL) | (*(int *)arg ? CLOCAL : 0);
		return set_termios(t, &ios, false);
	default:
		return -ENOTTY;
	}
}

/* tty_ioctl(2), "Locking the termios structure". */
static long ioctl_lock(struct tty *t, unsigned cmd, struct termios *arg)
{
	if (cmd == TIOCSLCKTRMIOS && !(tty_proc_ops && tty_proc_ops->capable(CAP_SYS_ADMIN)))
		return -EPERM;
	mutex_lock(&t->lock);
	if (cmd == TIOCSLCKTRMIOS)
		t->locked = *arg;
	else
		*arg = t->locked;
	mutex_unlock(&t->lock);
	return 0;
}

static long set_winsize(struct tty *t, const struct winsize *w)
{
	if (!memcmp(&t->winsize, w, sizeof(*w)))
		return 0;
	mutex_lock(&t->lock);
	t->winsize = *w;
	mutex_unlock(&t->lock);
	if (t->pgrp && tty_proc_ops)
		tty_proc_ops->signal_pgrp(t->pgrp, SIGWINCH);
	return 0;
}

static bool is_mine(struct tty *t)
{
	return tty_proc_ops && tty_proc_ops->current_tty() == t;
}

static long set_pgrp(struct tty *t, int pgid)
{
	int err = tty_check_background(t, SIGTTOU);

	if (err) /* tcsetpgrp(3) has no EIO: an orphaned group is told that this is no terminal of
		    its own */
		return err == -EIO ? -ENOTTY : err;
	if (!is_mine(t) || t->session != tty_proc_ops->current_sid())
		return -ENOTTY;
	if (pgid < 0)
		return -EINVAL;
	pgid = tty_proc_ops->pid_given(pgid);
	err = tty_proc_ops->check_pgrp(pgid, t->session);
	if (!err)
		WRITE_ONCE(t->pgrp, pgid);
	return err;
}

static long ioctl_session(struct file *f, struct tty *t, unsigned cmd, int *arg,
			  unsigned long value)
{
	switch (cmd) {
	case TIOCGPGRP:
		if (!is_mine(t))
			return -ENOTTY;
		*arg = tty_proc_ops->pid_seen(t->pgrp);
		return 0;
	case TIOCSPGRP:
		return set_pgrp(t, *arg);
	case TIOCGSID:
		if (!is_mine(t) || !t->session)
			return -ENOTTY;
		*arg = tty_proc_ops->pid_seen(t->session);
		return 0;
	case TIOCSCTTY:
		return tty_acquire(t, value == 1, f->mode & FMODE_READ);
	case TIOCNOTTY:
		return tty_proc_ops ? tty_proc_ops->release(t) : -ENOTTY;
	default:
		return -ENOTTY;
	}
}

static long ioctl_queue(struct tty *t, unsigned cmd, void *arg, unsigned long value)
{
	int err;

	switch (cmd) {
	case TIOCINQ:
		*(int *)arg = (int)ldisc_available(t);
		return 0;
	case TIOCOUTQ:
		mutex_lock(&t->lock);
		*(int *)arg = t->pty ? (int)pty_pending(t->pty) : 0;
		mutex_unlock(&t->lock);
		return 0;
	case TCFLSH:
		if (value > TCIOFLUSH)
			return -EINVAL;
		err = tty_check_background(t, SIGTTOU);
		if (err)
			return err;
		mutex_lock(&t->lock);
		if (value != TCOFLUSH)
			ldisc_flush_input(t);
		if (value != TCIFLUSH && t->pty)
			pty_flush_output(t->pty);
		mutex_unlock(&t->lock);
		return 0;
	case TCXONC:
		if (value > TCION)
			return -EINVAL;
		err = tty_check_background(t, SIGTTOU);
		if (err)
			return err;
		mutex_lock(&t->lock);
		if (value == TCOOFF || value == TCOON)
			ldisc_stop(t, value == TCOOFF);
		else /* to the other side: stop, or go on */
			ldisc_post(t, t->termios.c_cc[value == TCIOFF ? VSTOP : VSTART]);
		mutex_unlock(&t->lock);
		return 0;
	case TCSBRK:
	case TCSBRKP:
		return tty_check_background(
			t, SIGTTOU); /* output is sent as it is written: it has drained */
	case TIOCSTI:
		if (!is_mine(t) && !(tty_proc_ops && tty_proc_ops->capable(CAP_SYS_ADMIN)))
			return -EPERM;
		mutex_lock(&t->lock);
		ldisc_receive(t, *(u8 *)arg);
		mutex_unlock(&t->lock);
		return 0;
	default:
		return -ENOTTY;
	}
}

long tty_ioctl_shared(struct file *f, struct tty *t, unsigned cmd, void *arg, unsigned long value)
{
	long ret;

	switch (cmd) {
	case TIOCGWINSZ:
		*(struct winsize *)arg = t->winsize;
		return 0;
	case TIOCSWINSZ:
		return set_winsize(t, arg);
	case TIOCGLCKTRMIOS:
	case TIOCSLCKTRMIOS:
		return ioctl_lock(t, cmd, arg);
	case TIOCGETD:
		*(int *)arg = N_TTY;
		return 0;
	case TIOCSETD:
		return *(int *)arg == N_TTY ? 0 : -EINVAL;
	case TIOCEXCL:
	case TIOCNXCL:
		WRITE_ONCE(t->is_exclusive, cmd == TIOCEXCL);
		return 0;
	case TIOCGEXCL:
		*(int *)arg = t->is_exclusive;
		return 0;
	case TIOCGDEV: /* as stat(2) encodes it; terminals' minors need eight bits and more */
		*(unsigned *)arg = (unsigned)(DEV_MINOR(t->rdev) & 0xff) |
				   (unsigned)DEV_MAJOR(t->rdev) << 8 |
				   (unsigned)(DEV_MINOR(t->rdev) & ~0xffu) << 12;
		return 0;
	case TIOCVHANGUP:
		if (!tty_proc_ops || !tty_proc_ops->capable(CAP_SYS_ADMIN))
			return -EPERM;
		tty_driver_ops->vhangup(t);
		return 0;
	default:
		ret = ioctl_termios(t, cmd, arg);
		if (ret == -ENOTTY)
			ret = ioctl_queue(t, cmd, arg, value);
		if (ret == -ENOTTY)
			ret = ioctl_session(f, t, cmd, arg, value);
		return ret;
	}
}

long tty_ioctl(struct file *f, unsigned cmd, void *arg, unsigned long value)
{
	struct tty_file *tf = tty_file(f);

	if (tty_is_gone(tf))
		return -EIO;
	return tty_ioctl_shared(f, tf->t, cmd, arg, value);
}

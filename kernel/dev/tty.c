/* Terminals as files: /dev/hvc0 (on virtio-console port 6), /dev/tty, /dev/console; tty_ioctl(2).
 */
#include "core/log.h"
#include "core/time.h"
#include "dev/dev.h"
#include "dev/tty.h"
#include "dev/vport.h"
#include "lib/err.h"
#include "lib/string.h"
#include "mm/kmalloc.h"
#include "vfs/poll.h"
#include "vfs/vfs.h"
#include <asm/ioctls.h>
#include <linux/capability.h>
#include <linux/signal.h>
#include <linux/tty.h>

#define TTYAUX_MAJOR_K 5
#define HVC_MAJOR      229
#define CHUNK	       128

static const struct file_ops tty_fops;
static struct tty *hvc0; /* NULL without the terminal port */

static const struct termios initial_termios = {
	.c_iflag = ICRNL | IXON | IUTF8,
	.c_oflag = OPOST | ONLCR,
	.c_cflag = B38400 | CS8 | CREAD | HUPCL,
	.c_lflag = ISIG | ICANON | ECHO | ECHOE | ECHOK | ECHOCTL | ECHOKE | IEXTEN,
	.c_cc = {[VINTR] = 3,
		 [VQUIT] = 034,
		 [VERASE] = 0177,
		 [VKILL] = 025,
		 [VEOF] = 4,
		 [VMIN] = 1,
		 [VSTART] = 021,
		 [VSTOP] = 023,
		 [VSUSP] = 032,
		 [VREPRINT] = 022,
		 [VDISCARD] = 017,
		 [VWERASE] = 027,
		 [VLNEXT] = 026},
};

/* --- hvc0's two ends --- */

static long hvc_write(struct tty *t, const void *buf, size_t n, bool nonblock)
{
	struct iter it;

	iter_kernel(&it, (void *)buf, n);
	return vport_write_iter(VPORT_TTY, &it, nonblock);
}

static void hang_up(struct tty *t)
{
	mutex_lock(&t->lock);
	t->is_hung_up = true;
	mutex_unlock(&t->lock);
	waitq_wake_all(&t->read_wait);
	waitq_wake_all(&t->write_wait);
	if (t->session && tty_proc_ops)
		tty_proc_ops->hangup(t, t->session);
}

static void hvc_reader(void *arg)
{
	struct tty *t = arg;
	u8 chunk[CHUNK];

	for (;;) {
		struct iter it;
		long n;

		iter_kernel(&it, chunk, sizeof(chunk));
		n = vport_read(VPORT_TTY, &it, false);
		if (n <= 0)
			break;
		mutex_lock(&t->lock);
		for (long i = 0; i < n; i++)
			ldisc_receive(t, chunk[i]);
		mutex_unlock(&t->lock);
	}
	hang_up(t);
	set_thread_state(TS_UNINTERRUPTIBLE); /* nothing will ever come again */
	for (;;)
		schedule();
}

/* --- files --- */

static struct tty *file_tty(struct file *f)
{
	return f->private;
}

/* The first opening starts the terminal: machines run without one most of the time. */
static int start_hvc0(void)
{
	struct thread *reader;
	struct tty *t;

	if (hvc0)
		return 0;
	if (!vport_exists(VPORT_TTY))
		return -ENXIO;
	t = kzalloc(sizeof(*t), GFP_KERNEL);
	if (!t)
		return -ENOMEM;
	t->rdev = MKDEV(HVC_MAJOR, 0);
	t->write = hvc_write;
	t->termios = initial_termios;
	t->winsize = (struct winsize){.ws_row = 24, .ws_col = 80};
	mutex_init(&t->lock, RANK_TTY, "tty");
	waitq_init(&t->read_wait);
	waitq_init(&t->write_wait);
	if (!atomic_cmpxchg(&hvc0, NULL, t)) {
		kfree(t);
		return 0;
	}
	reader = kthread_create("hvc0", hvc_reader, t);
	return IS_ERR(reader) ? (int)PTR_ERR(reader) : 0;
}

static int acquire_controlling(struct tty *t, bool steal, bool is_readable)
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

static int open_tty(struct file *f, struct tty *t)
{
	f->private = t;
	f->ops = &tty_fops;
	f->mode |= FMODE_STREAM;
	if (t->is_hung_up)
		return -EIO;
	if (!(f->flags & O_NOCTTY) && !t->session && tty_proc_ops &&
	    tty_proc_ops->current_is_session_leader() && !tty_proc_ops->current_tty())
		acquire_controlling(t, false,
				    f->mode & FMODE_READ); /* not getting it is no error of open */
	return 0;
}

static int hvc_open(struct inode *inode, struct file *f)
{
	int err = start_hvc0();

	return err ? err : open_tty(f, hvc0);
}

static int devtty_open(struct inode *inode, struct file *f)
{
	struct tty *t = tty_proc_ops ? tty_proc_ops->current_tty() : NULL;

	if (!t)
		return -ENXIO;
	f->flags |= O_NOCTTY;
	return open_tty(f, t);
}

/* Without a terminal /dev/console is the kernel log: what is written goes there, reading is at its
 * end. */
static long log_write(struct file *f, struct iter *it, s64 *pos)
{
	char line[CHUNK];
	long total = 0;

	while (it->count) {
		size_t n = iter_get(it, line, MIN(it->count, sizeof(line) - 1));

		if (!n)
			return total ? total : -EFAULT;
		line[n] = 0;
		log_info("console: %s", line);
		total += (long)n;
	}
	return total;
}

static long log_read_end(struct file *f, struct iter *it, s64 *pos)
{
	return 0;
}

static const struct file_ops log_fops = {.read = log_read_end, .write = log_write};

static int console_open(struct inode *inode, struct file *f)
{
	if (start_hvc0() == 0)
		return open_tty(f, hvc0);
	f->ops = &log_fops;
	f->mode |= FMODE_STREAM;
	return 0;
}

/* Readers outside the foreground group are stopped. */
static int check_background(struct tty *t, int signo)
{
	if (!tty_proc_ops || tty_proc_ops->current_tty() != t || !t->pgrp ||
	    tty_proc_ops->current_pgid() == t->pgrp)
		return 0;
	return tty_proc_ops->background(signo);
}

/* What is there, or -EAGAIN. */
static long read_now(struct tty *t, struct iter *it)
{
	long n;

	mutex_lock(&t->lock);
	n = ldisc_read(t, it);
	if (n == -EAGAIN && t->is_hung_up)
		n = 0;
	mutex_unlock(&t->lock);
	return n;
}

static bool input_ready(struct tty *t, size_t want)
{
	return READ_ONCE(t->is_hung_up) || ldisc_available(t) >= want;
}

/* Non-canonical reads: VMIN bytes, VTIME tenths of a second between (or before the first with VMIN
 * 0). */
static long read_raw(struct tty *t, struct iter *it)
{
	size_t vmin = t->termios.c_cc[VMIN];
	u64 vtime_ns = t->termios.c_cc[VTIME] * 100 * NSEC_PER_MSEC;
	long total = 0;
	size_t want = it->count;

	for (;;) {
		long n = read_now(t, it);
		int err;

		if (n >= 0) {
			total += n;
			if (n == 0 || it->count == 0 || (size_t)total >= MIN(vmin, want))
				return total;
		} else if (n != -EAGAIN) {
			return total ? total : n;
		}
		if (!vmin && !vtime_ns)
			return total;
		err = wait_event_timeout(&t->read_wait, input_ready(t, 1),
					 vtime_ns && (!vmin || total) ? now_mono_ns() + vtime_ns
								      : 0);
		if (err)
			return total || err == -ETIMEDOUT ? total : err;
	}
}

static long tty_read(struct file *f, struct iter *it, s64 *pos)
{
	struct tty *t = file_tty(f);
	int err = check_background(t, SIGTTIN);
	long n;

	if (err || it->count == 0)
		return err;
	if (f->flags & O_NONBLOCK)
		return read_now(t, it);
	if (!(t->termios.c_lflag & ICANON))
		return read_raw(t, it);
	for (;;) {
		n = read_now(t, it);
		if (n != -EAGAIN)
			return n;
		err = wait_event_interruptible(&t->read_wait,
					       input_ready(t, 1) || !(t->termios.c_lflag & ICANON));
		if (err)
			return err;
	}
}

static long tty_write(struct file *f, struct iter *it, s64 *pos)
{
	struct tty *t = file_tty(f);
	bool nonblock = f->flags & O_NONBLOCK;
	u8 in[CHUNK], out[8 * CHUNK];
	long total = 0;
	int err = t->termios.c_lflag & TOSTOP ? check_background(t, SIGTTOU) : 0;

	while (it->count && !err) {
		size_t n = MIN(it->count, sizeof(in)), len;

		if (t->is_hung_up) {
			err = -EIO;
		} else if (t->is_stopped) {
			err = nonblock ? -EAGAIN
				       : wait_event_interruptible(&t->write_wait,
								  !t->is_stopped || t->is_hung_up);
		} else if (iter_get(it, in, n) != n) {
			err = -EFAULT;
		} else {
			mutex_lock(&t->lock);
			len = ldisc_process(t, in, n, out);
			mutex_unlock(&t->lock);
			err = (int)MIN(t->write(t, out, len, nonblock), 0l);
			if (!err)
				total += (long)n;
		}
	}
	return total ? total : err;
}

static unsigned tty_poll(struct file *f, struct poll_table *pt)
{
	struct tty *t = file_tty(f);
	unsigned mask = 0;

	poll_wait(pt, &t->read_wait);
	poll_wait(pt, &t->write_wait);
	if (t->is_hung_up)
		return EPOLLIN | EPOLLRDNORM | EPOLLHUP | EPOLLERR;
	if (ldisc_readable(t))
		mask |= EPOLLIN | EPOLLRDNORM;
	if (!t->is_stopped)
		mask |= EPOLLOUT | EPOLLWRNORM;
	return mask;
}

/* --- ioctl --- */

static long set_termios(struct tty *t, const struct termios *new, bool flush)
{
	int err = check_background(t, SIGTTOU);

	if (err)
		return err;
	mutex_lock(&t->lock);
	if (flush)
		ldisc_flush_input(t);
	ldisc_set_termios(t, new);
	mutex_unlock(&t->lock);
	return 0;
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
	default:
		return -ENOTTY;
	}
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
	int err = check_background(t, SIGTTOU);

	if (err)
		return err;
	if (!is_mine(t) || t->session != tty_proc_ops->current_sid())
		return -ENOTTY;
	if (pgid < 0)
		return -EINVAL;
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
		*arg = t->pgrp;
		return 0;
	case TIOCSPGRP:
		return set_pgrp(t, *arg);
	case TIOCGSID:
		if (!is_mine(t) || !t->session)
			return -ENOTTY;
		*arg = t->session;
		return 0;
	case TIOCSCTTY:
		return acquire_controlling(t, value == 1, f->mode & FMODE_READ);
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
		*(int *)arg = 0;
		return 0;
	case TCFLSH:
		if (value > TCIOFLUSH)
			return -EINVAL;
		err = check_background(t, SIGTTOU);
		if (!err && value != TCOFLUSH) {
			mutex_lock(&t->lock);
			ldisc_flush_input(t);
			mutex_unlock(&t->lock);
		}
		return err;
	case TCXONC:
		if (value > TCION)
			return -EINVAL;
		if (value == TCOOFF || value == TCOON) {
			WRITE_ONCE(t->is_stopped, value == TCOOFF);
			waitq_wake_all(&t->write_wait);
		}
		return 0;
	case TCSBRK:
	case TCSBRKP:
		return check_background(
			t, SIGTTOU); /* output is sent as it is written: it has drained */
	case TIOCSTI:
		if (!tty_proc_ops || !tty_proc_ops->capable(CAP_SYS_ADMIN))
			return -EPERM;
		mutex_lock(&t->lock);
		ldisc_receive(t, *(u8 *)arg);
		mutex_unlock(&t->lock);
		return 0;
	default:
		return -ENOTTY;
	}
}

static long tty_ioctl(struct file *f, unsigned cmd, void *arg, unsigned long value)
{
	struct tty *t = file_tty(f);
	long ret;

	switch (cmd) {
	case TIOCGWINSZ:
		*(struct winsize *)arg = t->winsize;
		return 0;
	case TIOCSWINSZ:
		return set_winsize(t, arg);
	case TIOCGETD:
		*(int *)arg = N_TTY;
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

static const struct file_ops tty_fops = {.read = tty_read,
					 .write = tty_write,
					 .poll = tty_poll,
					 .ioctl = tty_ioctl};
static const struct file_ops hvc_fops = {.open = hvc_open};
static const struct file_ops devtty_fops = {.open = devtty_open};
static const struct file_ops console_fops = {.open = console_open};

/* --- what proc/ asks --- */

static int driver_foreground(struct tty *t)
{
	return READ_ONCE(t->pgrp);
}

static u64 driver_rdev(struct tty *t)
{
	return t->rdev;
}

static void driver_session_ended(struct tty *t, bool is_exit)
{
	WRITE_ONCE(t->session, 0);
	WRITE_ONCE(t->pgrp, 0);
	(void)is_exit; /* hvc0 stays: the machine has no other line, and init may start a new
			  session on it */
}

static const struct tty_driver_ops driver_ops = {.foreground = driver_foreground,
						 .rdev = driver_rdev,
						 .session_ended = driver_session_ended};

int tty_init(void)
{
	int err;

	tty_driver_ops = &driver_ops;
	err = chrdev_register(HVC_MAJOR, 0, 1, &hvc_fops, "hvc");
	if (!err)
		err = chrdev_register(TTYAUX_MAJOR_K, 0, 1, &devtty_fops, "/dev/tty");
	if (!err)
		err = chrdev_register(TTYAUX_MAJOR_K, 1, 1, &console_fops, "/dev/console");
	if (!err)
		err = devnode_add("hvc0", S_IFCHR | 0620, MKDEV(HVC_MAJOR, 0));
	if (!err)
		err = devnode_add("tty", S_IFCHR | 0666, MKDEV(TTYAUX_MAJOR_K, 0));
	if (!err)
		err = devnode_add("console", S_IFCHR | 0600, MKDEV(TTYAUX_MAJOR_K, 1));
	return err;
}

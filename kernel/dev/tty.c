/* Terminals as files: /dev/hvc0 (on virtio-console port 6), /dev/tty, /dev/console. tty(4). */
#include "core/log.h"
#include "core/time.h"
#include "dev/dev.h"
#include "dev/tty.h"
#include "dev/vport.h"
#include "lib/err.h"
#include "lib/string.h"
#include "mm/kmalloc.h"
#include "vfs/fown.h"
#include "vfs/poll.h"
#include "vfs/vfs.h"
#include <linux/capability.h>
#include <linux/signal.h>

#define TTYAUX_MAJOR_K 5
#define HVC_MAJOR      229
#define CHUNK	       128

static const struct file_ops tty_fops;
static struct tty *hvc0; /* NULL without the terminal port */

const struct termios tty_initial_termios = {
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

void tty_wake_all(struct tty *t)
{
	waitq_wake_all(&t->read_wait);
	waitq_wake_all(&t->write_wait);
}

static void hang_up(struct tty *t)
{
	mutex_lock(&t->lock);
	t->is_hung_up = true;
	mutex_unlock(&t->lock);
	tty_wake_all(t);
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

void tty_setup(struct tty *t, u64 rdev)
{
	t->rdev = rdev;
	t->termios = tty_initial_termios;
	mutex_init(&t->lock, RANK_TTY, "tty");
	waitq_init(&t->read_wait);
	waitq_init(&t->write_wait);
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
	tty_setup(t, MKDEV(HVC_MAJOR, 0));
	t->write = hvc_write;
	t->winsize = (struct winsize){.ws_row = 24, .ws_col = 80};
	if (!atomic_cmpxchg(&hvc0, NULL, t)) {
		kfree(t);
		return 0;
	}
	reader = kthread_create("hvc0", hvc_reader, t);
	return IS_ERR(reader) ? (int)PTR_ERR(reader) : 0;
}

int tty_open_file(struct file *f, struct tty *t)
{
	bool is_admin = tty_proc_ops && tty_proc_ops->capable(CAP_SYS_ADMIN);
	struct tty_file *tf = kmalloc(sizeof(*tf), GFP_KERNEL);
	int err = 0;

	if (!tf)
		return -ENOMEM;
	mutex_lock(&t->lock);
	tf->t = t;
	tf->hangups = t->hangups;
	if (t->is_hung_up || (t->pty && !pty_slave_opened(t->pty)))
		err = -EIO;
	else if (t->is_exclusive && !is_admin)
		err = -EBUSY;
	if (err == -EBUSY && t->pty)
		pty_slave_closed(t->pty);
	mutex_unlock(&t->lock);
	if (err) {
		kfree(tf);
		return err;
	}
	if (t->pty)
		pty_get(t->pty);
	f->private = tf;
	f->ops = &tty_fops;
	f->mode |= FMODE_STREAM;
	if (!(f->flags & O_NOCTTY) && !t->session && tty_proc_ops &&
	    tty_proc_ops->current_is_session_leader() && !tty_proc_ops->current_tty())
		tty_acquire(t, false,
			    f->mode & FMODE_READ); /* not getting it is no error of open */
	return 0;
}

void tty_tell(const struct file *async, int reason)
{
	if (unlikely(async))
		fown_send(async, async->async_fd, reason);
}

void tty_set_async(struct file **async, struct file *f, bool on)
{
	if (on)
		*async = f;
	else if (*async == f)
		*async = NULL;
}

/* Who did not say who is to be told means the foreground group, or himself. */
static void slave_set_async(struct file *f, bool on, int pid, const struct cred *c)
{
	struct tty *t = tty_file(f)->t;

	mutex_lock(&t->lock);
	tty_set_async(&t->async, f, on);
	if (on)
		fown_set_default(f, t->pgrp ? -t->pgrp : pid, c);
	mutex_unlock(&t->lock);
}

static void tty_release(struct file *f)
{
	struct tty_file *tf = tty_file(f);
	struct tty *t = tf->t;

	mutex_lock(&t->lock);
	tty_set_async(&t->async, f, false);
	if (t->pty && !tty_is_gone(tf))
		pty_slave_closed(t->pty);
	mutex_unlock(&t->lock);
	if (t->pty)
		pty_put(t->pty);
	kfree(tf);
}

static int hvc_open(struct inode *inode, struct file *f)
{
	int err = start_hvc0();

	return err ? err : tty_open_file(f, hvc0);
}

static int devtty_open(struct inode *inode, struct file *f)
{
	struct tty *t = tty_proc_ops ? tty_proc_ops->current_tty() : NULL;

	if (!t)
		return -ENXIO;
	f->flags |= O_NOCTTY;
	return tty_open_file(f, t);
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
		return tty_open_file(f, hvc0);
	f->ops = &log_fops;
	f->mode |= FMODE_STREAM;
	return 0;
}

/* Readers outside the foreground group are stopped. */
int tty_check_background(struct tty *t, int signo)
{
	if (!tty_proc_ops || tty_proc_ops->current_tty() != t || !t->pgrp ||
	    tty_proc_ops->current_pgid() == t->pgrp)
		return 0;
	return tty_proc_ops->background(signo);
}

/* What is there, or -EAGAIN. */
static long read_now(struct tty_file *tf, struct iter *it)
{
	struct tty *t = tf->t;
	long n;

	mutex_lock(&t->lock);
	n = tty_is_gone(tf) && t->hangups != tf->hangups ? 0 : ldisc_read(t, it);
	if (n == -EAGAIN && tty_is_gone(tf))
		n = 0;
	mutex_unlock(&t->lock);
	return n;
}

static bool input_ready(struct tty_file *tf, size_t want)
{
	return tty_is_gone(tf) || ldisc_available(tf->t) >= want;
}

/* Non-canonical reads: VMIN bytes, VTIME tenths of a second between (or before the first with VMIN
 * 0). */
static long read_raw(struct tty_file *tf, struct iter *it)
{
	struct tty *t = tf->t;
	size_t vmin = t->termios.c_cc[VMIN];
	u64 vtime_ns = t->termios.c_cc[VTIME] * 100 * NSEC_PER_MSEC;
	u64 deadline = vtime_ns && !vmin ? now_mono_ns() + vtime_ns : 0;
	long total = 0;
	size_t want = it->count;

	for (;;) {
		long n = read_now(tf, it);
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
		if (vmin && vtime_ns && total)
			deadline = now_mono_ns() + vtime_ns;
		err = wait_event_timeout(&t->read_wait, input_ready(tf, 1), deadline);
		if (err)
			return total || err == -ETIMEDOUT ? total : err;
	}
}

static long tty_read(struct file *f, struct iter *it, s64 *pos)
{
	struct tty_file *tf = tty_file(f);
	struct tty *t = tf->t;
	int err = tty_is_gone(tf) ? 0 : tty_check_background(t, SIGTTIN);
	long n;

	if (err || it->count == 0)
		return err;
	if (f->flags & O_NONBLOCK)
		return read_now(tf, it);
	if (!(t->termios.c_lflag & ICANON))
		return read_raw(tf, it);
	for (;;) {
		n = read_now(tf, it);
		if (n != -EAGAIN)
			return n;
		err = wait_event_interruptible(&t->read_wait,
					       input_ready(tf, 1) ||
						       !(t->termios.c_lflag & ICANON));
		if (err)
			return err;
		if (!(t->termios.c_lflag & ICANON))
			return read_raw(tf, it);
	}
}

/* Up to a chunk, processed and sent: bytes taken, 0 = no room, or an error. */
static long write_some(struct tty *t, struct iter *it, bool nonblock)
{
	u8 in[CHUNK], out[8 * CHUNK];
	size_t n = MIN(it->count, sizeof(in)), len;
	long err = 0;

	mutex_lock(&t->lock);
	/* Each byte may become eight. */
	if (t->room)
		n = MIN(n, t->room(t) / 8);
	if (n && iter_get(it, in, n) != n) {
		mutex_unlock(&t->lock);
		return -EFAULT;
	}
	len = n ? ldisc_process(t, in, n, out) : 0;
	if (t->room && len)
		err = MIN(t->write(t, out, len, true), 0l);
	mutex_unlock(&t->lock);
	if (!t->room)
		err = MIN(t->write(t, out, len, nonblock), 0l);
	return err ? err : (long)n;
}

static bool has_output_room(struct tty *t)
{
	bool yes;

	if (!t->room)
		return true;
	mutex_lock(&t->lock);
	yes = t->room(t) >= 8;
	mutex_unlock(&t->lock);
	return yes;
}

/* Output goes on, or the opening has ended. */
static int wait_for_output(struct tty_file *tf)
{
	struct tty *t = tf->t;

	return wait_event_interruptible(&t->write_wait,
					tty_is_gone(tf) || (!t->is_stopped && has_output_room(t)));
}

static long tty_write(struct file *f, struct iter *it, s64 *pos)
{
	struct tty_file *tf = tty_file(f);
	struct tty *t = tf->t;
	bool nonblock = f->flags & O_NONBLOCK;
	long total = 0, err = 0;

	if (!tty_is_gone(tf) && (t->termios.c_lflag & TOSTOP))
		err = tty_check_background(t, SIGTTOU);
	while (it->count && !err) {
		long n = 0;

		if (tty_is_gone(tf))
			err = -EIO;
		else if (!t->is_stopped)
			n = write_some(t, it, nonblock);
		if (n > 0)
			total += n;
		else if (n < 0)
			err = n;
		else if (!err)
			err = nonblock ? -EAGAIN : wait_for_output(tf);
	}
	return total ? total : err;
}

static unsigned tty_poll(struct file *f, struct poll_table *pt)
{
	struct tty_file *tf = tty_file(f);
	struct tty *t = tf->t;
	unsigned mask = 0;

	poll_wait(pt, &t->read_wait);
	poll_wait(pt, &t->write_wait);
	if (tty_is_gone(tf))
		return EPOLLIN | EPOLLOUT | EPOLLERR | EPOLLHUP | EPOLLRDNORM | EPOLLWRNORM;
	if (ldisc_readable(t))
		mask |= EPOLLIN | EPOLLRDNORM;
	if (!t->is_stopped && has_output_room(t))
		mask |= EPOLLOUT | EPOLLWRNORM;
	return mask;
}

static const struct file_ops tty_fops = {.read = tty_read,
					 .write = tty_write,
					 .release = tty_release,
					 .set_async = slave_set_async,
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

void tty_hang_up_files(struct tty *t)
{
	mutex_lock(&t->lock);
	t->hangups++;
	ldisc_flush_input(t);
	ldisc_stop(t, false);
	if (t->pty)
		pty_all_closed(t->pty);
	mutex_unlock(&t->lock);
	tty_wake_all(t);
}

/* A pseudo-terminal stays with those who have it open, as on Linux. So does hvc0: the machine has
 * no other line, and what runs on may say something. */
static void driver_session_ended(struct tty *t, bool is_exit)
{
	(void)is_exit;
	WRITE_ONCE(t->session, 0);
	WRITE_ONCE(t->pgrp, 0);
}

static void driver_vhangup(struct tty *t)
{
	int sid = READ_ONCE(t->session);

	tty_hang_up_files(t);
	WRITE_ONCE(t->session, 0);
	WRITE_ONCE(t->pgrp, 0);
	if (sid)
		tty_proc_ops->hangup(t, sid);
}

static void driver_get(struct tty *t)
{
	if (t->pty)
		pty_get(t->pty);
}

static void driver_put(struct tty *t)
{
	if (t->pty)
		pty_put(t->pty);
}

static const struct tty_driver_ops driver_ops = {.get = driver_get,
						 .put = driver_put,
						 .foreground = driver_foreground,
						 .rdev = driver_rdev,
						 .session_ended = driver_session_ended,
						 .vhangup = driver_vhangup};

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
	return err ? err : pty_init();
}

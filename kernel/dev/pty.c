/*
 * Pseudo-terminals: pty(7). The slave is a terminal whose line ends in the master: what is written
 * to the slave waits in a ring for the master's reader; what is written to the master is input of
 * the slave. Opening /dev/ptmx makes a pair, and devpts shows its name.
 */
#include "dev/tty.h"
#include "lib/err.h"
#include "lib/printf.h"
#include "lib/string.h"
#include "mm/kmalloc.h"
#include "vfs/fown.h"
#include "vfs/poll.h"
#include "vfs/vfs.h"
#include <asm/ioctls.h>
#include <linux/signal.h>

#define RING_SIZE 8192u /* bytes of output that wait for the master */
#define MAX_PTYS  4096
#define CHUNK	  256

struct pty {
	struct tty tty; /* the slave; first */
	refcount_t ref; /* the master, each opening of the slave, each process it controls */
	unsigned index;
	struct super_block *names; /* where its name is; reference */
	struct pty *next;	   /* pty_lock */

	/* tty.lock */
	unsigned nr_slaves; /* openings */
	bool was_opened, is_master_open, is_locked, is_packet;
	u8 status; /* TIOCPKT_* that the master has not heard of */
	size_t head, tail;
	u8 ring[RING_SIZE];
	struct waitq master_wait; /* output, status or the end */
	struct file *master_async;
};

static spinlock_t pty_lock = SPINLOCK_INIT(RANK_LEAF, "ptys");
static struct pty *ptys;
static u64 used[MAX_PTYS / 64]; /* numbers; pty_lock */

/* --- making and letting go --- */

void pty_get(struct pty *p)
{
	ref_get(&p->ref);
}

void pty_put(struct pty *p)
{
	struct pty **at;

	if (!ref_put(&p->ref))
		return;
	spin_lock(&pty_lock);
	for (at = &ptys; *at != p; at = &(*at)->next)
		;
	*at = p->next;
	used[p->index / 64] &= ~BIT(p->index % 64);
	pts_count--;
	spin_unlock(&pty_lock);
	kfree(p);
}

/* The pair of this number whose master is open, referenced; NULL. */
static struct pty *pty_find(unsigned index)
{
	struct pty *p;

	spin_lock(&pty_lock);
	for (p = ptys; p && p->index != index; p = p->next)
		;
	if (p)
		pty_get(p);
	spin_unlock(&pty_lock);
	return p;
}

/* Give it the lowest free number; -ENOSPC. */
static int pty_number(struct pty *p)
{
	int limit = MIN(READ_ONCE(pts_max), MAX_PTYS), err = -ENOSPC;

	spin_lock(&pty_lock);
	for (unsigned i = 0; i < (unsigned)limit && pts_count < limit; i++) {
		if (used[i / 64] & BIT(i % 64))
			continue;
		used[i / 64] |= BIT(i % 64);
		p->index = i;
		p->next = ptys;
		ptys = p;
		pts_count++;
		err = 0;
		break;
	}
	spin_unlock(&pty_lock);
	return err;
}

/* --- the slave's line; tty.lock held --- */

static size_t pty_room(struct tty *t)
{
	struct pty *p = t->pty;

	return RING_SIZE - (READ_ONCE(p->head) - READ_ONCE(p->tail));
}

static long pty_output(struct tty *t, const void *buf, size_t n, bool nonblock)
{
	struct pty *p = t->pty;
	const u8 *from = buf;
	size_t i;

	n = MIN(n, pty_room(t));
	for (i = 0; i < n; i++)
		p->ring[p->head++ % RING_SIZE] = from[i];
	if (n) {
		waitq_wake_all(&p->master_wait);
		tty_tell(p->master_async, POLL_IN);
	}
	return (long)n;
}

bool pty_slave_opened(struct pty *p)
{
	if (!p->is_master_open || p->is_locked)
		return false;
	p->nr_slaves++;
	p->was_opened = true;
	return true;
}

void pty_slave_closed(struct pty *p)
{
	if (p->nr_slaves && !--p->nr_slaves)
		waitq_wake_all(&p->master_wait);
}

void pty_all_closed(struct pty *p)
{
	p->nr_slaves = 0;
	waitq_wake_all(&p->master_wait);
}

void pty_notice(struct pty *p, u8 set, u8 clear)
{
	if (!p->is_packet)
		return;
	p->status = (u8)((p->status & ~clear) | set);
	waitq_wake_all(&p->master_wait);
}

size_t pty_pending(struct pty *p)
{
	return p->head - p->tail;
}

void pty_flush_output(struct pty *p)
{
	WRITE_ONCE(p->tail, p->head);
	pty_notice(p, TIOCPKT_FLUSHWRITE, 0);
	waitq_wake_all(&p->tty.write_wait);
}

static int slave_open(struct inode *inode, struct file *f)
{
	struct pty *p = pty_find(DEV_MINOR(inode->rdev));
	int err;

	if (!p)
		return -EIO;
	err = tty_open_file(f, &p->tty);
	pty_put(p);
	return err;
}

/* --- the master --- */

static struct pty *master(struct file *f)
{
	return f->private;
}

static bool is_slave_gone(struct pty *p)
{
	return READ_ONCE(p->was_opened) && !READ_ONCE(p->nr_slaves);
}

static bool has_news(struct pty *p)
{
	return READ_ONCE(p->head) != READ_ONCE(p->tail) || (p->is_packet && READ_ONCE(p->status)) ||
	       is_slave_gone(p);
}

/* Bytes of the ring; tty.lock held. */
static long take_output(struct pty *p, struct iter *it)
{
	long done = 0;

	while (it->count && p->tail != p->head) {
		size_t at = p->tail % RING_SIZE;
		size_t n = MIN(MIN(it->count, p->head - p->tail), RING_SIZE - at);
		size_t moved = iter_put(it, p->ring + at, n);

		WRITE_ONCE(p->tail, p->tail + moved);
		done += (long)moved;
		if (moved < n)
			return done ? done : -EFAULT;
	}
	if (done) {
		waitq_wake_all(&p->tty.write_wait);
		tty_tell(p->tty.async, POLL_OUT);
	}
	return done;
}

/* TIOCPKT: each read begins with a byte that says what it is. */
static long take_packet(struct pty *p, struct iter *it)
{
	u8 kind = p->status;
	long n;

	if (iter_put(it, &kind, 1) != 1)
		return -EFAULT;
	if (kind) {
		p->status = 0;
		return 1;
	}
	n = take_output(p, it);
	return n < 0 ? n : n + 1;
}

static long read_now(struct pty *p, struct iter *it)
{
	long n;

	mutex_lock(&p->tty.lock);
	if (p->is_packet && (p->status || p->head != p->tail))
		n = take_packet(p, it);
	else if (p->head != p->tail)
		n = take_output(p, it);
	else
		n = is_slave_gone(p) ? -EIO : -EAGAIN;
	mutex_unlock(&p->tty.lock);
	return n;
}

static long master_read(struct file *f, struct iter *it, s64 *pos)
{
	struct pty *p = master(f);

	if (!it->count)
		return 0;
	for (;;) {
		long n = read_now(p, it);
		int err;

		if (n != -EAGAIN || (f->flags & O_NONBLOCK))
			return n;
		err = wait_event_interruptible(&p->master_wait, has_news(p));
		if (err)
			return err;
	}
}

/* Input for the slave, as far as there is room: bytes taken. */
static long feed(struct pty *p, const u8 *bytes, size_t n)
{
	size_t i;

	mutex_lock(&p->tty.lock);
	for (i = 0; i < n && ldisc_has_room(&p->tty); i++)
		ldisc_receive(&p->tty, bytes[i]);
	mutex_unlock(&p->tty.lock);
	return (long)i;
}

static long master_write(struct file *f, struct iter *it, s64 *pos)
{
	struct pty *p = master(f);
	u8 bytes[CHUNK];
	long total = 0;
	int err = 0;

	while (it->count && !err) {
		size_t n = iter_get(it, bytes, MIN(it->count, sizeof(bytes))), done = 0;

		if (!n)
			return total ? total : -EFAULT;
		while (done < n && !err) {
			long fed = feed(p, bytes + done, n - done);

			done += (size_t)fed;
			total += fed;
			if (done == n)
				break;
			err = f->flags & O_NONBLOCK
				      ? -EAGAIN
				      : wait_event_interruptible(&p->tty.write_wait,
								 ldisc_has_room(&p->tty));
		}
	}
	return total ? total : err;
}

static unsigned master_poll(struct file *f, struct poll_table *pt)
{
	struct pty *p = master(f);
	unsigned mask = 0;

	poll_wait(pt, &p->master_wait);
	poll_wait(pt, &p->tty.write_wait);
	if (p->head != p->tail)
		mask |= EPOLLIN | EPOLLRDNORM;
	if (p->is_packet && p->status)
		mask |= EPOLLIN | EPOLLRDNORM | EPOLLPRI;
	if (is_slave_gone(p))
		mask |= EPOLLHUP;
	if (ldisc_has_room(&p->tty))
		mask |= EPOLLOUT | EPOLLWRNORM;
	return mask;
}

static long open_peer(struct pty *p, unsigned long flags)
{
	char path[32];

	snprintf(path, sizeof(path), "/dev/pts/%u", p->index);
	return tty_proc_ops->open_fd(path, (u32)flags);
}

static long set_packet(struct pty *p, bool on)
{
	mutex_lock(&p->tty.lock);
	if (on != p->is_packet)
		p->status = 0;
	p->is_packet = on;
	mutex_unlock(&p->tty.lock);
	return 0;
}

/* TIOCSIG: as if the key were typed. */
static long send_signal(struct pty *p, unsigned long signo)
{
	if (signo != SIGINT && signo != SIGQUIT && signo != SIGTSTP)
		return -EINVAL;
	if (p->tty.pgrp)
		tty_proc_ops->signal_pgrp(p->tty.pgrp, (int)signo);
	return 0;
}

/* What asks about the slave's session from here needs no such terminal of one's own. */
static long master_session(struct pty *p, unsigned cmd, int *arg)
{
	if (cmd == TIOCGPGRP)
		*arg = tty_proc_ops->pid_seen(p->tty.pgrp);
	else if (!p->tty.session)
		return -ENOTTY;
	else
		*arg = tty_proc_ops->pid_seen(p->tty.session);
	return 0;
}

static long master_ioctl(struct file *f, unsigned cmd, void *arg, unsigned long value)
{
	struct pty *p = master(f);

	switch (cmd) {
	case TIOCGPTN:
		*(unsigned *)arg = p->index;
		return 0;
	case TIOCSPTLCK:
		WRITE_ONCE(p->is_locked, *(int *)arg != 0);
		return 0;
	case TIOCGPTLCK:
		*(int *)arg = p->is_locked;
		return 0;
	case TIOCPKT:
		return set_packet(p, *(int *)arg != 0);
	case TIOCGPKT:
		*(int *)arg = p->is_packet;
		return 0;
	case TIOCGPTPEER:
		return open_peer(p, value);
	case TIOCSIG:
		return send_signal(p, value);
	case TIOCGPGRP:
	case TIOCGSID:
		return master_session(p, cmd, arg);
	case TIOCINQ:
		*(int *)arg = (int)pty_pending(p);
		return 0;
	case TIOCOUTQ:
		*(int *)arg = 0;
		return 0;
	case TIOCGDEV:
		*(unsigned *)arg = 5u << 8 | 2;
		return 0;
	case TCFLSH:
		if (value > TCIOFLUSH)
			return -EINVAL;
		/* The other way round from here. */
		value = value == TCIFLUSH ? TCOFLUSH : value == TCOFLUSH ? TCIFLUSH : value;
		break;
	case TIOCSCTTY:
		return -EIO;
	}
	return tty_ioctl_shared(f, &p->tty, cmd, arg, value);
}

static void master_set_async(struct file *f, bool on, int pid, const struct cred *c)
{
	struct pty *p = master(f);

	mutex_lock(&p->tty.lock);
	tty_set_async(&p->master_async, f, on);
	if (on)
		fown_set_default(f, pid, c);
	mutex_unlock(&p->tty.lock);
}

static void master_release(struct file *f)
{
	struct pty *p = master(f);
	int sid = READ_ONCE(p->tty.session);

	if (pts_ops)
		pts_ops->remove(p->names, p->index);
	mutex_lock(&p->tty.lock);
	p->is_master_open = false;
	p->master_async = NULL;
	p->tty.is_hung_up = true;
	ldisc_flush_input(&p->tty);
	mutex_unlock(&p->tty.lock);
	tty_wake_all(&p->tty);
	if (sid)
		tty_proc_ops->hangup(&p->tty, sid);
	pty_put(p);
}

static const struct file_ops master_fops = {.read = master_read,
					    .write = master_write,
					    .poll = master_poll,
					    .ioctl = master_ioctl,
					    .release = master_release,
					    .set_async = master_set_async};

static int ptmx_open(struct inode *inode, struct file *f)
{
	struct pty *p;
	u32 uid, gid;
	int err;

	if (!pts_ops || !tty_proc_ops)
		return -ENODEV;
	p = kzalloc(sizeof(*p), GFP_KERNEL);
	if (!p)
		return -ENOMEM;
	err = pty_number(p);
	if (err) {
		kfree(p);
		return err;
	}
	ref_init(&p->ref, 1);
	waitq_init(&p->master_wait);
	tty_setup(&p->tty, MKDEV(PTS_MAJOR, p->index));
	p->tty.pty = p;
	p->tty.write = pty_output;
	p->tty.room = pty_room;
	p->is_master_open = p->is_locked = true;
	tty_proc_ops->current_ids(&uid, &gid);
	err = pts_ops->add(inode, p->index, uid, gid, &p->names);
	if (err) {
		pty_put(p);
		return err;
	}
	f->private = p;
	f->ops = &master_fops;
	f->mode |= FMODE_STREAM;
	return 0;
}

static const struct file_ops ptmx_fops = {.open = ptmx_open};
static const struct file_ops slave_fops = {.open = slave_open};

int pty_init(void)
{
	int err = chrdev_register(DEV_MAJOR(PTMX_DEVICE), DEV_MINOR(PTMX_DEVICE), 1, &ptmx_fops,
				  "/dev/ptmx");

	if (!err)
		err = chrdev_register(PTS_MAJOR, 0, MAX_PTYS, &slave_fops, "pts");
	return err ? err : devnode_add("ptmx", S_IFCHR | 0666, PTMX_DEVICE);
}

/*
 * signalfd(2): the caller's pending signals as records of a file. Which signals is kept in the
 * file, whose they are is decided at each read and poll. Called by sys/signalfd.c and through
 * file_ops.
 */
#include "proc/signalfd.h"
#include "lib/err.h"
#include "lib/printf.h"
#include "lib/string.h"
#include "vfs/poll.h"
#include <linux/signalfd.h>

/* One queue for all: a file may outlive the process that waits for its signals. */
struct waitq signalfd_wait = WAITQ_INIT(signalfd_wait);

static u64 mask_of(const struct file *f)
{
	return (u64)READ_ONCE(f->private);
}

static bool has_signal(struct task *t, u64 mask)
{
	return (READ_ONCE(t->pending.set) | READ_ONCE(t->process->pending.set)) & mask;
}

static void fill(struct signalfd_siginfo *s, const siginfo_t *si)
{
	memset(s, 0, sizeof(*s));
	s->ssi_signo = (u32)si->si_signo;
	s->ssi_errno = si->si_errno;
	s->ssi_code = si->si_code;
	if (si->si_code == SI_TIMER) {
		s->ssi_tid = (u32)si->si_tid;
		s->ssi_overrun = (u32)si->si_overrun;
		s->ssi_ptr = (u64)si->si_ptr;
		s->ssi_int = si->si_int;
		return;
	}
	if (si->si_code > 0 && si->si_code != SI_KERNEL) {
		if (SIGMASK(si->si_signo) & SIG_SYNCHRONOUS) {
			s->ssi_addr = (u64)si->si_addr;
			return;
		}
		if (si->si_signo == SIGIO) {
			s->ssi_band = (u32)si->si_band;
			s->ssi_fd = si->si_fd;
			return;
		}
	}
	s->ssi_pid = (u32)si->si_pid;
	s->ssi_uid = si->si_uid;
	if (si->si_signo == SIGCHLD && si->si_code > 0) {
		s->ssi_status = si->si_status;
		s->ssi_utime = (u64)si->si_utime;
		s->ssi_stime = (u64)si->si_stime;
	} else if (si->si_code < 0 && si->si_code != SI_TKILL) {
		s->ssi_ptr = (u64)si->si_ptr;
		s->ssi_int = si->si_int;
	}
}

/* Waits for the first one only. */
static long signalfd_read(struct file *f, struct iter *it, s64 *pos)
{
	struct task *t = current;
	struct signalfd_siginfo s;
	siginfo_t si;
	long done = 0;
	int err;

	(void)pos;
	if (it->count < sizeof(s))
		return -EINVAL;
	while (it->count >= sizeof(s)) {
		if (!signal_dequeue(t, mask_of(f), &si)) {
			if (done)
				break;
			if (f->flags & O_NONBLOCK)
				return -EAGAIN;
			err = wait_event_interruptible(&signalfd_wait, has_signal(t, mask_of(f)));
			if (err)
				return err;
			continue;
		}
		fill(&s, &si);
		if (iter_put(it, &s, sizeof(s)) != sizeof(s))
			return done ? done : -EFAULT;
		done += (long)sizeof(s);
	}
	return done;
}

static unsigned signalfd_poll(struct file *f, struct poll_table *pt)
{
	poll_wait(pt, &signalfd_wait);
	return has_signal(current, mask_of(f)) ? EPOLLIN : 0;
}

static s64 no_position(struct file *f, s64 off, int whence)
{
	(void)off;
	(void)whence;
	return f->pos;
}

static void signalfd_show(struct file *f, void (*emit)(void *arg, const char *line), void *arg)
{
	char line[40];

	scnprintf(line, sizeof(line), "sigmask:\t%016llx\n", (unsigned long long)mask_of(f));
	emit(arg, line);
}

static const struct file_ops signalfd_ops = {.show_fdinfo = signalfd_show,
					     .read = signalfd_read,
					     .poll = signalfd_poll,
					     .llseek = no_position};

int signalfd_set_mask(struct file *f, u64 mask)
{
	if (f->ops != &signalfd_ops)
		return -EINVAL;
	WRITE_ONCE(f->private, (void *)(mask & ~SIG_KERNEL_ONLY));
	waitq_wake_all(&signalfd_wait);
	return 0;
}

struct file *signalfd_file(u64 mask, u32 o_flags)
{
	struct inode *inode = inode_new_anon(S_IRUSR | S_IWUSR);
	struct file *f;

	if (!inode)
		return ERR_PTR(-ENOMEM);
	f = file_anon(inode, &signalfd_ops, O_RDWR | o_flags, "anon_inode:[signalfd]");
	if (IS_ERR(f))
		return f;
	f->private = (void *)(mask & ~SIG_KERNEL_ONLY);
	f->mode |= FMODE_STREAM;
	return f;
}

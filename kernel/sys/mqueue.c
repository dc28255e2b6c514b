/* POSIX message queues, mq_overview(7). Next: vfs/mqueue.c, vfs/mqueue_msg.c. */
#include "core/time.h"
#include "sys/uaccess_time.h"
#include "vfs/mqueue.h"

/* --- attributes; i386's have 32-bit longs --- */

#define ATTR_WORDS (sizeof(struct mq_attr) / sizeof(long))

static int attr_get(struct mq_attr *a, uaddr_t from)
{
	s32 words[ATTR_WORDS];
	long *to = (void *)a;

	if (!arch_in_compat_syscall())
		return copy_from_user(a, from, sizeof(*a));
	if (copy_from_user(words, from, sizeof(words)))
		return -EFAULT;
	for (size_t i = 0; i < ATTR_WORDS; i++)
		to[i] = words[i];
	return 0;
}

static int attr_put(uaddr_t to, const struct mq_attr *a)
{
	const long *from = (const void *)a;
	s32 words[ATTR_WORDS];

	if (!arch_in_compat_syscall())
		return copy_to_user(to, a, sizeof(*a));
	for (size_t i = 0; i < ATTR_WORDS; i++)
		words[i] = (s32)from[i];
	return copy_to_user(to, words, sizeof(words));
}

/* --- names --- */

long sys_mq_open(uaddr_t u_name, int flags, unsigned int mode, uaddr_t u_attr)
{
	struct mqueue_open o = {
		.o_flags = (u32)flags & ~(u32)O_CLOEXEC,
		.mode = mode,
		.limit_bytes = task_rlimit(current, RLIMIT_MSGQUEUE),
	};
	struct mq_attr attr;
	struct user_path up;
	char *name;
	long fd;

	if (u_attr.v && attr_get(&attr, u_attr))
		return -EFAULT;
	o.attr = u_attr.v ? &attr : NULL;
	name = user_path_get(&up, u_name, false);
	if (IS_ERR(name))
		return PTR_ERR(name);
	o.name = name;
	fd = file_install(mqueue_open(&current->vfs, &o), true);
	user_path_put(&up);
	return fd;
}

long sys_mq_unlink(uaddr_t u_name)
{
	struct user_path up;
	char *name = user_path_get(&up, u_name, false);
	long err;

	if (IS_ERR(name))
		return PTR_ERR(name);
	err = mqueue_unlink(&current->vfs, name);
	user_path_put(&up);
	return err;
}

/* --- messages --- */

/* A queue open in this mode; the file NULL: -EBADF. */
static struct fdref queue_get(int fd, u32 mode)
{
	struct fdref r = fd_get(current->vfs.files, (unsigned)fd);

	if (r.file && (!file_is_mqueue(r.file) || !(r.file->mode & mode))) {
		fd_put(r);
		r = (struct fdref){NULL, false};
	}
	return r;
}

/* A time of the real-time clock as a deadline of the monotonic one; 0: none. */
static int deadline_get(uaddr_t timeout, u64 *deadline_ns)
{
	u64 ns, real, mono;
	int err;

	*deadline_ns = 0;
	if (!timeout.v)
		return 0;
	err = timespec_get(timeout, &ns);
	if (err)
		return err;
	real = now_real_ns();
	mono = now_mono_ns();
	*deadline_ns = ns <= real ? 1 : MIN(ns - real, TIME_MAX_NS - mono) + mono;
	return 0;
}

static long send(struct file *f, uaddr_t msg, size_t len, unsigned prio, u64 deadline_ns)
{
	struct mqueue_msg *m;
	long err;

	if (len > mqueue_msgsize(f))
		return -EMSGSIZE;
	m = kmalloc(sizeof(*m) + len, GFP_KERNEL);
	if (!m)
		return -ENOMEM;
	m->prio = prio;
	m->size = len;
	err = copy_from_user(m->text, msg, len);
	if (!err)
		err = mqueue_send(f, m, deadline_ns);
	if (err)
		kfree(m);
	return err;
}

long sys_mq_timedsend(int mqd, uaddr_t msg, size_t len, unsigned int prio, uaddr_t timeout)
{
	u64 deadline_ns;
	struct fdref r;
	long err = deadline_get(timeout, &deadline_ns);

	if (err)
		return err;
	if (prio >= MQ_PRIO_MAX)
		return -EINVAL;
	r = queue_get(mqd, FMODE_WRITE);
	if (!r.file)
		return -EBADF;
	err = send(r.file, msg, len, prio, deadline_ns);
	fd_put(r);
	return err;
}

static long receive(struct file *f, uaddr_t msg, size_t len, uaddr_t prio, u64 deadline_ns)
{
	struct mqueue_msg *m;
	long n;

	if (len < mqueue_msgsize(f))
		return -EMSGSIZE;
	m = mqueue_receive(f, deadline_ns);
	if (IS_ERR(m))
		return PTR_ERR(m);
	n = (long)m->size;
	if ((prio.v && copy_to_user(prio, &m->prio, sizeof(m->prio))) ||
	    copy_to_user(msg, m->text, m->size))
		n = -EFAULT;
	kfree(m);
	return n;
}

long sys_mq_timedreceive(int mqd, uaddr_t msg, size_t len, uaddr_t prio, uaddr_t timeout)
{
	u64 deadline_ns;
	struct fdref r;
	long n = deadline_get(timeout, &deadline_ns);

	if (n)
		return n;
	r = queue_get(mqd, FMODE_READ);
	if (!r.file)
		return -EBADF;
	n = receive(r.file, msg, len, prio, deadline_ns);
	fd_put(r);
	return n;
}

/* --- mq_notify --- */

struct notifier {
	struct mqueue_notifier base; /* first */
	struct process *owner;	     /* reference */
	sigval_t value;
};

static void notifier_drop(struct mqueue_notifier *n)
{
	struct notifier *mine = container_of(n, struct notifier, base);

	process_put(mine->owner);
	kfree(mine);
}

static bool notifier_is_callers(const struct mqueue_notifier *n)
{
	return container_of(n, const struct notifier, base)->owner == current->process;
}

/* mq_notify(3): si_code SI_MESGQ, and who sent the message. */
static void notifier_fire(struct mqueue_notifier *n)
{
	struct notifier *mine = container_of(n, struct notifier, base);
	siginfo_t si;

	if (n->kind == SIGEV_SIGNAL && n->signo) {
		siginfo_user(&si, n->signo, SI_MESGQ);
		si.si_value = mine->value;
		signal_process(mine->owner, &si);
	}
	notifier_drop(n);
}

static struct notifier *notifier_new(const struct sigevent *ev)
{
	struct notifier *n = kzalloc(sizeof(*n), GFP_KERNEL);

	if (!n)
		return NULL;
	n->base = (struct mqueue_notifier){
		.fire = notifier_fire,
		.drop = notifier_drop,
		.is_callers = notifier_is_callers,
		.kind = ev->sigev_notify,
		.signo = ev->sigev_notify == SIGEV_SIGNAL ? ev->sigev_signo : 0,
		.pid = current->process->vpid,
	};
	n->owner = current->process;
	ref_get(&n->owner->ref);
	n->value = ev->sigev_value;
	return n;
}

#define COOKIE_BYTES 32

/* SIGEV_THREAD of the C library: a cookie, and a netlink socket that would bring it back; there is
 * no such socket here. */
static long check_thread_event(const struct sigevent *ev)
{
	char cookie[COOKIE_BYTES];
	struct fdref r;
	long err = -EINVAL;

	if (copy_from_user(cookie, uaddr((unsigned long)ev->sigev_value.sival_ptr), sizeof(cookie)))
		return -EFAULT;
	r = fd_get(current->vfs.files, (unsigned)ev->sigev_signo);
	if (!r.file)
		return -EBADF;
	if (!S_ISSOCK(r.file->inode->mode))
		err = -ENOTSOCK;
	fd_put(r);
	return err;
}

static long check_event(const struct sigevent *ev)
{
	switch (ev->sigev_notify) {
	case SIGEV_NONE:
		return 0;
	case SIGEV_SIGNAL:
		return ev->sigev_signo >= 0 && ev->sigev_signo <= NSIG_K ? 0 : -EINVAL;
	case SIGEV_THREAD:
		return check_thread_event(ev);
	}
	return -EINVAL;
}

long sys_mq_notify(int mqd, uaddr_t event)
{
	struct notifier *n = NULL;
	struct sigevent ev;
	struct fdref r;
	long err;

	if (event.v) {
		if (sigevent_get(&ev, event))
			return -EFAULT;
		err = check_event(&ev);
		if (err)
			return err;
	}
	r = queue_get(mqd, FMODE_READ | FMODE_WRITE);
	if (!r.file)
		return -EBADF;
	n = event.v ? notifier_new(&ev) : NULL;
	err = event.v && !n ? -ENOMEM : mqueue_set_notifier(r.file, n ? &n->base : NULL);
	if (err && n)
		notifier_drop(&n->base);
	fd_put(r);
	return err;
}

long sys_mq_getsetattr(int mqd, uaddr_t new_attr, uaddr_t old_attr)
{
	struct mq_attr new, old;
	struct fdref r;

	if (new_attr.v) {
		if (attr_get(&new, new_attr))
			return -EFAULT;
		if (new.mq_flags & ~O_NONBLOCK)
			return -EINVAL;
	}
	r = queue_get(mqd, FMODE_READ | FMODE_WRITE);
	if (!r.file)
		return -EBADF;
	mqueue_getattr(r.file, &old);
	if (new_attr.v) {
		if (new.mq_flags & O_NONBLOCK)
			atomic_or(&r.file->flags, (u32)O_NONBLOCK);
		else
			atomic_and(&r.file->flags, ~(u32)O_NONBLOCK);
	}
	fd_put(r);
	return old_attr.v && attr_put(old_attr, &old) ? -EFAULT : 0;
}

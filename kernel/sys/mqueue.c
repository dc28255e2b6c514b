/* POSIX message queues, mq_overview(7). Next: vfs/mqueue.c, vfs/mqueue_msg.c. */
#include "core/time.h"
#include "net/netlink.h"
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

/* A time of the real-time clock; 0: none. */
static int deadline_get(uaddr_t timeout, u64 *deadline_ns)
{
	u64 ns;
	int err;

	*deadline_ns = 0;
	if (!timeout.v)
		return 0;
	err = timespec_get(timeout, &ns);
	if (err)
		return err;
	*deadline_ns = ns | DEADLINE_REAL;
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

#define COOKIE_BYTES	32 /* its last byte says what happened: */
#define COOKIE_WOKEN_UP 1
#define COOKIE_REMOVED	2

struct notifier {
	struct mqueue_notifier base; /* first */
	struct process *owner;	     /* reference */
	sigval_t value;
	/* SIGEV_THREAD: the C library's thread waits for the cookie at a netlink socket */
	struct socket *socket; /* reference */
	struct nl_msg *cookie;
};

static void notifier_free(struct notifier *n)
{
	if (n->cookie)
		netlink_discard(n->cookie);
	if (n->socket)
		socket_put(n->socket);
	if (n->owner)
		process_put(n->owner);
	kfree(n);
}

static void send_cookie(struct notifier *n, u8 what)
{
	if (!n->cookie)
		return;
	((u8 *)netlink_data(n->cookie))[COOKIE_BYTES - 1] = what;
	netlink_deliver(n->socket, n->cookie);
	n->cookie = NULL;
}

/* It was set, and ends without a message. */
static void notifier_drop(struct mqueue_notifier *n)
{
	struct notifier *mine = container_of(n, struct notifier, base);

	send_cookie(mine, COOKIE_REMOVED);
	notifier_free(mine);
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
	send_cookie(mine, COOKIE_WOKEN_UP);
	notifier_free(mine);
}

/* SIGEV_THREAD of the C library: sigev_value is the cookie's address, sigev_signo the socket. */
static int take_cookie(struct notifier *n, const struct sigevent *ev)
{
	char cookie[COOKIE_BYTES];
	struct socket *s;
	struct fdref r;
	int err = -EINVAL;

	if (copy_from_user(cookie, uaddr((unsigned long)ev->sigev_value.sival_ptr), sizeof(cookie)))
		return -EFAULT;
	r = fd_get(current->vfs.files, (unsigned)ev->sigev_signo);
	if (!r.file)
		return -EBADF;
	s = socket_of(r.file);
	if (!s) {
		err = -ENOTSOCK;
	} else if (s->family == AF_NETLINK) {
		struct nl_msg *m = netlink_prepare(cookie, sizeof(cookie));

		err = IS_ERR(m) ? (int)PTR_ERR(m) : 0;
		if (!err) {
			n->cookie = m;
			n->socket = socket_get(s);
		}
	}
	fd_put(r);
	return err;
}

static int check_event(const struct sigevent *ev)
{
	switch (ev->sigev_notify) {
	case SIGEV_NONE:
	case SIGEV_THREAD:
		return 0;
	case SIGEV_SIGNAL:
		return ev->sigev_signo >= 0 && ev->sigev_signo <= NSIG_K ? 0 : -EINVAL;
	}
	return -EINVAL;
}

/* ERR_PTR. */
static struct notifier *notifier_new(const struct sigevent *ev)
{
	struct notifier *n;
	int err = check_event(ev);

	if (err)
		return ERR_PTR(err);
	n = kzalloc(sizeof(*n), GFP_KERNEL);
	if (!n)
		return ERR_PTR(-ENOMEM);
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
	if (ev->sigev_notify == SIGEV_THREAD)
		err = take_cookie(n, ev);
	if (err) {
		notifier_free(n);
		return ERR_PTR(err);
	}
	return n;
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
		n = notifier_new(&ev);
		if (IS_ERR(n))
			return PTR_ERR(n);
	}
	r = queue_get(mqd, FMODE_READ | FMODE_WRITE);
	err = r.file ? mqueue_set_notifier(r.file, n ? &n->base : NULL) : -EBADF;
	if (err && n)
		notifier_free(n);
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

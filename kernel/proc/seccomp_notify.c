/*
 * SECCOMP_RET_USER_NOTIF: the call waits while a supervisor, who holds the listener's descriptor,
 * reads what it is about and answers in its place. seccomp_unotify(2).
 */
#include "proc/seccomp.h"
#include "lib/err.h"
#include "lib/string.h"
#include "mm/kmalloc.h"
#include "vfs/poll.h"
#include <linux/ioctl.h>

enum state { ASKED, READ, ANSWERED };

/* A descriptor the supervisor puts into the waiting task, which does so itself. */
struct add_request {
	struct list_head node; /* question->adds, the notifier's lock */
	struct file *file;
	u32 flags, newfd, newfd_flags;
	int result;
	bool is_done;
};

/* A call that waits; on the caller's stack. */
struct question {
	struct list_head node; /* notifier->questions; the notifier's lock, as all of it */
	u64 id;
	struct task *task;
	const struct seccomp_data *data;
	enum state state;
	long value;
	int error;
	u32 flags;
	struct list_head adds;
	struct waitq wait;
};

struct seccomp_notifier {
	refcount_t ref; /* the filter, the listener */
	spinlock_t lock;
	struct list_head questions;
	u64 next_id;
	bool has_listener, is_unused;
	struct waitq wait; /* supervisors */
};

void seccomp_notifier_put(struct seccomp_notifier *n)
{
	if (ref_put(&n->ref))
		kfree(n);
}

void seccomp_notifier_hangup(struct seccomp_notifier *n)
{
	WRITE_ONCE(n->is_unused, true);
	waitq_wake_all(&n->wait);
}

static struct question *find(struct seccomp_notifier *n, u64 id)
{
	struct question *q;

	list_for_each_entry (q, &n->questions, node)
		if (q->id == id)
			return q;
	return NULL;
}

static struct question *find_state(struct seccomp_notifier *n, enum state state)
{
	struct question *q;

	list_for_each_entry (q, &n->questions, node)
		if (q->state == state)
			return q;
	return NULL;
}

static bool has_state(struct seccomp_notifier *n, enum state state)
{
	unsigned long f = spin_lock_irqsave(&n->lock);
	bool has = find_state(n, state) != NULL;

	spin_unlock_irqrestore(&n->lock, f);
	return has;
}

/* --- the task that asks --- */

static void finish_add(struct seccomp_notifier *n, struct add_request *a, int result)
{
	a->result = result;
	WRITE_ONCE(a->is_done, true);
	waitq_wake_all(&n->wait);
}

/* Install what the supervisor sends, as long as it does. */
static void serve_adds(struct seccomp_notifier *n, struct question *q)
{
	struct task *t = current;

	for (;;) {
		struct add_request *a = NULL;
		unsigned long f = spin_lock_irqsave(&n->lock);
		struct file *file;
		int fd;

		if (!list_empty(&q->adds)) {
			a = list_first_entry(&q->adds, struct add_request, node);
			list_del(&a->node);
		}
		spin_unlock_irqrestore(&n->lock, f);
		if (!a)
			return;
		file = file_get(a->file);
		if (a->flags & SECCOMP_ADDFD_FLAG_SETFD) {
			fd = (int)fd_replace(t->vfs.files, a->newfd, file, t->vfs.limit_nofile,
					     a->newfd_flags & O_CLOEXEC);
		} else {
			fd = fd_alloc(t->vfs.files, 0, t->vfs.limit_nofile,
				      a->newfd_flags & O_CLOEXEC);
			if (fd >= 0)
				fd_install(t->vfs.files, (unsigned)fd, file_get(file));
		}
		file_put(file);
		f = spin_lock_irqsave(&n->lock);
		if (fd >= 0 && (a->flags & SECCOMP_ADDFD_FLAG_SEND)) {
			q->state = ANSWERED;
			q->value = fd;
			q->error = 0;
		}
		finish_add(n, a, fd);
		spin_unlock_irqrestore(&n->lock, f);
	}
}

static bool has_news(struct question *q)
{
	return READ_ONCE(q->state) == ANSWERED || !list_empty(&q->adds);
}

static int wait_for_answer(struct seccomp_notifier *n, struct question *q, bool is_killable)
{
	struct task *t = current;
	int err = 0;

	while (READ_ONCE(q->state) != ANSWERED && !err) {
		if (is_killable && READ_ONCE(q->state) == READ) {
			t->is_killable_sleep = true;
			smp_mb();
			wait_event(&q->wait,
				   has_news(q) || thread_test_flags(&t->thread, TIF_KILLED));
			t->is_killable_sleep = false;
			err = thread_test_flags(&t->thread, TIF_KILLED) ? -ERESTARTSYS : 0;
		} else {
			err = wait_event_interruptible(&q->wait, has_news(q));
		}
		serve_adds(n, q);
	}
	return READ_ONCE(q->state) == ANSWERED ? 0 : err;
}

bool seccomp_ask(struct seccomp_filter *filter, const struct seccomp_data *d, struct pt_regs *regs)
{
	struct seccomp_notifier *n = filter->notifier;
	struct question q = {.task = current, .data = d};
	unsigned long f;
	int err;

	if (!n) {
		arch_set_return(regs, -ENOSYS);
		return false;
	}
	waitq_init(&q.wait);
	list_init(&q.adds);
	f = spin_lock_irqsave(&n->lock);
	if (!n->has_listener) {
		spin_unlock_irqrestore(&n->lock, f);
		arch_set_return(regs, -ENOSYS);
		return false;
	}
	q.id = n->next_id++;
	list_add_tail(&q.node, &n->questions);
	spin_unlock_irqrestore(&n->lock, f);
	waitq_wake_key(&n->wait, ~0u, EPOLLIN | EPOLLRDNORM);
	err = wait_for_answer(n, &q, filter->waits_killable);
	f = spin_lock_irqsave(&n->lock);
	list_del(&q.node);
	while (!list_empty(&q.adds)) {
		struct add_request *a = list_first_entry(&q.adds, struct add_request, node);

		list_del(&a->node);
		finish_add(n, a, -ESRCH);
	}
	spin_unlock_irqrestore(&n->lock, f);
	if (!err && (q.flags & SECCOMP_USER_NOTIF_FLAG_CONTINUE))
		return true;
	arch_set_return(regs, err ? err : q.error ? q.error : q.value);
	return false;
}

/* --- the supervisor --- */

static long receive(struct seccomp_notifier *n, struct seccomp_notif *out)
{
	static const struct seccomp_notif zero;
	struct question *q;
	unsigned long f;
	int err;

	if (memcmp(out, &zero, sizeof(zero)))
		return -EINVAL;
	err = wait_event_interruptible(&n->wait, has_state(n, ASKED) || READ_ONCE(n->is_unused));
	if (err)
		return err;
	f = spin_lock_irqsave(&n->lock);
	q = find_state(n, ASKED);
	if (q) {
		out->id = q->id;
		out->pid = (u32)pid_seen(q->task->tid);
		out->data = *q->data;
		WRITE_ONCE(q->state, READ);
	}
	spin_unlock_irqrestore(&n->lock, f);
	if (!q)
		return -ENOENT;
	/* One that waits for a signal may now wait for a fatal one only. */
	waitq_wake_key(&n->wait, ~0u, EPOLLOUT | EPOLLWRNORM);
	return 0;
}

static long answer(struct seccomp_notifier *n, const struct seccomp_notif_resp *in)
{
	unsigned long f;
	struct question *q;
	long err = 0;

	if (in->flags & ~(u32)SECCOMP_USER_NOTIF_FLAG_CONTINUE)
		return -EINVAL;
	if ((in->flags & SECCOMP_USER_NOTIF_FLAG_CONTINUE) && (in->error || in->val))
		return -EINVAL;
	f = spin_lock_irqsave(&n->lock);
	q = find(n, in->id);
	if (!q) {
		err = -ENOENT;
	} else if (q->state != READ) {
		err = -EINPROGRESS;
	} else {
		q->error = in->error;
		q->value = in->val;
		q->flags = in->flags;
		WRITE_ONCE(q->state, ANSWERED);
		waitq_wake_all(&q->wait);
	}
	spin_unlock_irqrestore(&n->lock, f);
	return err;
}

static long is_valid_id(struct seccomp_notifier *n, u64 id)
{
	unsigned long f = spin_lock_irqsave(&n->lock);
	struct question *q = find(n, id);
	long err = q && q->state == READ ? 0 : -ENOENT;

	spin_unlock_irqrestore(&n->lock, f);
	return err;
}

/* Wait until the task has taken the descriptor, or take it back. */
static long wait_for_add(struct seccomp_notifier *n, struct add_request *a)
{
	int err = wait_event_interruptible(&n->wait, READ_ONCE(a->is_done));
	unsigned long f = spin_lock_irqsave(&n->lock);

	if (!a->is_done)
		list_del(&a->node);
	spin_unlock_irqrestore(&n->lock, f);
	if (a->is_done)
		return a->result;
	return err;
}

static long add_fd(struct seccomp_notifier *n, const struct seccomp_notif_addfd *in)
{
	struct add_request a = {.flags = in->flags,
				.newfd = in->newfd,
				.newfd_flags = in->newfd_flags};
	struct fdref r;
	struct question *q;
	unsigned long f;
	long err = 0;

	if ((in->newfd_flags & ~(u32)O_CLOEXEC) ||
	    (in->flags & ~(u32)(SECCOMP_ADDFD_FLAG_SETFD | SECCOMP_ADDFD_FLAG_SEND)) ||
	    (in->newfd && !(in->flags & SECCOMP_ADDFD_FLAG_SETFD)))
		return -EINVAL;
	r = fd_get(current->vfs.files, in->srcfd);
	if (!r.file)
		return -EBADF;
	a.file = file_get(r.file);
	fd_put(r);
	f = spin_lock_irqsave(&n->lock);
	q = find(n, in->id);
	if (!q)
		err = -ENOENT;
	else if (q->state != READ)
		err = -EINPROGRESS;
	else if ((in->flags & SECCOMP_ADDFD_FLAG_SEND) && !list_empty(&q->adds))
		err = -EBUSY;
	else
		list_add_tail(&a.node, &q->adds);
	if (!err)
		waitq_wake_all(&q->wait);
	spin_unlock_irqrestore(&n->lock, f);
	if (!err)
		err = wait_for_add(n, &a);
	file_put(a.file);
	return err;
}

static long listener_ioctl(struct file *f, unsigned cmd, void *arg, unsigned long value)
{
	struct seccomp_notifier *n = f->private;

	(void)value;
	switch (cmd) {
	case SECCOMP_IOCTL_NOTIF_RECV:
		return receive(n, arg);
	case SECCOMP_IOCTL_NOTIF_SEND:
		return answer(n, arg);
	case SECCOMP_IOCTL_NOTIF_ID_VALID:
	case SECCOMP_IOR(2, u64): /* its direction was wrong once */
		return is_valid_id(n, *(u64 *)arg);
	case SECCOMP_IOCTL_NOTIF_ADDFD:
		return add_fd(n, arg);
	}
	return -EINVAL;
}

static unsigned listener_poll(struct file *f, struct poll_table *pt)
{
	struct seccomp_notifier *n = f->private;
	unsigned events = 0;
	unsigned long flags;

	poll_wait(pt, &n->wait);
	flags = spin_lock_irqsave(&n->lock);
	if (find_state(n, ASKED))
		events |= (unsigned)(EPOLLIN | EPOLLRDNORM);
	if (find_state(n, READ))
		events |= (unsigned)(EPOLLOUT | EPOLLWRNORM);
	spin_unlock_irqrestore(&n->lock, flags);
	return READ_ONCE(n->is_unused) ? events | (unsigned)EPOLLHUP : events;
}

/* Without a supervisor the calls answer -ENOSYS. */
static void listener_release(struct file *f)
{
	struct seccomp_notifier *n = f->private;
	unsigned long flags = spin_lock_irqsave(&n->lock);
	struct question *q;

	n->has_listener = false;
	list_for_each_entry (q, &n->questions, node) {
		if (q->state == ANSWERED)
			continue;
		q->error = -ENOSYS;
		q->value = 0;
		q->flags = 0;
		WRITE_ONCE(q->state, ANSWERED);
		waitq_wake_all(&q->wait);
	}
	spin_unlock_irqrestore(&n->lock, flags);
	seccomp_notifier_put(n);
}

static const struct file_ops listener_ops = {
	.ioctl = listener_ioctl,
	.poll = listener_poll,
	.release = listener_release,
};

struct file *seccomp_listener(struct seccomp_filter *filter)
{
	struct seccomp_notifier *n = kzalloc(sizeof(*n), GFP_KERNEL);
	struct inode *inode = inode_new_anon(S_IRUSR | S_IWUSR);
	struct file *f;

	if (!n || !inode) {
		kfree(n);
		if (inode)
			inode_put(inode);
		return ERR_PTR(-ENOMEM);
	}
	f = file_anon(inode, &listener_ops, O_RDWR, "anon_inode:seccomp notify");
	if (IS_ERR(f)) {
		kfree(n);
		return f;
	}
	ref_init(&n->ref, 2);
	spin_init(&n->lock, RANK_SECCOMP, "seccomp");
	list_init(&n->questions);
	waitq_init(&n->wait);
	n->next_id = 1;
	n->has_listener = true;
	filter->notifier = n;
	f->private = n;
	f->mode |= FMODE_STREAM | FMODE_OPENED;
	return f;
}

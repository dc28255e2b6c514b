/*
 * io_setup(2), io_submit(2), io_getevents(2): requests are carried out when they are submitted, as
 * Linux does for buffered files; a poll waits until somebody asks for events. proc/aio_ring.c has
 * the contexts.
 */
#include "core/time.h"
#include "proc/aio.h"
#include "sys/poller.h"
#include "sys/uaccess_time.h"
#include "vfs/eventfd.h"

#define KEY	    0u /* what aio_key must be for io_cancel */
#define POS_OF_FILE (-1L)

/* Numbers of contexts and pointers are longs of the caller. */
static int long_get(unsigned long *v, uaddr_t from)
{
	u32 low;
	int err;

	if (!arch_in_compat_syscall())
		return copy_from_user(v, from, sizeof(*v));
	err = copy_from_user(&low, from, sizeof(low));
	*v = low;
	return err;
}

static size_t long_size(void)
{
	return arch_in_compat_syscall() ? sizeof(u32) : sizeof(long);
}

long sys_io_setup(unsigned int nr_events, uaddr_t ctxp)
{
	struct aio_context *c;
	unsigned long id;
	long err = 0;

	if (long_get(&id, ctxp))
		return -EFAULT;
	if (id || !nr_events)
		return -EINVAL;
	c = aio_context_new(nr_events);
	if (IS_ERR(c))
		return PTR_ERR(c);
	id = c->id;
	if (copy_to_user(ctxp, &id, long_size())) {
		aio_context_destroy(id);
		err = -EFAULT;
	}
	aio_context_put(c);
	return err;
}

long sys_io_destroy(unsigned long ctx)
{
	return aio_context_destroy(ctx);
}

/* --- carrying out --- */

static long do_rw(struct file *f, const struct iocb *cb, bool is_write, bool is_vec, long *res)
{
	struct iter_seg fast[8], *seg = fast;
	s64 pos = f->mode & FMODE_STREAM ? POS_OF_FILE : cb->aio_offset;
	uaddr_t buf = uaddr(cb->aio_buf);
	struct iter it;
	long n;

	if (!(f->mode & (is_write ? FMODE_WRITE : FMODE_READ)))
		return -EBADF;
	if ((is_write ? !f->ops->write : !f->ops->read) || (pos < 0 && !(f->mode & FMODE_STREAM)))
		return -EINVAL;
	if (is_vec) {
		n = iovec_get(buf, cb->aio_nbytes, fast, &seg);
		if (n < 0)
			return n;
		iter_user_vec(&it, seg, cb->aio_nbytes, (size_t)n);
	} else {
		if (!arch_access_ok(buf, cb->aio_nbytes))
			return -EFAULT;
		iter_user(&it, buf, MIN(cb->aio_nbytes, MAX_RW_BYTES));
	}
	*res = rw_with_flags(f, &it, pos, cb->aio_rw_flags, is_write);
	if (seg != fast)
		kfree(seg);
	/* What the operation says is the event's; that it could not begin, the call's. */
	return *res == -EOPNOTSUPP ? *res : 0;
}

static long do_fsync(struct file *f, const struct iocb *cb, bool data_only, long *res)
{
	if (cb->aio_buf || cb->aio_offset || cb->aio_nbytes || cb->aio_rw_flags || !f->ops->fsync)
		return -EINVAL;
	*res = vfs_fsync(f, data_only);
	return 0;
}

/* With c->lock held. */
static long add_poll(struct aio_context *c, struct file *f, const struct iocb *cb, u64 obj,
		     struct file *event_file)
{
	struct aio_poll *p;

	if (cb->aio_offset || cb->aio_nbytes || cb->aio_rw_flags || cb->aio_buf > 0xffff)
		return -EINVAL;
	p = kzalloc(sizeof(*p), GFP_KERNEL);
	if (!p)
		return -EAGAIN;
	p->file = file_get(f);
	p->event_file = event_file ? file_get(event_file) : NULL;
	p->obj = obj;
	p->data = cb->aio_data;
	p->events = (unsigned)cb->aio_buf | EPOLLERR | EPOLLHUP;
	list_add_tail(&p->node, &c->polls);
	c->nr_polls++;
	waitq_wake_all(&c->wait);
	return 0;
}

static long carry_out(struct aio_context *c, struct file *f, const struct iocb *cb, u64 obj,
		      struct file *event_file)
{
	unsigned op = cb->aio_lio_opcode;
	long res = 0, err;

	switch (op) {
	case IOCB_CMD_PREAD:
	case IOCB_CMD_PREADV:
		err = do_rw(f, cb, false, op == IOCB_CMD_PREADV, &res);
		break;
	case IOCB_CMD_PWRITE:
	case IOCB_CMD_PWRITEV:
		err = do_rw(f, cb, true, op == IOCB_CMD_PWRITEV, &res);
		break;
	case IOCB_CMD_FSYNC:
	case IOCB_CMD_FDSYNC:
		err = do_fsync(f, cb, op == IOCB_CMD_FDSYNC, &res);
		break;
	case IOCB_CMD_POLL:
		mutex_lock(&c->lock);
		err = add_poll(c, f, cb, obj, event_file);
		mutex_unlock(&c->lock);
		return err;
	default:
		return -EINVAL;
	}
	if (err)
		return err;
	/* No restarting: the request is done with. */
	if (res <= -ERESTARTSYS && res >= -ERESTART_RESTARTBLOCK)
		res = -EINTR;
	mutex_lock(&c->lock);
	aio_complete(c, obj, cb->aio_data, res);
	mutex_unlock(&c->lock);
	if (event_file)
		eventfd_signal(event_file);
	return 0;
}

static long submit_to(struct aio_context *c, struct file *f, const struct iocb *cb, uaddr_t user_cb)
{
	struct fdref event = {NULL, false};
	u32 key = KEY;
	long err;

	if (cb->aio_flags & IOCB_FLAG_RESFD) {
		event = fd_get(current->vfs.files, cb->aio_resfd);
		if (!event.file)
			return -EBADF;
		if (!file_is_eventfd(event.file)) {
			fd_put(event);
			return -EINVAL;
		}
	}
	if (copy_to_user(uaddr(user_cb.v + offsetof(struct iocb, aio_key)), &key, sizeof(key)))
		err = -EFAULT;
	else
		err = carry_out(c, f, cb, user_cb.v, event.file);
	if (event.file)
		fd_put(event);
	return err;
}

static long submit_one(struct aio_context *c, uaddr_t user_cb)
{
	struct iocb cb;
	struct fdref r;
	bool has_room;
	long err;

	if (copy_from_user(&cb, user_cb, sizeof(cb)))
		return -EFAULT;
	if (cb.aio_reserved2 || (s64)cb.aio_nbytes < 0)
		return -EINVAL;
	mutex_lock(&c->lock);
	has_room = aio_has_room(c);
	mutex_unlock(&c->lock);
	if (!has_room)
		return -EAGAIN;
	r = fd_get(current->vfs.files, cb.aio_fildes);
	if (!r.file)
		return -EBADF;
	err = submit_to(c, r.file, &cb, user_cb);
	fd_put(r);
	return err;
}

long sys_io_submit(unsigned long ctx, long nr, uaddr_t iocbs)
{
	struct aio_context *c;
	unsigned long at;
	long done, err = 0;

	if (nr < 0)
		return -EINVAL;
	c = aio_context_get(ctx);
	if (!c)
		return -EINVAL;
	for (done = 0; done < nr && !err; done++) {
		err = long_get(&at, uaddr(iocbs.v + (unsigned long)done * long_size()));
		if (!err)
			err = submit_one(c, uaddr(at));
		if (err)
			break;
		cond_resched();
	}
	aio_context_put(c);
	return done ? done : err;
}

/* --- events --- */

static void end_poll(struct aio_context *c, struct aio_poll *p, unsigned events)
{
	list_del(&p->node);
	c->nr_polls--;
	aio_complete(c, p->obj, p->data, (s64)events);
	if (p->event_file) {
		eventfd_signal(p->event_file);
		file_put(p->event_file);
	}
	file_put(p->file);
	kfree(p);
}

/* Ask each polled file, and queue there; complete what has come true. c->lock held. */
static void ask_polls(struct aio_context *c, struct poller *w)
{
	struct aio_poll *p, *next;

	list_for_each_entry_safe (p, next, &c->polls, node) {
		unsigned events = poller_ask(w, p->file, p->events) & p->events;

		if (events)
			end_poll(c, p, events);
	}
}

/* Events that are there, up to nr, into the program's array. Their number, or -EFAULT. */
static long take_events(struct aio_context *c, uaddr_t to, long nr)
{
	long n = 0;

	while (n < nr && aio_nr_ready(c)) {
		struct io_event e = *aio_first(c);

		if (copy_to_user(uaddr(to.v + (unsigned long)n * sizeof(e)), &e, sizeof(e)))
			return n ? n : -EFAULT;
		aio_taken(c);
		n++;
	}
	return n;
}

/* One round: take what is there; when it is too little, sleep. *again: look once more. */
static long round_of(struct aio_context *c, long missing, long nr, uaddr_t to, u64 deadline_ns,
		     bool *again)
{
	struct poller w;
	long n;

	*again = false;
	poller_init(&w);
	w.file = c->file;
	w.key = EPOLLIN;
	w.pt.queue(&w.pt, &c->wait);
	mutex_lock(&c->lock);
	ask_polls(c, &w);
	n = take_events(c, to, nr);
	mutex_unlock(&c->lock);
	if (n >= 0 && n < missing && READ_ONCE(c->id) && deadline_ns != 1)
		*again = !poller_sleep(&w, deadline_ns) && !thread_signal_pending();
	poller_end(&w);
	return n;
}

/* deadline_ns: 0 = none, 1 = do not wait. */
static long get_events(unsigned long ctx, long min_nr, long nr, uaddr_t events, u64 deadline_ns)
{
	struct aio_context *c = aio_context_get(ctx);
	long done = 0, n;
	bool again;

	if (!c)
		return -EINVAL;
	if (min_nr > nr || min_nr < 0) {
		aio_context_put(c);
		return -EINVAL;
	}
	do {
		uaddr_t to = uaddr(events.v + (unsigned long)done * sizeof(struct io_event));

		n = round_of(c, min_nr - done, nr - done, to, deadline_ns, &again);
		if (n > 0)
			done += n;
	} while (n >= 0 && again && done < min_nr);
	if (!done && n < 0)
		done = n;
	else if (!done && !READ_ONCE(c->id))
		done = -EINVAL; /* it was destroyed meanwhile */
	else if (!done && min_nr && thread_signal_pending())
		done = -EINTR;
	aio_context_put(c);
	return done;
}

long sys_io_getevents(unsigned long ctx, long min_nr, long nr, uaddr_t events, uaddr_t timeout)
{
	u64 deadline_ns;
	long err = timeout_get(timeout, &deadline_ns);

	return err ? err : get_events(ctx, min_nr, nr, events, deadline_ns);
}

long sys_io_pgetevents(unsigned long ctx, long min_nr, long nr, uaddr_t events, uaddr_t timeout,
		       uaddr_t sigmask)
{
	unsigned long mask = 0, size = 0;
	u64 deadline_ns;
	long ret = timeout_get(timeout, &deadline_ns);

	if (ret)
		return ret;
	if (sigmask.v &&
	    (long_get(&mask, sigmask) || long_get(&size, uaddr(sigmask.v + long_size()))))
		return -EFAULT;
	ret = sigmask_set(uaddr(mask), size);
	if (ret)
		return ret;
	ret = get_events(ctx, min_nr, nr, events, deadline_ns);
	sigmask_restore_unless(ret == -EINTR);
	return ret;
}

/* io_cancel(2): only polls can still be under way. "-EINPROGRESS": its event comes by the ring. */
long sys_io_cancel(unsigned long ctx, uaddr_t iocb, uaddr_t result)
{
	struct aio_context *c;
	struct aio_poll *p, *next;
	long ret = -EINVAL;
	u32 key;

	(void)result;
	if (copy_from_user(&key, uaddr(iocb.v + offsetof(struct iocb, aio_key)), sizeof(key)))
		return -EFAULT;
	if (key != KEY)
		return -EINVAL;
	c = aio_context_get(ctx);
	if (!c)
		return -EINVAL;
	mutex_lock(&c->lock);
	list_for_each_entry_safe (p, next, &c->polls, node) {
		if (p->obj == iocb.v) {
			end_poll(c, p, 0);
			ret = -EINPROGRESS;
			break;
		}
	}
	mutex_unlock(&c->lock);
	aio_context_put(c);
	return ret;
}

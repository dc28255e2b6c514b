/*
 * System V message queues: msgget(2), msgop(2), msgctl(2). A message goes straight to a waiting
 * receiver that wants it, else on the queue. Everything is guarded by ids.lock; a sleeper's record
 * is on its stack, and is settled (status, message) before it is woken. Called by sys/sysvipc.c.
 */
#include "core/time.h"
#include "lib/err.h"
#include "lib/string.h"
#include "mm/kmalloc.h"
#include "proc/ipc.h"
#include "proc/task.h"
#include <linux/capability.h>
#include <linux/msg.h>
#include <linux/stat.h>

#define PENDING 1 /* status of a sleeper that nobody has settled */

struct msg_queue {
	struct ipc_object obj; /* first */
	struct list_head messages, receivers, senders;
	long stime, rtime, ctime;
	size_t bytes, nr, max_bytes;
	int lspid, lrpid;
};

struct receiver {
	struct list_head node;
	struct waitq wait;
	long type;
	int flags;
	size_t size;
	struct ipc_msg *msg;
	int status;
};

struct sender {
	struct list_head node;
	struct waitq wait;
	int status;
};

static struct ipc_ids *ids(void)
{
	return &current_ipc()->msg;
}

static struct msg_queue *queue_of(struct ipc_object *o)
{
	return container_of(o, struct msg_queue, obj);
}

static void queue_free(struct ipc_object *o)
{
	struct msg_queue *q = queue_of(o);
	struct ipc_msg *m, *next;

	list_for_each_entry_safe (m, next, &q->messages, node)
		kfree(m);
	kfree(q);
}

void msg_init_ns(struct ipc_space *s)
{
	s->msg_max_bytes = 8192;
	s->msg_queue_bytes = 16384;
	s->msg_max_ids = 32000;
	ipc_ids_init(&s->msg, "msg", &s->msg_max_ids, queue_free);
}

void msg_exit_ns(struct ipc_space *s)
{
	ipc_ids_exit(&s->msg, ipc_remove);
}

static struct ipc_object *queue_make(const struct ipc_get *g)
{
	struct msg_queue *q = kzalloc(sizeof(*q), GFP_KERNEL);

	(void)g;
	if (!q)
		return ERR_PTR(-ENOMEM);
	list_init(&q->messages);
	list_init(&q->receivers);
	list_init(&q->senders);
	q->ctime = ipc_now();
	q->max_bytes = (size_t)current_ipc()->msg_queue_bytes;
	return &q->obj;
}

int msg_get(int key, int flags)
{
	struct ipc_get g = {.key = key, .flags = flags, .make = queue_make};
	int id;

	mutex_lock(&ids()->lock);
	id = ipc_get(ids(), &g);
	mutex_unlock(&ids()->lock);
	return id;
}

/* --- sleeping and waking; ids.lock held, but given up while asleep --- */

/* Until *status is not PENDING; -ERESTARTNOHAND when a signal came first. */
static int sleep_on(struct waitq *wait, const int *status)
{
	int err;

	mutex_unlock(&ids()->lock);
	err = wait_event_interruptible(wait, READ_ONCE(*status) != PENDING);
	mutex_lock(&ids()->lock);
	if (*status != PENDING)
		return *status;
	return err ? -ERESTARTNOHAND : -EAGAIN;
}

static void settle(struct waitq *wait, int *status, int value)
{
	WRITE_ONCE(*status, value);
	waitq_wake_all(wait);
}

static void settle_receiver(struct receiver *r, int status)
{
	list_del(&r->node);
	settle(&r->wait, &r->status, status);
}

/* All senders try again, in their order; none is passed by. */
static void wake_senders(struct msg_queue *q, int status)
{
	struct sender *s, *next;

	list_for_each_entry_safe (s, next, &q->senders, node) {
		list_del(&s->node);
		settle(&s->wait, &s->status, status);
	}
}

static void wake_receivers(struct msg_queue *q, int status)
{
	struct receiver *r, *next;

	list_for_each_entry_safe (r, next, &q->receivers, node)
		settle_receiver(r, status);
}

/* --- msgsnd --- */

static bool matches(const struct ipc_msg *m, long type, int flags)
{
	if (!type || (flags & MSG_COPY))
		return true;
	if (type < 0)
		return m->type <= (type == INT64_MIN ? INT64_MAX : -type);
	return flags & MSG_EXCEPT ? m->type != type : m->type == type;
}

/* To the first receiver that waits for it; who has too little room is told so. */
static bool hand_over(struct msg_queue *q, struct ipc_msg *m)
{
	struct receiver *r, *next;

	list_for_each_entry_safe (r, next, &q->receivers, node) {
		if (!matches(m, r->type, r->flags))
			continue;
		if (m->size > r->size && !(r->flags & MSG_NOERROR)) {
			settle_receiver(r, -E2BIG);
			continue;
		}
		r->msg = m;
		q->rtime = ipc_now();
		settle_receiver(r, 0);
		return true;
	}
	return false;
}

static bool has_room(const struct msg_queue *q, const struct ipc_msg *m)
{
	return m->size + q->bytes <= q->max_bytes && q->nr + 1 <= q->max_bytes;
}

static int wait_for_room(struct msg_queue *q)
{
	struct sender s = {.status = PENDING};
	int err;

	waitq_init(&s.wait);
	list_add_tail(&s.node, &q->senders);
	q->obj.refs++;
	err = sleep_on(&s.wait, &s.status);
	list_del(&s.node);
	if (q->obj.id < 0)
		err = -EIDRM;
	ipc_unref(&q->obj);
	return err;
}

static int send_locked(int id, struct ipc_msg *m, int flags)
{
	struct ipc_object *o = ipc_find(ids(), id);
	struct msg_queue *q;
	int err;

	if (IS_ERR(o))
		return (int)PTR_ERR(o);
	q = queue_of(o);
	for (;;) {
		err = ipc_permission(o, S_IWUGO);
		if (err)
			return err;
		if (has_room(q, m))
			break;
		if (flags & IPC_NOWAIT)
			return -EAGAIN;
		err = wait_for_room(q);
		if (err)
			return err;
	}
	q->lspid = current->process->pid;
	q->stime = ipc_now();
	if (!hand_over(q, m)) {
		list_add_tail(&m->node, &q->messages);
		q->bytes += m->size;
		q->nr++;
	}
	return 0;
}

int msg_send(int id, struct ipc_msg *m, int flags)
{
	int err;

	mutex_lock(&ids()->lock);
	err = send_locked(id, m, flags);
	mutex_unlock(&ids()->lock);
	return err;
}

/* --- msgrcv --- */

/* Which message on the queue is it? A type below zero: the lowest type, the first of them. */
static struct ipc_msg *choose(struct msg_queue *q, long type, int flags)
{
	struct ipc_msg *m, *best = NULL;
	long number = 0;

	list_for_each_entry (m, &q->messages, node) {
		if (flags & MSG_COPY) {
			if (number++ == type)
				return m;
			continue;
		}
		if (!matches(m, type, flags))
			continue;
		if (type >= 0)
			return m;
		if (!best || m->type < best->type)
			best = m;
	}
	return best;
}

static struct ipc_msg *copy_of(const struct ipc_msg *m)
{
	struct ipc_msg *c = kmalloc(sizeof(*c) + m->size, GFP_KERNEL);

	if (!c)
		return ERR_PTR(-ENOMEM);
	memcpy(c, m, sizeof(*c) + m->size);
	return c;
}

static struct ipc_msg *take(struct msg_queue *q, struct ipc_msg *m, size_t size, int flags)
{
	if (m->size > size && !(flags & MSG_NOERROR))
		return ERR_PTR(-E2BIG);
	if (flags & MSG_COPY)
		return copy_of(m);
	list_del(&m->node);
	q->bytes -= m->size;
	q->nr--;
	q->rtime = ipc_now();
	q->lrpid = current->process->pid;
	wake_senders(q, 0);
	return m;
}

/* The message, NULL to look again (IPC_SET), or an error. */
static struct ipc_msg *wait_for_message(struct msg_queue *q, size_t size, long type, int flags)
{
	struct receiver r = {.type = type, .flags = flags, .size = size, .status = PENDING};
	int err;

	waitq_init(&r.wait);
	list_add_tail(&r.node, &q->receivers);
	q->obj.refs++;
	err = sleep_on(&r.wait, &r.status);
	list_del(&r.node);
	if (r.msg)
		q->lrpid = current->process->pid;
	else if (q->obj.id < 0)
		err = -EIDRM;
	ipc_unref(&q->obj);
	if (r.msg)
		return r.msg;
	return err == -EAGAIN ? NULL : ERR_PTR(err);
}

static struct ipc_msg *receive_locked(int id, size_t size, long type, int flags)
{
	struct ipc_object *o = ipc_find(ids(), id);
	struct msg_queue *q;
	struct ipc_msg *m;
	int err;

	if (IS_ERR(o))
		return ERR_PTR(PTR_ERR(o));
	q = queue_of(o);
	for (;;) {
		err = ipc_permission(o, S_IRUGO);
		if (err)
			return ERR_PTR(err);
		m = choose(q, type, flags);
		if (m)
			return take(q, m, size, flags);
		if (flags & IPC_NOWAIT)
			return ERR_PTR(-ENOMSG);
		m = wait_for_message(q, size, type, flags);
		if (m)
			return m;
	}
}

struct ipc_msg *msg_receive(int id, size_t size, long type, int flags)
{
	struct ipc_msg *m;

	mutex_lock(&ids()->lock);
	m = receive_locked(id, size, type, flags);
	mutex_unlock(&ids()->lock);
	return m;
}

/* --- msgctl --- */

static void stat_queue(const struct msg_queue *q, struct msqid64_ds *ds)
{
	*ds = (struct msqid64_ds){.msg_stime = q->stime,
				  .msg_rtime = q->rtime,
				  .msg_ctime = q->ctime,
				  .msg_cbytes = q->bytes,
				  .msg_qnum = q->nr,
				  .msg_qbytes = q->max_bytes,
				  .msg_lspid = pid_seen(q->lspid),
				  .msg_lrpid = pid_seen(q->lrpid)};
	ipc_stat(&q->obj, &ds->msg_perm);
}

int msg_stat(int id, bool by_index, bool may_all, struct msqid64_ds *ds)
{
	struct ipc_object *o = ipc_lock_to_stat(ids(), id, by_index, may_all);
	int ret = IS_ERR(o) ? (int)PTR_ERR(o) : by_index ? o->id : 0;

	if (ret >= 0)
		stat_queue(queue_of(o), ds);
	mutex_unlock(&ids()->lock);
	return ret;
}

int msg_set(int id, const struct msqid64_ds *ds)
{
	struct ipc_object *o = ipc_lock_to_change(ids(), id);
	int err = IS_ERR(o) ? (int)PTR_ERR(o) : 0;

	if (!err && ds->msg_qbytes > (size_t)current_ipc()->msg_queue_bytes &&
	    !task_capable(CAP_SYS_RESOURCE))
		err = -EPERM;
	if (!err) {
		err = ipc_set(o, &ds->msg_perm);
	}
	if (!err) {
		struct msg_queue *q = queue_of(o);

		q->max_bytes = ds->msg_qbytes;
		q->ctime = ipc_now();
		/* Other rules: who sleeps looks again. */
		wake_receivers(q, -EAGAIN);
		wake_senders(q, 0);
	}
	mutex_unlock(&ids()->lock);
	return err;
}

int msg_remove(int id)
{
	struct ipc_object *o = ipc_lock_to_change(ids(), id);
	int err = IS_ERR(o) ? (int)PTR_ERR(o) : 0;

	if (!err) {
		wake_receivers(queue_of(o), -EIDRM);
		wake_senders(queue_of(o), -EIDRM);
		ipc_remove(o);
	}
	mutex_unlock(&ids()->lock);
	return err;
}

int msg_totals(int *used_ids, int *nr_messages, int *bytes)
{
	int max;

	mutex_lock(&ids()->lock);
	*used_ids = ids()->in_use;
	*nr_messages = *bytes = 0;
	for (int i = 0; i <= ids()->max_idx; i++) {
		if (ids()->slots[i]) {
			*nr_messages += (int)queue_of(ids()->slots[i])->nr;
			*bytes += (int)queue_of(ids()->slots[i])->bytes;
		}
	}
	max = ipc_top_index(ids());
	mutex_unlock(&ids()->lock);
	return max;
}

int msg_next(int *idx, struct msqid64_ds *ds)
{
	struct ipc_object *o;
	int id = -1;

	mutex_lock(&ids()->lock);
	o = ipc_next(ids(), idx);
	if (o) {
		stat_queue(queue_of(o), ds);
		id = o->id;
	}
	mutex_unlock(&ids()->lock);
	return id;
}

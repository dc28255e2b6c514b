/*
 * System V semaphores: semget(2), semop(2), semctl(2); the undo lists are in sem_undo.c. All
 * operations of one call happen together or not at all. Who must wait is queued at the set; whoever
 * changes a value carries out, first come first served, what has become possible. Everything is
 * guarded by ids.lock; a sleeper's record is on its stack, and its status is set before it is
 * woken. Called by sys/sysvipc.c.
 */
#include "proc/sem.h"
#include "lib/err.h"
#include "lib/string.h"
#include "mm/kmalloc.h"
#include "proc/task.h"
#include <linux/stat.h>

#define PENDING 1 /* status of a sleeper that nobody has settled */

/* A call that waits. */
struct sleeper {
	struct list_head node; /* of the set */
	struct waitq wait;
	struct sembuf *ops;
	unsigned nops;
	const struct sembuf *blocking; /* the first operation that could not be */
	struct sem_undo *undo;
	int pid, status;
};

static struct sem_set *set_of(struct ipc_object *o)
{
	return container_of(o, struct sem_set, obj);
}

static void set_free(struct ipc_object *o)
{
	struct sem_set *s = set_of(o);

	container_of(o->ids, struct ipc_space, sem)->used_semaphores -= s->nr;
	kfree(s);
}

void sem_init_ns(struct ipc_space *s)
{
	static const int limits[] = {32000, 1024000000, 500, 32000};

	memcpy(s->sem_limits, limits, sizeof(limits));
	ipc_ids_init(&s->sem, "sem", &s->sem_limits[3], set_free);
}

void sem_exit_ns(struct ipc_space *s)
{
	ipc_ids_exit(&s->sem, ipc_remove);
}

static struct ipc_object *set_make(const struct ipc_get *g)
{
	struct ipc_space *ns = current_ipc();
	struct sem_set *s;

	if (!g->size)
		return ERR_PTR(-EINVAL);
	if ((int)g->size > ns->sem_limits[1] - ns->used_semaphores)
		return ERR_PTR(-ENOSPC);
	s = kzalloc(sizeof(*s) + g->size * sizeof(s->sem[0]), GFP_KERNEL);
	if (!s)
		return ERR_PTR(-ENOMEM);
	s->nr = (int)g->size;
	ns->used_semaphores += s->nr;
	list_init(&s->sleepers);
	list_init(&s->undos);
	s->ctime = ipc_now();
	return &s->obj;
}

static int set_fits(const struct ipc_object *o, const struct ipc_get *g)
{
	return (int)g->size > container_of(o, struct sem_set, obj)->nr ? -EINVAL : 0;
}

int sem_get(int key, int nsems, int flags)
{
	struct ipc_get g = {.key = key,
			    .flags = flags,
			    .size = (size_t)nsems,
			    .make = set_make,
			    .fits = set_fits};
	int id;

	if (nsems < 0 || nsems > current_ipc()->sem_limits[0])
		return -EINVAL;
	mutex_lock(&sem_ids()->lock);
	id = ipc_get(sem_ids(), &g);
	mutex_unlock(&sem_ids()->lock);
	return id;
}

/* --- semop --- */

/* One operation on *value and, with SEM_UNDO, on *adj. 0, 1: it must wait; -ERANGE. */
static int one_operation(const struct sembuf *op, int *value, short *adj)
{
	int result = *value + op->sem_op;

	if (!op->sem_op && *value)
		return 1;
	if (result < 0)
		return 1;
	if (result > SEMVMX)
		return -ERANGE;
	if (op->sem_flg & SEM_UNDO) {
		int undo = *adj - op->sem_op;

		if (undo < -SEMAEM - 1 || undo > SEMAEM)
			return -ERANGE;
		*adj = (short)undo;
	}
	*value = result;
	return 0;
}

static void roll_back(struct sem_set *s, struct sleeper *q, unsigned done)
{
	while (done--) {
		const struct sembuf *op = &q->ops[done];

		s->sem[op->sem_num].value -= op->sem_op;
		if (op->sem_flg & SEM_UNDO)
			q->undo->adj[op->sem_num] = (short)(q->undo->adj[op->sem_num] + op->sem_op);
	}
}

/* All of them or none. 0, 1: must wait (q->blocking), -EAGAIN, -ERANGE. */
static int try_operations(struct sem_set *s, struct sleeper *q)
{
	short unused = 0;

	for (unsigned i = 0; i < q->nops; i++) {
		const struct sembuf *op = &q->ops[i];
		short *adj = q->undo ? &q->undo->adj[op->sem_num] : &unused;
		int err = one_operation(op, &s->sem[op->sem_num].value, adj);

		if (err) {
			roll_back(s, q, i);
			q->blocking = op;
			return err == 1 && (op->sem_flg & IPC_NOWAIT) ? -EAGAIN : err;
		}
	}
	for (unsigned i = 0; i < q->nops; i++)
		s->sem[q->ops[i].sem_num].pid = q->pid;
	return 0;
}

static void settle(struct sleeper *q, int status)
{
	list_del(&q->node);
	WRITE_ONCE(q->status, status);
	waitq_wake_all(&q->wait);
}

static bool changes_value(const struct sleeper *q)
{
	for (unsigned i = 0; i < q->nops; i++)
		if (q->ops[i].sem_op)
			return true;
	return false;
}

/* Values have changed: carry out what waits and is possible now, from the start again after each
 * that changes something in its turn. */
void sem_update(struct sem_set *s)
{
	struct sleeper *q, *next;
again:
	list_for_each_entry_safe (q, next, &s->sleepers, node) {
		int err = try_operations(s, q);

		if (err == 1)
			continue;
		if (!err)
			s->otime = ipc_now();
		settle(q, err);
		if (!err && changes_value(q))
			goto again;
	}
}

static int wait_for_turn(struct sem_set *s, struct sleeper *q, u64 deadline_ns)
{
	int err;

	q->status = PENDING;
	waitq_init(&q->wait);
	list_add_tail(&q->node, &s->sleepers);
	s->obj.refs++;
	mutex_unlock(&sem_ids()->lock);
	err = wait_event_timeout(&q->wait, READ_ONCE(q->status) != PENDING, deadline_ns);
	mutex_lock(&sem_ids()->lock);
	list_del(&q->node);
	ipc_unref(&s->obj);
	if (q->status != PENDING)
		return q->status;
	return err == -ETIMEDOUT ? -EAGAIN : -EINTR;
}

static int operate_locked(int id, struct sleeper *q, bool has_undo, u64 deadline_ns)
{
	struct ipc_object *o = ipc_find(sem_ids(), id);
	bool changes = changes_value(q);
	struct sem_set *s;
	int err;

	if (IS_ERR(o))
		return (int)PTR_ERR(o);
	s = set_of(o);
	for (unsigned i = 0; i < q->nops; i++)
		if (q->ops[i].sem_num >= s->nr)
			return -EFBIG;
	err = ipc_permission(o, changes ? S_IWUGO : S_IRUGO);
	if (err)
		return err;
	if (has_undo) {
		q->undo = sem_undo_of(current, s);
		if (IS_ERR(q->undo))
			return (int)PTR_ERR(q->undo);
	}
	err = try_operations(s, q);
	if (err == 1)
		return wait_for_turn(s, q, deadline_ns);
	if (err)
		return err;
	s->otime = ipc_now();
	if (changes)
		sem_update(s);
	return 0;
}

int sem_operate(int id, struct sembuf *ops, unsigned nops, u64 deadline_ns)
{
	struct sleeper q = {.ops = ops, .nops = nops, .pid = current->process->pid};
	bool has_undo = false;
	int err;

	for (unsigned i = 0; i < nops; i++)
		has_undo |= (ops[i].sem_flg & SEM_UNDO) != 0;
	/* Made beforehand: the calling thread's list is its own to make. */
	if (has_undo && !sem_undo_list_of(current))
		return -ENOMEM;
	mutex_lock(&sem_ids()->lock);
	err = operate_locked(id, &q, has_undo, deadline_ns);
	mutex_unlock(&sem_ids()->lock);
	return err;
}

/* --- semctl --- */

static void stat_set(const struct sem_set *s, struct semid64_ds *ds)
{
	*ds = (struct semid64_ds){
		.sem_otime = s->otime,
		.sem_ctime = s->ctime,
		.sem_nsems = (unsigned long)s->nr,
	};
	ipc_stat(&s->obj, &ds->sem_perm);
}

int sem_stat(int id, bool by_index, bool may_all, struct semid64_ds *ds)
{
	struct ipc_object *o = ipc_lock_to_stat(sem_ids(), id, by_index, may_all);
	int ret = IS_ERR(o) ? (int)PTR_ERR(o) : by_index ? o->id : 0;

	if (ret >= 0)
		stat_set(set_of(o), ds);
	mutex_unlock(&sem_ids()->lock);
	return ret;
}

int sem_set(int id, const struct semid64_ds *ds)
{
	struct ipc_object *o = ipc_lock_to_change(sem_ids(), id);
	int err = IS_ERR(o) ? (int)PTR_ERR(o) : 0;

	if (!err)
		err = ipc_set(o, &ds->sem_perm);
	if (!err)
		set_of(o)->ctime = ipc_now();
	mutex_unlock(&sem_ids()->lock);
	return err;
}

int sem_remove(int id)
{
	struct ipc_object *o = ipc_lock_to_change(sem_ids(), id);
	struct sleeper *q, *next;
	int err = IS_ERR(o) ? (int)PTR_ERR(o) : 0;

	if (!err) {
		list_for_each_entry_safe (q, next, &set_of(o)->sleepers, node)
			settle(q, -EIDRM);
		sem_undo_forget(set_of(o));
		ipc_remove(o);
	}
	mutex_unlock(&sem_ids()->lock);
	return err;
}

/* How many wait for this semaphore to grow (GETNCNT) or to become 0 (GETZCNT). */
static int count_sleepers(const struct sem_set *s, int num, bool for_zero)
{
	struct sleeper *q;
	int n = 0;

	list_for_each_entry (q, &s->sleepers, node)
		n += q->blocking->sem_num == num && (q->blocking->sem_op == 0) == for_zero;
	return n;
}

static int value_of(const struct sem_set *s, int num, int cmd)
{
	if (num < 0 || num >= s->nr)
		return -EINVAL;
	switch (cmd) {
	case GETVAL:
		return s->sem[num].value;
	case GETPID:
		return pid_seen(s->sem[num].pid);
	default:
		return count_sleepers(s, num, cmd == GETZCNT);
	}
}

/* The set, locked, if the caller may; sem_ids.lock is held also on failure. */
static struct sem_set *get_set(int id, unsigned flags)
{
	struct ipc_object *o = ipc_lock_to_use(sem_ids(), id, flags);

	return IS_ERR(o) ? ERR_PTR(PTR_ERR(o)) : set_of(o);
}

int sem_value(int id, int num, int cmd)
{
	struct sem_set *s = get_set(id, S_IRUGO);
	int ret = IS_ERR(s) ? (int)PTR_ERR(s) : value_of(s, num, cmd);

	mutex_unlock(&sem_ids()->lock);
	return ret;
}

static void put_value(struct sem_set *s, int num, int value)
{
	s->sem[num].value = value;
	s->sem[num].pid = current->process->pid;
	sem_undo_clear(s, num);
}

static int set_value_locked(int id, int num, int value)
{
	struct ipc_object *o = ipc_find(sem_ids(), id);
	struct sem_set *s;
	int err;

	if (IS_ERR(o))
		return (int)PTR_ERR(o);
	s = set_of(o);
	if (num < 0 || num >= s->nr)
		return -EINVAL;
	err = ipc_permission(o, S_IWUGO);
	if (err)
		return err;
	put_value(s, num, value);
	s->ctime = ipc_now();
	sem_update(s);
	return 0;
}

int sem_set_value(int id, int num, int value)
{
	int err;

	if (value < 0 || value > SEMVMX)
		return -ERANGE;
	mutex_lock(&sem_ids()->lock);
	err = set_value_locked(id, num, value);
	mutex_unlock(&sem_ids()->lock);
	return err;
}

int sem_count(int id, bool is_write)
{
	struct sem_set *s = get_set(id, is_write ? S_IWUGO : S_IRUGO);
	int ret = IS_ERR(s) ? (int)PTR_ERR(s) : s->nr;

	mutex_unlock(&sem_ids()->lock);
	return ret;
}

int sem_get_all(int id, u16 *values, int n)
{
	struct sem_set *s = get_set(id, S_IRUGO);
	int err = IS_ERR(s) ? (int)PTR_ERR(s) : s->nr != n ? -EIDRM : 0;

	for (int i = 0; i < n && !err; i++)
		values[i] = (u16)s->sem[i].value;
	mutex_unlock(&sem_ids()->lock);
	return err;
}

int sem_set_all(int id, const u16 *values, int n)
{
	struct sem_set *s;
	int err;

	for (int i = 0; i < n; i++)
		if (values[i] > SEMVMX)
			return -ERANGE;
	s = get_set(id, S_IWUGO);
	err = IS_ERR(s) ? (int)PTR_ERR(s) : s->nr != n ? -EIDRM : 0;
	if (!err) {
		for (int i = 0; i < n; i++)
			put_value(s, i, values[i]);
		s->ctime = ipc_now();
		sem_update(s);
	}
	mutex_unlock(&sem_ids()->lock);
	return err;
}

int sem_totals(int *used_ids, int *used_sems)
{
	int max;

	mutex_lock(&sem_ids()->lock);
	*used_ids = sem_ids()->in_use;
	*used_sems = current_ipc()->used_semaphores;
	max = ipc_top_index(sem_ids());
	mutex_unlock(&sem_ids()->lock);
	return max;
}

int sem_next(int *idx, struct semid64_ds *ds)
{
	struct ipc_object *o;
	int id = -1;

	mutex_lock(&sem_ids()->lock);
	o = ipc_next(sem_ids(), idx);
	if (o) {
		stat_set(set_of(o), ds);
		id = o->id;
	}
	mutex_unlock(&sem_ids()->lock);
	return id;
}

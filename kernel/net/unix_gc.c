/*
 * Descriptors in flight, SCM_RIGHTS. Sockets that nobody has but messages in each other's queues
 * can never be closed by a program: they are found here, when a socket is closed. A socket is a
 * candidate when all references on its file are in messages. Of its count those are taken off that
 * lie in candidates' queues; what is left over came from outside, and reaches what it holds.
 *
 * Files enter and leave queues under scm_mutex only: nothing moves while the queues are looked at.
 */
#include "net/unix.h"
#include <linux/capability.h>

struct mutex scm_mutex = {.guard = SPINLOCK_INIT(RANK_MUTEX_GUARD, "scm_mutex"),
			  .waiters = LIST_INIT(scm_mutex.waiters),
			  .rank = RANK_SCM,
			  .name = "scm_mutex"};

/* How many files each user has in flight: RLIMIT_NOFILE bounds it. */
struct inflight_user {
	struct inflight_user *next;
	u32 uid, nr;
};

#define SOCKS_PER_CLOSE 32

enum { GC_REACHABLE, GC_CANDIDATE };

/* scm_mutex: */
static struct list_head inflight = LIST_INIT(inflight); /* sockets, by inflight_node */
static struct inflight_user *users;
static unsigned nr_inflight_socks;
static unsigned nr_closed; /* since the last collection; atomic */
static bool is_collecting, must_repeat;

static struct unix_sock *unix_of_file(const struct file *f)
{
	struct socket *s = socket_of(f);

	return s && s->family == AF_UNIX ? unix_sk(s) : NULL;
}

/* --- counting --- */

static struct inflight_user *find_user(u32 uid)
{
	struct inflight_user *n;

	for (n = users; n; n = n->next)
		if (n->uid == uid)
			return n;
	n = kzalloc(sizeof(*n), GFP_KERNEL);
	if (!n)
		return NULL;
	n->uid = uid;
	n->next = users;
	users = n;
	return n;
}

static void user_sub(u32 uid, u32 nr)
{
	struct inflight_user **link = &users, *n;

	while (*link && (*link)->uid != uid)
		link = &(*link)->next;
	n = *link;
	n->nr -= nr;
	if (n->nr)
		return;
	*link = n->next;
	kfree(n);
}

static int add_locked(const struct vfs_ctx *ctx, struct scm_files *f)
{
	struct inflight_user *user = find_user(ctx->cred->uid);

	if (!user)
		return -ENOMEM;
	/* unix(7): "ETOOMANYREFS ... the sending process ... exceeded its RLIMIT_NOFILE" */
	if (user->nr > ctx->limit_nofile && !cred_has_cap(ctx->cred, CAP_SYS_RESOURCE) &&
	    !cred_has_cap(ctx->cred, CAP_SYS_ADMIN))
		return -ETOOMANYREFS;
	user->nr += f->nr;
	f->sender_uid = user->uid;
	f->is_counted = true;
	for (u32 i = 0; i < f->nr; i++) {
		struct unix_sock *u = unix_of_file(f->file[i]);

		if (u && u->nr_inflight++ == 0) {
			list_add(&u->inflight_node, &inflight);
			nr_inflight_socks++;
		}
	}
	return 0;
}

int unix_inflight(const struct vfs_ctx *ctx, struct scm_files *f)
{
	int err;

	mutex_lock(&scm_mutex);
	err = add_locked(ctx, f);
	mutex_unlock(&scm_mutex);
	return err;
}

void unix_notinflight_locked(struct scm_files *f)
{
	if (!f->is_counted)
		return;
	f->is_counted = false;
	user_sub(f->sender_uid, f->nr);
	for (u32 i = 0; i < f->nr; i++) {
		struct unix_sock *u = unix_of_file(f->file[i]);

		if (u && --u->nr_inflight == 0) {
			list_del(&u->inflight_node);
			nr_inflight_socks--;
		}
	}
}

void unix_notinflight(struct scm_files *f)
{
	mutex_lock(&scm_mutex);
	unix_notinflight_locked(f);
	mutex_unlock(&scm_mutex);
}

/* --- collecting; scm_mutex held --- */

typedef void (*visit_fn)(struct unix_sock *u, struct list_head *work);

static void visit_files(const struct scm_files *f, visit_fn fn, struct list_head *work)
{
	for (u32 i = 0; f && i < f->nr; i++) {
		struct unix_sock *u = unix_of_file(f->file[i]);

		if (u && u->gc_mark == GC_CANDIDATE)
			fn(u, work);
	}
}

/* Every candidate that lies in u's queue, or in those of connections it did not accept yet. */
static void visit_queue(struct unix_sock *u, visit_fn fn, struct list_head *work)
{
	mutex_lock(&u->lock);
	for (struct unix_buf *b = u->head; b; b = b->next)
		visit_files(b->files, fn, work);
	for (struct unix_sock *p = u->pending; p; p = p->next_pending)
		visit_queue(p, fn, work);
	mutex_unlock(&u->lock);
}

static void count_off(struct unix_sock *u, struct list_head *work)
{
	(void)work;
	u->gc_count--;
}

static void make_reachable(struct unix_sock *u, struct list_head *work)
{
	u->gc_mark = GC_REACHABLE;
	list_del(&u->gc_node);
	list_add_tail(&u->gc_node, work);
}

static void take_queue(struct unix_sock *u, struct unix_buf **garbage)
{
	mutex_lock(&u->lock);
	/* A connection's buffers rely on its reference on the sender, which may go before them
	 * here. */
	for (struct unix_buf *b = u->head; b; b = b->next)
		unix_get(b->sender);
	if (u->head) {
		u->last->next = *garbage;
		*garbage = u->head;
		u->head = NULL;
		u->last = NULL;
		u->oob = NULL;
		WRITE_ONCE(u->nr_queued, 0);
	}
	for (struct unix_sock *p = u->pending; p; p = p->next_pending)
		take_queue(p, garbage);
	mutex_unlock(&u->lock);
}

static struct unix_buf *find_garbage(void)
{
	struct list_head candidates = LIST_INIT(candidates), work = LIST_INIT(work);
	struct unix_buf *garbage = NULL;
	struct unix_sock *u, *next;

	list_for_each_entry (u, &inflight, inflight_node) {
		u->gc_mark = GC_REACHABLE;
		if (!u->s.file || ref_read(&u->s.file->ref) != u->nr_inflight)
			continue;
		u->gc_mark = GC_CANDIDATE;
		u->gc_count = u->nr_inflight;
		list_add_tail(&u->gc_node, &candidates);
	}
	list_for_each_entry (u, &candidates, gc_node)
		visit_queue(u, count_off, NULL);
	list_for_each_entry_safe (u, next, &candidates, gc_node)
		if (u->gc_count)
			make_reachable(u, &work);
	while (!list_empty(&work)) {
		u = list_first_entry(&work, struct unix_sock, gc_node);
		list_del(&u->gc_node);
		visit_queue(u, make_reachable, &work);
	}
	while (!list_empty(&candidates)) {
		u = list_first_entry(&candidates, struct unix_sock, gc_node);
		list_del(&u->gc_node);
		u->gc_mark = GC_REACHABLE;
		take_queue(u, &garbage);
	}
	return garbage;
}

static void drop_garbage(struct unix_buf *b)
{
	while (b) {
		struct unix_buf *next = b->next;
		struct unix_sock *sender = b->sender;

		unix_buf_free(b);
		unix_put(sender);
		b = next;
	}
}

/* A collection looks at every socket in flight, so there is one for each so many that are closed:
 * the work per close stays bounded. */
void unix_gc(void)
{
	struct unix_buf *garbage;

	if (!READ_ONCE(nr_inflight_socks) ||
	    atomic_add(&nr_closed, 1) * SOCKS_PER_CLOSE < READ_ONCE(nr_inflight_socks))
		return;
	mutex_lock(&scm_mutex);
	atomic_store(&nr_closed, 0);
	must_repeat = true;
	while (!is_collecting && must_repeat) {
		must_repeat = false;
		is_collecting = true;
		garbage = find_garbage();
		mutex_unlock(&scm_mutex);
		drop_garbage(garbage);
		mutex_lock(&scm_mutex);
		is_collecting = false;
	}
	mutex_unlock(&scm_mutex);
}

/* Waiting for several files: queueing, sleeping, timeouts, signal masks. Called by poll.c,
 * select.c. */
#include "sys/poller.h"
#include "sys/uaccess_time.h"
#include <linux/personality.h>
#include "core/time.h"

/* In whatever context changed the file, under the queue's lock. */
static bool hook_woken(struct waiter *w, unsigned key)
{
	struct poll_hook *h = container_of(w, struct poll_hook, w);

	if (key && !(key & h->key))
		return false;
	atomic_store(&h->owner->was_triggered, true);
	wake_thread(h->owner->thread);
	return true;
}

static struct poll_hook *new_hook(struct poller *p)
{
	struct hook_block *b = p->blocks;

	if (p->nr_inline < HOOKS_INLINE)
		return &p->hooks[p->nr_inline++];
	if (!b || b->used == HOOKS_BLOCK) {
		b = kmalloc(sizeof(*b), GFP_KERNEL);
		if (!b)
			return NULL;
		b->next = p->blocks;
		b->used = 0;
		p->blocks = b;
	}
	return &b->hooks[b->used++];
}

static void queue_on(struct poll_table *pt, struct waitq *q)
{
	struct poller *p = container_of(pt, struct poller, pt);
	struct poll_hook *h = new_hook(p);

	if (!h) {
		p->is_out_of_memory = true;
		return;
	}
	h->w = (struct waiter){.func = hook_woken, .thread = p->thread};
	list_init(&h->w.node);
	h->q = q;
	h->file = file_get(p->file);
	h->owner = p;
	h->key = p->key;
	waitq_add(q, &h->w);
}

void poller_init(struct poller *p)
{
	p->pt.queue = queue_on;
	p->thread = this_thread();
	p->was_triggered = p->is_out_of_memory = false;
	p->nr_inline = 0;
	p->blocks = NULL;
}

static void leave(struct poll_hook *h)
{
	waitq_remove(h->q, &h->w);
	file_put(h->file);
}

void poller_end(struct poller *p)
{
	for (unsigned i = 0; i < p->nr_inline; i++)
		leave(&p->hooks[i]);
	while (p->blocks) {
		struct hook_block *b = p->blocks;

		for (unsigned i = 0; i < b->used; i++)
			leave(&b->hooks[i]);
		p->blocks = b->next;
		kfree(b);
	}
}

bool poller_sleep(struct poller *p, u64 deadline_ns)
{
	bool timed_out = false;

	p->pt.queue = NULL; /* queued everywhere by now */
	set_thread_state(TS_INTERRUPTIBLE);
	if (!atomic_load(&p->was_triggered) && !thread_signal_pending())
		timed_out = schedule_until(deadline_ns);
	set_thread_state(TS_RUNNING);
	atomic_store(&p->was_triggered, false);
	return timed_out;
}

/* --- time --- */

long deadline_from(const struct __kernel_timespec *ts, u64 *deadline_ns)
{
	u64 now = now_mono_ns(), sec = (u64)ts->tv_sec;

	if (ts->tv_sec < 0 || ts->tv_nsec < 0 || ts->tv_nsec >= NSEC_PER_SEC)
		return -EINVAL;
	if (!ts->tv_sec && !ts->tv_nsec)
		*deadline_ns = 1;
	else if (sec >= (1UL << 62) / NSEC_PER_SEC)
		*deadline_ns = 0; /* 146 years: for ever */
	else
		*deadline_ns = now + sec * NSEC_PER_SEC + (u64)ts->tv_nsec;
	return 0;
}

bool is_timeout_sticky(void)
{
	return current->personality & STICKY_TIMEOUTS;
}

void remaining(u64 deadline_ns, struct __kernel_timespec *ts)
{
	u64 now = now_mono_ns(), left = deadline_ns > now ? deadline_ns - now : 0;

	ts->tv_sec = (long)(left / NSEC_PER_SEC);
	ts->tv_nsec = (long)(left % NSEC_PER_SEC);
}

long timeout_get(uaddr_t timeout, u64 *deadline_ns)
{
	struct __kernel_timespec ts;

	*deadline_ns = 0;
	if (!timeout.v)
		return 0;
	return timespec_copy_in(&ts, timeout) ? -EFAULT : deadline_from(&ts, deadline_ns);
}

long timeout_put(uaddr_t timeout, u64 deadline_ns, long n)
{
	struct __kernel_timespec ts;

	if (!timeout.v || !deadline_ns)
		return n;
	remaining(deadline_ns, &ts);
	if ((is_timeout_sticky() || timespec_copy_out(timeout, &ts)) && n == -ERESTARTNOHAND)
		return -EINTR;
	return n;
}

/* --- signal mask --- */

long sigmask_set(uaddr_t mask, size_t size)
{
	struct task *t = current;
	u64 set;

	if (!mask.v)
		return 0;
	if (size != sizeof(set))
		return -EINVAL;
	if (copy_from_user(&set, mask, sizeof(set)))
		return -EFAULT;
	t->saved_sigmask = t->blocked;
	thread_set_flags(&t->thread, TIF_RESTORE_SIGMASK);
	signal_set_blocked(t, set & ~SIG_KERNEL_ONLY);
	return 0;
}

void sigmask_restore_unless(bool is_interrupted)
{
	struct task *t = current;

	if (is_interrupted || !thread_test_flags(&t->thread, TIF_RESTORE_SIGMASK))
		return;
	thread_clear_flags(&t->thread, TIF_RESTORE_SIGMASK);
	signal_set_blocked(t, t->saved_sigmask);
}

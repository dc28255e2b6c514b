/*
 * epoll(7): what is ready. A watched file's wake-up puts its item on the list `ready`, whatever
 * number is watched; epoll_wait looks only at that list. Called by sys/epoll.c; next is
 * file_ops.poll of the files that announced something.
 */
#include "vfs/epoll_internal.h"

/* --- wake-ups --- */

static void wake_waiters(struct epoll *ep)
{
	waitq_wake_key(&ep->wait, 1, 0);
	waitq_wake_key(&ep->poll_wait, 1, EPOLLIN | EPOLLRDNORM);
}

void epoll_queue_item(struct epoll_item *item)
{
	struct epoll *ep = item->ep;
	unsigned long flags = spin_lock_irqsave(&ep->lock);

	if (!item->is_queued) {
		item->is_queued = true;
		list_add_tail(&item->ready_node, &ep->ready);
	}
	spin_unlock_irqrestore(&ep->lock, flags);
	wake_waiters(ep);
}

/*
 * Under the lock of the watched file's queue. EPOLLEXCLUSIVE: true ends the walk over the queue, so
 * only where somebody of ours was woken for what he waits for.
 */
bool epoll_hook_woken(struct waiter *w, unsigned key)
{
	struct epoll_item *item = container_of(w, struct epoll_hook, w)->item;
	u32 events = READ_ONCE(item->events);
	unsigned inout = key & (EPOLLIN | EPOLLOUT);
	bool has_sleeper;

	if (!(events & ~EPOLL_PRIVATE_BITS)) /* EPOLLONESHOT, and it was shot */
		return false;
	if (key && !(key & events))
		return false;
	has_sleeper = waitq_active(&item->ep->wait);
	epoll_queue_item(item);
	if (!(events & EPOLLEXCLUSIVE))
		return true;
	return has_sleeper && (!inout || (inout & events));
}

unsigned epoll_item_poll(struct epoll_item *item, struct poll_table *pt)
{
	return item->file->ops->poll(item->file, pt) & item->events;
}

/* --- scans of the ready list; ep->mutex held, interrupts on --- */

static inline void queue_locked(struct epoll_item *item, struct list_head *list)
{
	if (!item->is_queued) {
		item->is_queued = true;
		list_add_tail(&item->ready_node, list);
	}
}

static inline struct epoll_item *take_first(struct list_head *list)
{
	struct epoll_item *item = NULL;

	if (!list_empty(list)) {
		item = list_first_entry(list, struct epoll_item, ready_node);
		list_del(&item->ready_node);
		item->is_queued = false;
	}
	return item;
}

/* What is ready now goes to the scan's own list; the first of it: see scan_step(). */
static inline struct epoll_item *scan_begin(struct epoll *ep, struct list_head *scan)
{
	struct epoll_item *item;

	list_init(scan);
	spin_lock_irq(&ep->lock);
	WRITE_ONCE(ep->is_scanning, true);
	item = take_first(&ep->ready);
	if (!list_empty(&ep->ready))
		list_splice_tail(&ep->ready, scan);
	spin_unlock_irq(&ep->lock);
	return item;
}

/* The next item, off the list: a wake-up from now on queues it again. NULL. The one before, `done`,
 * is ready still, or NULL. */
static struct epoll_item *scan_step(struct epoll *ep, struct list_head *scan,
				    struct epoll_item *done)
{
	struct epoll_item *item;

	if (list_empty(scan) && !done)
		return NULL;
	spin_lock_irq(&ep->lock);
	if (done)
		queue_locked(done, &ep->ready);
	item = take_first(scan);
	spin_unlock_irq(&ep->lock);
	return item;
}

static void scan_requeue(struct epoll_item *item, struct list_head *list)
{
	struct epoll *ep = item->ep;

	spin_lock_irq(&ep->lock);
	queue_locked(item, list ? list : &ep->ready);
	spin_unlock_irq(&ep->lock);
}

/* What was not looked at comes first the next time. `done` as in scan_step(). */
static inline void scan_end(struct epoll *ep, struct list_head *scan, struct epoll_item *done)
{
	spin_lock_irq(&ep->lock);
	if (done)
		queue_locked(done, &ep->ready);
	if (unlikely(!list_empty(scan))) {
		list_splice_tail(&ep->ready, scan);
		list_splice_tail(scan, &ep->ready);
	}
	WRITE_ONCE(ep->is_scanning, false);
	spin_unlock_irq(&ep->lock);
}

/* True when the event is in *to; then the item's mode says whether it stays ready: *again, or NULL.
 */
static bool send_event(struct epoll_item *item, unsigned events, struct iter *to,
		       struct epoll_item **again)
{
	struct epoll_event e = {.events = events, .data = item->data};

	if (iter_put(to, &e, sizeof(e)) != sizeof(e))
		return false;
	if (item->events & EPOLLONESHOT) {
		unsigned long flags = spin_lock_irqsave(&item->ep->lock);

		WRITE_ONCE(item->events, item->events & EPOLL_PRIVATE_BITS);
		spin_unlock_irqrestore(&item->ep->lock, flags);
	} else if (!(item->events & EPOLLET)) {
		*again = item;
	}
	return true;
}

/* The item is the first of the scan again. */
static __attribute__((noinline)) void not_sent(struct epoll_item *item, struct list_head *scan)
{
	struct list_head failed;

	list_init(&failed);
	scan_requeue(item, &failed);
	list_splice_tail(scan, &failed);
	list_splice_tail(&failed, scan);
}

static long send_events(struct epoll *ep, struct iter *to, unsigned max)
{
	struct epoll_item *item, *again = NULL;
	struct list_head scan;
	long n = 0;

	mutex_lock(&ep->mutex);
	item = scan_begin(ep, &scan);
	while (item) {
		unsigned events = epoll_item_poll(item, NULL);

		again = NULL;
		if (likely(events)) {
			if (unlikely(!send_event(item, events, to, &again))) {
				n = n ? n : -EFAULT;
				not_sent(item, &scan);
				break;
			}
			if (++n == (long)max)
				break;
		}
		item = scan_step(ep, &scan, again);
	}
	scan_end(ep, &scan, again);
	if (waitq_active(&ep->wait) && !list_empty(&ep->ready)) /* for the next sleeper */
		waitq_wake_key(&ep->wait, 1, 0);
	mutex_unlock(&ep->mutex);
	return n;
}

unsigned epoll_poll(struct file *f, struct poll_table *pt)
{
	struct epoll *ep = f->private;
	struct epoll_item *item;
	struct list_head scan;
	unsigned events = 0;

	poll_wait(pt, &ep->poll_wait);
	if (!epoll_has_events(ep))
		return 0;
	mutex_lock(&ep->mutex);
	for (item = scan_begin(ep, &scan); item; item = scan_step(ep, &scan, NULL))
		if (epoll_item_poll(item, NULL)) {
			events = EPOLLIN | EPOLLRDNORM;
			scan_requeue(item, NULL);
			break;
		}
	scan_end(ep, &scan, NULL);
	mutex_unlock(&ep->mutex);
	return events;
}

long epoll_wait(struct epoll *ep, struct iter *to, unsigned max, u64 deadline_ns)
{
	bool timed_out = deadline_ns == 1;
	struct waiter w;
	long n;

	for (;;) {
		/* Whoever was woken looks here before it leaves: no wake-up is lost with it. */
		if (epoll_has_events(ep)) {
			n = send_events(ep, to, max);
			if (n)
				return n;
		}
		if (timed_out)
			return 0;
		if (thread_signal_pending())
			return -EINTR;
		waiter_init_self(&w, true);
		waitq_add(&ep->wait, &w);
		set_thread_state(TS_INTERRUPTIBLE);
		if (!epoll_has_events(ep) && !thread_signal_pending())
			timed_out = schedule_until(deadline_ns);
		set_thread_state(TS_RUNNING);
		waitq_remove(&ep->wait, &w);
	}
}

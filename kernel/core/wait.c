/* Wait queues (core/wait.h). */
#include "core/wait.h"

void waitq_init(struct waitq *q)
{
	spin_init(&q->lock, RANK_WAITQ, "waitq");
	list_init(&q->waiters);
}

void waitq_add(struct waitq *q, struct waiter *w)
{
	unsigned long flags = spin_lock_irqsave(&q->lock);

	if (w->is_exclusive)
		list_add_tail(&w->node, &q->waiters);
	else
		list_add(&w->node, &q->waiters);
	spin_unlock_irqrestore(&q->lock, flags);
}

/* Also makes sure that no waker is still inside w->func() on return. */
void waitq_remove(struct waitq *q, struct waiter *w)
{
	unsigned long flags = spin_lock_irqsave(&q->lock);

	list_del(&w->node);
	spin_unlock_irqrestore(&q->lock, flags);
}

void waitq_wake_key(struct waitq *q, unsigned nr_exclusive, unsigned key)
{
	struct waiter *w, *next;
	unsigned long flags;

	if (!waitq_active(q))
		return;
	flags = spin_lock_irqsave(&q->lock);
	list_for_each_entry_safe (w, next, &q->waiters, node) {
		bool is_exclusive = w->is_exclusive;

		if (w->func(w, key) && is_exclusive && --nr_exclusive == 0)
			break;
	}
	spin_unlock_irqrestore(&q->lock, flags);
}

static bool wake_waiter_thread(struct waiter *w, unsigned key)
{
	return wake_thread(w->thread);
}

void waiter_init_self(struct waiter *w, bool is_exclusive)
{
	list_init(&w->node);
	w->func = wake_waiter_thread;
	w->thread = this_thread();
	w->is_exclusive = is_exclusive;
}

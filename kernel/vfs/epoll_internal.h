/* Between epoll.c (what is watched) and epoll_wait.c (what is ready). */
#ifndef VFS_EPOLL_INTERNAL_H
#define VFS_EPOLL_INTERNAL_H

#include "lib/rbtree.h"
#include "mm/kmalloc.h"
#include "vfs/epoll.h"

struct epoll {
	refcount_t ref;
	struct file *file;  /* the set's own, which owns us: not counted */
	struct mutex mutex; /* RANK_EPOLL; outer set before inner */
	/* mutex */
	struct rb_root items; /* by file, descriptor */
	bool is_scanning;     /* some of `ready` is on a scan's own list; read without the mutex */
	/* lock, RANK_LEAF, interrupts off */
	spinlock_t lock;
	struct list_head ready;
	/* those who sleep in epoll_wait; those who watch the set itself */
	struct waitq wait, poll_wait;
	/* nest_mutex: memory of the walks that measure nesting */
	u64 below_walk, above_walk;
	int below, above;
};

/* One queue of a watched file on which an item waits. */
struct epoll_hook {
	struct waiter w;
	struct waitq *q;
	struct epoll_item *item;
	struct epoll_hook *next;
};

/* One watched descriptor. It holds no reference on its file: the file lets go of its items first.
 */
struct epoll_item {
	struct rb_node node;
	struct epoll *ep;
	struct file *file;
	int fd;
	struct epoll_item *next_watcher; /* file->watchers; watch_lock */
	/* ep->mutex */
	struct epoll_hook first, *hooks;
	u64 data;
	/* ep->lock; events is changed under both */
	u32 events;
	bool is_queued; /* ready_node is on ep->ready or on a scan's list */
	struct list_head ready_node;
};

/* Bits of an item that are no events. */
#define EPOLL_PRIVATE_BITS ((u32)(EPOLLWAKEUP | EPOLLONESHOT | EPOLLET | EPOLLEXCLUSIVE))

/* Something may be ready. */
static inline bool epoll_has_events(struct epoll *ep)
{
	return !list_empty(&ep->ready) || READ_ONCE(ep->is_scanning);
}
/* The item's file has news: any context. */
void epoll_queue_item(struct epoll_item *item);
/* The waiter function of an item's hooks. */
bool epoll_hook_woken(struct waiter *w, unsigned key);
/* What of the item's events is there now; with pt it is also queued on. ep->mutex held. */
unsigned epoll_item_poll(struct epoll_item *item, struct poll_table *pt);
/* file_ops.poll of epoll files. */
unsigned epoll_poll(struct file *f, struct poll_table *pt);

#endif

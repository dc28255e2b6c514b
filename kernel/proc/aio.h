/* Contexts of io_setup(2): the ring of events (aio_ring.c) and what sys/aio.c keeps there. */
#ifndef PROC_AIO_H
#define PROC_AIO_H

#include "proc/task.h"
#include <linux/aio_abi.h>

/* What the first page of the ring begins with; the C library's libaio reads it (AIO_RING_MAGIC). */
struct aio_ring {
	u32 id, nr;
	u32 head; /* written by whoever takes events, which may be the program itself */
	u32 tail; /* ours */
	u32 magic, compat_features, incompat_features, header_length;
};

/* A poll that has not come true. */
struct aio_poll {
	struct list_head node;
	struct file *file, *event_file; /* references; event_file may be NULL */
	u64 obj, data;
	unsigned events;
};

struct aio_context {
	struct list_head node; /* contexts_lock */
	struct mm *mm;	       /* whose it is; only compared */
	unsigned long id;      /* where the ring is mapped; 0: not any more */
	refcount_t ref;	       /* the ring's file, and calls under way */
	bool is_unmapped;      /* contexts_lock */
	struct file *file;     /* of the ring; not counted, for it holds us */
	unsigned max_requests;
	struct waitq wait;
	struct mutex lock; /* RANK_IPC: what follows */
	struct list_head polls;
	unsigned nr_polls;
	u32 nr, tail; /* slots of the ring; where the next event goes */
	struct aio_ring *ring;
	unsigned nr_pages, ring_pages; /* of these nr_pages are there: all, once it is made */
	struct page *pages[];
};

extern u64 aio_nr, aio_max_nr; /* /proc/sys/fs */

/* A new context for nr requests, its ring mapped into the caller; ERR_PTR(-EAGAIN -ENOMEM). */
struct aio_context *aio_context_new(unsigned nr);
/* The caller's context, referenced; NULL. */
struct aio_context *aio_context_get(unsigned long id);
void aio_context_put(struct aio_context *c);
int aio_context_destroy(unsigned long id); /* -EINVAL */

/* c->lock held: */
bool aio_has_room(struct aio_context *c); /* for the event of one more request */
void aio_complete(struct aio_context *c, u64 obj, u64 data, s64 res);
unsigned aio_nr_ready(struct aio_context *c);
struct io_event *aio_first(struct aio_context *c); /* there is one */
void aio_taken(struct aio_context *c);		   /* the first */

#endif

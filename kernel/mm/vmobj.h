/*
 * A vm object: the pages of something mappable and readable -- a file's page cache, a tmpfs file
 * (which lives here only), shared anonymous memory. Embedded in an inode or allocated alone.
 * read(), write() and mmap all go through it.
 */
#ifndef MM_VMOBJ_H
#define MM_VMOBJ_H

#include "core/lock.h"
#include "mm/page.h"

struct vmobj;
struct file;
struct mm;
struct vma;

struct vmobj_ops {
	/* Fill a new locked page from its backing store (short data: zero the rest). NULL: pages
	 * start zeroed (tmpfs). May sleep. */
	int (*fill)(struct vmobj *o, struct page *p);
	/* Optional: fill `nr` new locked pages with consecutive numbers, or fewer: read-ahead. 0 =
	 * all of them, n > 0 = the first n. */
	int (*fill_ahead)(struct vmobj *o, struct page **pages, unsigned nr);
	/* Write a dirty page back. NULL: nothing behind it, the pages are never evicted. May sleep.
	 */
	int (*writeback)(struct vmobj *o, struct page *p);
	/* Optional: a page is about to become writable through a shared mapping: the file's times.
	 * The address space's lock is held; must not sleep. */
	void (*mapped_write)(struct vmobj *o);
};

struct vmobj {
	const struct vmobj_ops *ops;
	spinlock_t lock; /* RANK_OBJPAGES: the tree, nr_pages, vmas */
	void *tree;	 /* radix tree index -> struct page */
	u64 nr_pages;
	u64 size_bytes; /* of the data; pages beyond it fault with SIGBUS; written with the inode's
			   lock held */
	struct list_head vmas; /* every vma that maps it, by vma->obj_node */
	u64 max_pages;	       /* quota hook of tmpfs; 0 = none */
	u64 *quota_used;       /* pages used by the whole file system (atomic); NULL = none */
	bool is_evictable;
	int wb_error; /* of a write-back nobody waited for; vmobj_sync() reports it once */
	void *private;
};

void vmobj_init(struct vmobj *o, const struct vmobj_ops *ops);
void vmobj_destroy(struct vmobj *o); /* drops all pages; nothing may map it any more */
/* Page `index`, uptodate, referenced; filled or made when absent. ERR_PTR: -ENOMEM, -ENOSPC, -EIO,
 * ops error. */
struct page *vmobj_get_page(struct vmobj *o, u64 index);
/* As above, for a writer that will overwrite all of it: not filled when new (returned locked and
 * !PG_UPTODATE then). */
struct page *vmobj_get_page_for_write(struct vmobj *o, u64 index, bool whole);
struct page *vmobj_find_page(struct vmobj *o,
			     u64 index); /* uptodate, referenced, or NULL; never fills */
/* The same for index, index + 1, ..., as long as there are such and may be more: how many. */
unsigned vmobj_find_run(struct vmobj *o, u64 index, struct page **out, unsigned max);
void vmobj_mark_dirty(struct vmobj *o, struct page *p);
/* Change the size; when shrinking drop pages beyond it, zero the tail of the last one and unmap
 * both from every address space. */
void vmobj_truncate(struct vmobj *o, u64 size_bytes);
/* Drop clean (or with `discard_dirty` all) pages in a byte range, unmapping them; hole punching and
 * cache invalidation. */
void vmobj_invalidate(struct vmobj *o, u64 start, u64 end, bool discard_dirty);
int vmobj_sync(struct vmobj *o, u64 start, u64 end); /* write dirty pages back */
/* How many pages of [first, last] are there, and how many of these are dirty. */
void vmobj_count(struct vmobj *o, u64 first, u64 last, u64 *nr_cached, u64 *nr_dirty);
/* First index >= from that is (data=true) or is not (false) present; for SEEK_DATA/SEEK_HOLE. */
u64 vmobj_seek(struct vmobj *o, u64 from, bool data);
/* Shared anonymous memory: a stand-alone object with a reference count. */
struct vmobj *vmobj_new_shm(u64 size_bytes);
void vmobj_shm_get(struct vmobj *o);
void vmobj_shm_put(struct vmobj *o);
/* Free clean page-cache pages nobody maps or uses; returns pages freed. */
size_t page_cache_reclaim(size_t target_pages);
/* Start the thread that writes dirty pages back; once threads can run. -ENOMEM. */
int writeback_init(void);

#endif

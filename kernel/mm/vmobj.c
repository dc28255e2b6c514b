/*
 * VM objects: the page cache of a file, or memory that lives here only.
 *
 * Who may take a page away: only one who has it locked, so that whoever holds a page's lock and
 * sees p->obj set knows that the object stays. Lookups take a reference under the object's lock.
 */
#include "core/sched.h"
#include "lib/err.h"
#include "lib/string.h"
#include "mm/internal.h"
#include "mm/kmalloc.h"

#define GANG		 16
#define AHEAD_RANDOM	 8 /* pages read when access looks random */
#define AHEAD_SEQUENTIAL 32
#define AHEAD_LONG	 128 /* when that much has been read before */

void vmobj_init(struct vmobj *o, const struct vmobj_ops *ops)
{
	memset(o, 0, sizeof(*o));
	o->ops = ops;
	spin_init(&o->lock, RANK_OBJPAGES, "object pages");
	list_init(&o->vmas);
}

static u64 size_pages(const struct vmobj *o)
{
	return DIV_ROUND_UP(READ_ONCE(o->size_bytes), PAGE_SIZE);
}

/* --- entering and leaving --- */

static bool charge(struct vmobj *o)
{
	if (!o->quota_used)
		return true;
	if (atomic_add(o->quota_used, 1) <= o->max_pages || !o->max_pages)
		return true;
	atomic_sub(o->quota_used, 1);
	return false;
}

static void uncharge(struct vmobj *o)
{
	if (o->quota_used)
		atomic_sub(o->quota_used, 1);
}

/* Enter a new locked page; the cache has a reference of its own. -EEXIST -ENOMEM -ENOSPC. */
static int add_page(struct vmobj *o, struct page *p, u64 index)
{
	int err;

	if (!charge(o))
		return -ENOSPC;
	p->obj = o;
	p->index = index;
	spin_lock(&o->lock);
	err = radix_insert(&o->tree, index, p);
	if (!err) {
		o->nr_pages++;
		page_get(p);
	}
	spin_unlock(&o->lock);
	if (err) {
		p->obj = NULL;
		uncharge(o);
		return err;
	}
	mm_count(vmobj_is_memory(o) ? MM_SHMEM : MM_CACHED, 1);
	if (o->is_evictable)
		lru_add(p);
	return 0;
}

/* Out of the tree; the page is locked. The caller drops the cache's reference. o->lock held. */
static void remove_locked(struct vmobj *o, struct page *p)
{
	radix_remove(&o->tree, p->index);
	o->nr_pages--;
	WRITE_ONCE(p->obj, NULL);
}

static void removed(struct vmobj *o, struct page *p)
{
	if (p->flags & PG_LRU)
		lru_remove(p);
	if (atomic_and(&p->flags, ~(u32)PG_DIRTY) & PG_DIRTY && o->ops && o->ops->writeback)
		mm_count(MM_DIRTY, -1);
	mm_count(vmobj_is_memory(o) ? MM_SHMEM : MM_CACHED, -1);
	uncharge(o);
}

/* A locked page leaves for good, mapped or not. */
static void drop_page(struct vmobj *o, struct page *p)
{
	u64 index = p->index;

	spin_lock(&o->lock);
	remove_locked(o, p);
	spin_unlock(&o->lock);
	/* From here on no fault can map it (fault.c looks at p->obj under pt_lock). One that looked
	 * before may be at it still, with map_count 0 so far: taking its pt_lock waits for it. */
	vmobj_unmap(o, index, index, false);
	removed(o, p);
	page_unlock(p);
	page_put(p);
}

/* For reclaim.c: a locked, clean, unmapped page with nobody else interested. */
bool vmobj_evict_page(struct vmobj *o, struct page *p, unsigned own_refs)
{
	bool ok;

	spin_lock(&o->lock);
	ok = ref_read(&p->ref) == own_refs + 1 && !(READ_ONCE(p->flags) & PG_DIRTY) &&
	     !READ_ONCE(p->map_count);
	if (ok)
		remove_locked(o, p);
	spin_unlock(&o->lock);
	if (ok) {
		removed(o, p);
		page_put(p);
	}
	return ok;
}

/* --- lookup --- */

/* Somebody wants it: reclaim passes it by once. */
static inline void mark_referenced(const struct vmobj *o, struct page *p)
{
	if (o->is_evictable && !(READ_ONCE(p->flags) & PG_REFERENCED))
		atomic_or(&p->flags, PG_REFERENCED);
}

/* Page `index`, referenced, in whatever state. */
static inline struct page *find_any(struct vmobj *o, u64 index)
{
	struct page *p;

	spin_lock(&o->lock);
	p = radix_find(o->tree, index);
	if (likely(p)) {
		page_get(p);
		spin_unlock(&o->lock);
		mark_referenced(o, p);
		return p;
	}
	spin_unlock(&o->lock);
	return NULL;
}

/* A page that is still being filled is not there yet for the callers of this. */
struct page *vmobj_find_page(struct vmobj *o, u64 index)
{
	struct page *p = find_any(o, index);

	if (p && unlikely(!(READ_ONCE(p->flags) & PG_UPTODATE))) {
		page_put(p);
		return NULL;
	}
	return p;
}

unsigned vmobj_find_run(struct vmobj *o, u64 index, struct page **out, unsigned max)
{
	unsigned n = 0, left = RADIX_SLOTS - (unsigned)(index % RADIX_SLOTS);
	void **slot;

	spin_lock(&o->lock);
	slot = radix_slot(&o->tree, index);
	if (slot == &o->tree)
		left = 1;
	for (left = slot ? MIN(max, left) : 0; n < left; n++) {
		struct page *p = slot[n];

		if (!p || !(READ_ONCE(p->flags) & PG_UPTODATE))
			break;
		page_get(p);
		mark_referenced(o, p);
		out[n] = p;
	}
	spin_unlock(&o->lock);
	return n;
}

unsigned vmobj_find_range(struct vmobj *o, u64 from, u64 to, struct page **out, unsigned max)
{
	unsigned n = 0;

	spin_lock(&o->lock);
	while (from <= to && n < max) {
		void **slot = radix_slot(&o->tree, from);
		u64 last = slot == &o->tree ? from : from | (RADIX_SLOTS - 1);

		last = MIN(last, to);
		if (!slot)
			from = last + 1;
		for (; from <= last && n < max; from++, slot++) {
			struct page *p = *slot;

			if (p && (READ_ONCE(p->flags) & (PG_UPTODATE | PG_LOCKED)) == PG_UPTODATE) {
				page_get(p);
				out[n++] = p;
			}
		}
	}
	spin_unlock(&o->lock);
	return n;
}

/* --- filling --- */

static unsigned ahead_window(struct vmobj *o, u64 index)
{
	u64 left = size_pages(o);
	unsigned n = AHEAD_RANDOM;
	struct page *before = NULL;

	if (!o->ops || !o->ops->fill_ahead || index >= left)
		return 1;
	left -= index;
	if (index) {
		before = vmobj_find_page(o, index - 1);
		if (before)
			page_put(before);
	}
	if (!index || before)
		n = index < AHEAD_SEQUENTIAL ? AHEAD_SEQUENTIAL : AHEAD_LONG;
	return (unsigned)MIN((u64)n, left);
}

/* New locked pages from `index` on, at most `want`, until one is there already. */
static unsigned add_ahead(struct vmobj *o, u64 index, struct page **pages, unsigned want)
{
	unsigned n;

	for (n = 0; n < want; n++) {
		struct page *p = alloc_page(GFP_KERNEL);

		if (!p)
			break;
		p->flags = PG_LOCKED;
		if (add_page(o, p, index + n)) {
			p->flags = 0;
			page_put(p);
			break;
		}
		pages[n] = p;
	}
	return n;
}

/* Settle pages after an attempt to fill: the first `good` are valid, the others leave the cache. */
static void settle(struct vmobj *o, struct page **pages, unsigned n, unsigned good)
{
	unsigned i;

	for (i = 0; i < n; i++) {
		if (i < good) {
			atomic_or(&pages[i]->flags, PG_UPTODATE);
			page_unlock(pages[i]);
		} else {
			drop_page(o, pages[i]);
		}
		page_put(pages[i]);
	}
}

/* Fill the locked page `p` of the cache; with it as many of the following as pays. */
static int fill(struct vmobj *o, struct page *p)
{
	struct page *pages[AHEAD_LONG];
	unsigned n = ahead_window(o, p->index);
	int ret;

	pages[0] = p;
	if (n > 1)
		n = 1 + add_ahead(o, p->index + 1, pages + 1, n - 1);
	if (n > 1) {
		ret = o->ops->fill_ahead(o, pages, n);
		settle(o, pages + 1, n - 1, ret < 0 ? 0 : ret == 0 ? n - 1 : (unsigned)ret - 1);
		return ret < 0 ? ret : 0;
	}
	return o->ops->fill(o, p);
}

static bool has_store(const struct vmobj *o)
{
	return o->ops && o->ops->fill;
}

/* Make page `index`; RADIX races give -EEXIST. Returned locked unless uptodate. */
static struct page *new_page(struct vmobj *o, u64 index, bool whole)
{
	bool wants_zero = !has_store(o) && !whole;
	struct page *p = alloc_page(GFP_USER | (wants_zero ? GFP_ZERO : 0));
	int err;

	if (!p)
		return ERR_PTR(-ENOMEM);
	p->flags = PG_LOCKED | (wants_zero ? PG_UPTODATE : 0);
	err = add_page(o, p, index);
	if (err == -ENOMEM && reclaim_for_tables())
		err = add_page(o, p, index);
	if (err) {
		p->flags = 0;
		page_put(p);
		return ERR_PTR(err);
	}
	if (wants_zero)
		page_unlock(p);
	return p;
}

/* `p` is referenced and not uptodate: wait for whoever fills it, or fill it. RETRY as -EAGAIN. */
static int make_uptodate(struct vmobj *o, struct page *p, bool *did_io)
{
	int err = 0;

	page_lock(p);
	if (p->obj != o) {
		page_unlock(p);
		return -EAGAIN;
	}
	if (!(p->flags & PG_UPTODATE)) {
		if (has_store(o)) {
			*did_io = true;
			err = fill(o, p);
		} else {
			memset(page_to_virt(p), 0, PAGE_SIZE);
		}
		if (!err)
			atomic_or(&p->flags, PG_UPTODATE);
	}
	if (err)
		drop_page(o, p);
	else
		page_unlock(p);
	return err;
}

/* A new page of an object with a store: fill it. Consumes the reference on failure. */
static struct page *fill_new(struct vmobj *o, struct page *p, bool *did_io)
{
	int err;

	*did_io = true;
	err = fill(o, p);
	if (err) {
		drop_page(o, p);
		page_put(p);
		return ERR_PTR(err);
	}
	atomic_or(&p->flags, PG_UPTODATE);
	page_unlock(p);
	return p;
}

static struct page *get_page(struct vmobj *o, u64 index, bool whole, bool *did_io)
{
	for (;;) {
		struct page *p = find_any(o, index);
		int err;

		if (likely(p && (READ_ONCE(p->flags) & PG_UPTODATE)))
			return p;
		if (!p) {
			p = new_page(o, index, whole);
			if (IS_ERR(p)) {
				if (PTR_ERR(p) == -EEXIST)
					continue;
				return p;
			}
			if ((p->flags & PG_UPTODATE) || whole)
				return p;
			return fill_new(o, p, did_io);
		}
		err = make_uptodate(o, p, did_io);
		if (!err)
			return p;
		page_put(p);
		if (err != -EAGAIN)
			return ERR_PTR(err);
	}
}

struct page *vmobj_get_page(struct vmobj *o, u64 index)
{
	bool did_io = false;

	return get_page(o, index, false, &did_io);
}

struct page *vmobj_get_page_io(struct vmobj *o, u64 index, bool *did_io)
{
	return get_page(o, index, false, did_io);
}

struct page *vmobj_get_page_for_write(struct vmobj *o, u64 index, bool whole)
{
	bool did_io = false;

	return get_page(o, index, whole, &did_io);
}

/* --- dirty pages --- */

void vmobj_mark_dirty(struct vmobj *o, struct page *p)
{
	if (READ_ONCE(p->flags) & PG_DIRTY)
		return;
	if (atomic_or(&p->flags, PG_DIRTY) & PG_DIRTY)
		return;
	if (o->ops && o->ops->writeback) {
		mm_count(MM_DIRTY, 1);
		writeback_wake();
	}
}

/* Write a locked dirty page back. Later writes through mappings fault and mark it again. */
int vmobj_write_page(struct vmobj *o, struct page *p)
{
	int err;

	if (!(atomic_and(&p->flags, ~(u32)PG_DIRTY) & PG_DIRTY))
		return 0;
	mm_count(MM_DIRTY, -1);
	vmobj_wrprotect(o, p);
	err = o->ops->writeback(o, p);
	if (err)
		WRITE_ONCE(o->wb_error, err);
	return err;
}

/* Pages of [from, to], referenced; *next is where to go on. */
static unsigned next_pages(struct vmobj *o, u64 *next, u64 to, struct page **out)
{
	unsigned i, n;

	if (*next > to)
		return 0;
	spin_lock(&o->lock);
	n = radix_gang(o->tree, *next, to, out, GANG);
	for (i = 0; i < n; i++)
		page_get(out[i]);
	if (n)
		*next = out[n - 1]->index + 1;
	spin_unlock(&o->lock);
	return n;
}

int vmobj_sync(struct vmobj *o, u64 start, u64 end)
{
	u64 at = start >> PAGE_SHIFT, last;
	struct page *pages[GANG];
	int err = 0;
	unsigned i, n;

	if (!o->ops || !o->ops->writeback || end <= start)
		return 0;
	last = (end - 1) >> PAGE_SHIFT;
	while ((n = next_pages(o, &at, last, pages))) {
		for (i = 0; i < n; i++) {
			struct page *p = pages[i];

			if (READ_ONCE(p->flags) & PG_DIRTY) {
				page_lock(p);
				if (p->obj == o)
					vmobj_write_page(o, p);
				page_unlock(p);
			}
			page_put(p);
		}
		cond_resched();
	}
	err = atomic_xchg(&o->wb_error, 0);
	return err;
}

/* --- dropping --- */

/* Drop pages [from, to]; all, or only those that are clean and unused. */
static void drop_range(struct vmobj *o, u64 from, u64 to, bool even_dirty)
{
	struct page *pages[GANG];
	unsigned i, n;

	while ((n = next_pages(o, &from, to, pages))) {
		for (i = 0; i < n; i++) {
			struct page *p = pages[i];

			page_lock(p);
			if (p->obj == o && !even_dirty) {
				if (READ_ONCE(p->map_count))
					vmobj_unmap(o, p->index, p->index, false);
				vmobj_evict_page(o, p, 1);
				page_unlock(p);
			} else if (p->obj == o) {
				drop_page(o, p);
			} else {
				page_unlock(p);
			}
			page_put(p);
		}
		cond_resched();
	}
}

void vmobj_destroy(struct vmobj *o)
{
	if (o->tree)
		drop_range(o, 0, ~0UL, true);
}

static void zero_part(struct vmobj *o, u64 index, size_t from, size_t to)
{
	struct page *p = vmobj_find_page(o, index);

	if (!p)
		return;
	page_lock(p);
	if (p->obj == o && (p->flags & PG_UPTODATE)) {
		memset((u8 *)page_to_virt(p) + from, 0, to - from);
		vmobj_mark_dirty(o, p);
	}
	page_unlock(p);
	page_put(p);
}

void vmobj_truncate(struct vmobj *o, u64 size_bytes)
{
	u64 old = o->size_bytes, first = DIV_ROUND_UP(size_bytes, PAGE_SIZE);
	size_t tail = size_bytes & (PAGE_SIZE - 1);

	if (size_bytes >= old) {
		size_t old_tail = old & (PAGE_SIZE - 1);

		/* What a mapping wrote behind the end must not come to light. */
		if (size_bytes > old && old_tail)
			zero_part(o, old >> PAGE_SHIFT, old_tail, PAGE_SIZE);
		WRITE_ONCE(o->size_bytes, size_bytes);
		return;
	}
	atomic_store(&o->size_bytes, size_bytes);
	if (tail)
		zero_part(o, size_bytes >> PAGE_SHIFT, tail, PAGE_SIZE);
	/* mmap(2): accesses beyond the end give SIGBUS, also to private copies. */
	vmobj_unmap(o, first, ~0UL >> PAGE_SHIFT, true);
	drop_range(o, first, ~0UL, true);
}

void vmobj_invalidate(struct vmobj *o, u64 start, u64 end, bool discard_dirty)
{
	u64 first, last;

	if (end <= start)
		return;
	if (!discard_dirty) {
		drop_range(o, start >> PAGE_SHIFT, (end - 1) >> PAGE_SHIFT, false);
		return;
	}
	first = DIV_ROUND_UP(start, PAGE_SIZE);
	last = end >> PAGE_SHIFT; /* first page not wholly inside */
	if (end == ~0UL)
		last = ~0UL;
	if (first > last) {
		zero_part(o, start >> PAGE_SHIFT, start & (PAGE_SIZE - 1), end & (PAGE_SIZE - 1));
		return;
	}
	if (start & (PAGE_SIZE - 1))
		zero_part(o, start >> PAGE_SHIFT, start & (PAGE_SIZE - 1), PAGE_SIZE);
	if (end != ~0UL && (end & (PAGE_SIZE - 1)))
		zero_part(o, end >> PAGE_SHIFT, 0, end & (PAGE_SIZE - 1));
	if (first < last)
		drop_range(o, first, last - 1, true);
}

void vmobj_count(struct vmobj *o, u64 first, u64 last, u64 *nr_cached, u64 *nr_dirty)
{
	struct page *pages[GANG];
	unsigned i, n;

	*nr_cached = *nr_dirty = 0;
	while ((n = next_pages(o, &first, last, pages))) {
		*nr_cached += n;
		for (i = 0; i < n; i++) {
			*nr_dirty += (READ_ONCE(pages[i]->flags) & PG_DIRTY) != 0;
			page_put(pages[i]);
		}
		cond_resched();
	}
}

u64 vmobj_seek(struct vmobj *o, u64 from, bool data)
{
	struct page *pages[GANG];
	u64 found = ~0UL;
	unsigned i, n;

	spin_lock(&o->lock);
	if (data) {
		if (radix_gang(o->tree, from, ~0UL, pages, 1))
			found = pages[0]->index;
	} else {
		while ((n = radix_gang(o->tree, from, ~0UL, pages, GANG))) {
			for (i = 0; i < n && pages[i]->index == from; i++)
				from++;
			if (i < n)
				break;
		}
		found = from;
	}
	spin_unlock(&o->lock);
	return found;
}

/* --- shared anonymous memory --- */

struct shm {
	struct vmobj obj; /* first */
	refcount_t ref;
};

struct vmobj *vmobj_new_shm(u64 size_bytes)
{
	struct shm *s = kmalloc(sizeof(*s), GFP_KERNEL);

	if (!s)
		return NULL;
	vmobj_init(&s->obj, NULL);
	s->obj.size_bytes = size_bytes;
	ref_init(&s->ref, 1);
	return &s->obj;
}

void vmobj_shm_get(struct vmobj *o)
{
	ref_get(&container_of(o, struct shm, obj)->ref);
}

void vmobj_shm_put(struct vmobj *o)
{
	struct shm *s = container_of(o, struct shm, obj);

	if (!ref_put(&s->ref))
		return;
	vmobj_destroy(o);
	kfree(s);
}

/* The page cache: pages of vm objects, filled on demand with read-ahead, shrunk under pressure. */
#include "mm/vmobj.h"
#include "core/log.h"
#include "lib/err.h"
#include "lib/string.h"
#include "mm/internal.h"
#include "mm/kmalloc.h"

#define READ_AHEAD_FIRST 16 /* pages */
#define READ_AHEAD_SEQ	 32
#define BATCH		 32

static spinlock_t lru_lock = SPINLOCK_INIT(RANK_LRU, "page cache LRU");
static struct list_head lru = LIST_INIT(lru); /* newest in front; lru_lock */

void vmobj_init(struct vmobj *o, const struct vmobj_ops *ops)
{
	*o = (struct vmobj){.ops = ops};
	spin_init(&o->lock, RANK_OBJPAGES, "vmobj");
	list_init(&o->vmas);
}

static bool take_quota(struct vmobj *o)
{
	if (!o->quota_used)
		return true;
	if (atomic_add(o->quota_used, 1) <= o->max_pages || !o->max_pages)
		return true;
	atomic_sub(o->quota_used, 1);
	return false;
}

static void give_quota(struct vmobj *o, u64 pages)
{
	if (o->quota_used)
		atomic_sub(o->quota_used, pages);
}

static void lru_add(struct page *p)
{
	spin_lock(&lru_lock);
	p->flags |= PG_LRU;
	list_add(&p->lru, &lru);
	spin_unlock(&lru_lock);
}

static void lru_remove(struct page *p)
{
	spin_lock(&lru_lock);
	if (p->flags & PG_LRU) {
		atomic_and(&p->flags, (u32)~PG_LRU);
		list_del(&p->lru);
	}
	spin_unlock(&lru_lock);
}

/* Put a new locked page into the tree; the tree takes a reference. -EEXIST when somebody was
 * faster. */
static int insert(struct vmobj *o, struct page *p, u64 index)
{
	int err;

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
		return err;
	}
	mm_count(MM_CACHED, 1);
	if (o->is_evictable)
		lru_add(p);
	else
		mm_count(MM_SHMEM, 1);
	return 0;
}

/* o->lock held: p leaves the tree; the tree's reference passes to the caller. */
static void detach(struct vmobj *o, struct page *p)
{
	radix_remove(&o->tree, p->index);
	o->nr_pages--;
	p->obj = NULL;
	if (atomic_and(&p->flags, (u32)~PG_DIRTY) & PG_DIRTY)
		mm_count(MM_DIRTY, -1);
	mm_count(MM_CACHED, -1);
	if (!o->is_evictable)
		mm_count(MM_SHMEM, -1);
}

struct page *vmobj_find_page(struct vmobj *o, u64 index)
{
	struct page *p;

	spin_lock(&o->lock);
	p = radix_find(o->tree, index);
	if (p)
		page_get(p);
	spin_unlock(&o->lock);
	if (p && !(p->flags & PG_UPTODATE)) {
		page_put(p);
		return NULL;
	}
	return p;
}

static struct page *find_any(struct vmobj *o, u64 index)
{
	struct page *p;

	spin_lock(&o->lock);
	p = radix_find(o->tree, index);
	if (p)
		page_get(p);
	spin_unlock(&o->lock);
	return p;
}

/* A locked new page in the tree at `index` with two references (tree and caller). ERR_PTR; -EEXIST.
 */
static struct page *add_page(struct vmobj *o, u64 index, bool zero)
{
	struct page *p;
	int err;

	if (!take_quota(o))
		return ERR_PTR(-ENOSPC);
	p = alloc_page(GFP_USER | (zero ? GFP_ZERO : 0));
	if (!p) {
		give_quota(o, 1);
		return ERR_PTR(-ENOMEM);
	}
	p->flags |= PG_LOCKED;
	err = insert(o, p, index);
	if (err) {
		p->flags = 0;
		page_put(p);
		give_quota(o, 1);
		return ERR_PTR(err);
	}
	return p;
}

static void mark_uptodate(struct page *p)
{
	smp_wmb();
	atomic_or(&p->flags, PG_UPTODATE);
}

/* Filling failed: the page leaves the object again. */
static void abandon(struct vmobj *o, struct page *p)
{
	lru_remove(p);
	spin_lock(&o->lock);
	if (p->obj == o) {
		detach(o, p);
		page_put(p);
		give_quota(o, 1);
	}
	spin_unlock(&o->lock);
	page_unlock(p);
	page_put(p);
}

/* How far to read: more when the page before is here already (somebody goes through in order). */
static unsigned read_window(struct vmobj *o, u64 index)
{
	u64 last = o->size_bytes ? (o->size_bytes - 1) >> PAGE_SHIFT : 0;
	struct page *before;
	u64 n;

	if (!o->ops->fill_ahead || index > last)
		return 1;
	before = index ? vmobj_find_page(o, index - 1) : NULL;
	n = before ? READ_AHEAD_SEQ : READ_AHEAD_FIRST;
	if (before)
		page_put(before);
	return (unsigned)MIN(n, last - index + 1);
}

/* Fill `first` (locked, in the tree) and the pages after it that are absent. */
static int fill(struct vmobj *o, struct page *first)
{
	struct page *pages[READ_AHEAD_SEQ];
	unsigned want = read_window(o, first->index), n = 1;
	int err;

	pages[0] = first;
	while (n < want) {
		struct page *p = add_page(o, first->index + n, false);

		if (IS_ERR(p))
			break;
		pages[n++] = p;
	}
	err = o->ops->fill_ahead ? o->ops->fill_ahead(o, pages, n) : o->ops->fill(o, first);
	for (unsigned i = 1; i < n; i++) {
		if (err) {
			abandon(o, pages[i]);
			continue;
		}
		mark_uptodate(pages[i]);
		page_unlock(pages[i]);
		page_put(pages[i]);
	}
	if (!err)
		mark_uptodate(first);
	return err;
}

/* Wait for whoever fills p. True: it is good; false: look again. The reference is dropped on false.
 */
static bool wait_uptodate(struct vmobj *o, struct page *p)
{
	bool is_good;

	if (likely(p->flags & PG_UPTODATE)) {
		smp_rmb();
		if (!(p->flags & PG_REFERENCED))
			atomic_or(&p->flags, PG_REFERENCED);
		return true;
	}
	page_lock(p);
	is_good = (p->flags & PG_UPTODATE) && p->obj == o;
	page_unlock(p);
	if (!is_good)
		page_put(p);
	return is_good;
}

struct page *vmobj_get_page(struct vmobj *o, u64 index)
{
	bool has_fill = o->ops && (o->ops->fill || o->ops->fill_ahead);

	for (;;) {
		struct page *p = find_any(o, index);
		int err;

		if (p) {
			if (wait_uptodate(o, p))
				return p;
			continue;
		}
		p = add_page(o, index, !has_fill);
		if (IS_ERR(p)) {
			if (PTR_ERR(p) == -EEXIST)
				continue;
			return p;
		}
		err = 0;
		if (has_fill)
			err = fill(o, p);
		else
			mark_uptodate(p);
		if (err) {
			abandon(o, p);
			return ERR_PTR(err);
		}
		page_unlock(p);
		return p;
	}
}

struct page *vmobj_get_page_for_write(struct vmobj *o, u64 index, bool whole)
{
	for (;;) {
		struct page *p;

		if (!whole)
			return vmobj_get_page(o, index);
		p = find_any(o, index);
		if (p) {
			if (wait_uptodate(o, p))
				return p;
			continue;
		}
		p = add_page(o, index, false);
		if (!IS_ERR(p) || PTR_ERR(p) != -EEXIST)
			return p;
	}
}

void vmobj_mark_dirty(struct vmobj *o, struct page *p)
{
	if ((p->flags & PG_DIRTY) || !o->ops || !o->ops->writeback)
		return;
	if (!(atomic_or(&p->flags, PG_DIRTY) & PG_DIRTY))
		mm_count(MM_DIRTY, 1);
}

/* Take up to BATCH pages of [first, last] out of the tree, then out of every address space, then
 * free them. */
static unsigned drop_batch(struct vmobj *o, u64 first, u64 last, bool even_dirty, u64 *next)
{
	struct page *found[BATCH], *out[BATCH];
	unsigned n, taken = 0;

	spin_lock(&o->lock);
	n = radix_gang(o->tree, first, last, found, BATCH);
	for (unsigned i = 0; i < n; i++)
		page_get(found[i]);
	spin_unlock(&o->lock);
	for (unsigned i = 0; i < n; i++) {
		struct page *p = found[i];

		*next = p->index + 1;
		page_lock(p);
		spin_lock(&o->lock);
		if (p->obj == o && (even_dirty || !(p->flags & PG_DIRTY))) {
			detach(o, p);
			out[taken++] = p;
		}
		spin_unlock(&o->lock);
		page_unlock(p);
	}
	if (taken && !list_empty(&o->vmas))
		vmobj_unmap(o, first, *next - 1, false);
	for (unsigned i = 0; i < taken; i++) {
		lru_remove(out[i]);
		page_put(out[i]); /* the tree's */
	}
	for (unsigned i = 0; i < n; i++)
		page_put(found[i]);
	give_quota(o, taken);
	return n;
}

static void drop_range(struct vmobj *o, u64 first, u64 last, bool even_dirty)
{
	while (first <= last && o->nr_pages && drop_batch(o, first, last, even_dirty, &first))
		;
}

void vmobj_destroy(struct vmobj *o)
{
	drop_range(o, 0, ~0ul, true);
}

void vmobj_truncate(struct vmobj *o, u64 size_bytes)
{
	u64 old = o->size_bytes, first = DIV_ROUND_UP(size_bytes, PAGE_SIZE);
	size_t tail = size_bytes & (PAGE_SIZE - 1);
	struct page *p;

	WRITE_ONCE(o->size_bytes, size_bytes);
	if (size_bytes >= old)
		return;
	if (tail && (p = vmobj_find_page(o, size_bytes >> PAGE_SHIFT))) {
		memset((u8 *)page_to_virt(p) + tail, 0, PAGE_SIZE - tail);
		page_put(p);
	}
	if (!list_empty(
		    &o->vmas)) /* private copies beyond the end go too: SIGBUS, as mmap(2) says */
		vmobj_unmap(o, first, ~0ul >> PAGE_SHIFT, true);
	drop_range(o, first, ~0ul, true);
}

void vmobj_invalidate(struct vmobj *o, u64 start, u64 end, bool discard_dirty)
{
	u64 first = DIV_ROUND_UP(start, PAGE_SIZE), last = end >> PAGE_SHIFT;

	if (last > first)
		drop_range(o, first, last - 1, discard_dirty);
}

int vmobj_sync(struct vmobj *o, u64 start, u64 end)
{
	u64 at = start >> PAGE_SHIFT, last = end ? (end - 1) >> PAGE_SHIFT : 0;
	struct page *found[BATCH];
	unsigned n;
	int err = 0;

	if (!o->ops || !o->ops->writeback)
		return 0;
	do {
		spin_lock(&o->lock);
		n = radix_gang(o->tree, at, last, found, BATCH);
		for (unsigned i = 0; i < n; i++)
			page_get(found[i]);
		spin_unlock(&o->lock);
		for (unsigned i = 0; i < n; i++) {
			at = found[i]->index + 1;
			page_lock(found[i]);
			if (found[i]->obj == o &&
			    (atomic_and(&found[i]->flags, (u32)~PG_DIRTY) & PG_DIRTY)) {
				int e = o->ops->writeback(o, found[i]);

				mm_count(MM_DIRTY, -1);
				err = err ? err : e;
			}
			page_unlock(found[i]);
			page_put(found[i]);
		}
	} while (n == BATCH && at <= last);
	return err;
}

u64 vmobj_seek(struct vmobj *o, u64 from, bool data)
{
	struct page *found[BATCH];
	unsigned n, i;

	for (;;) {
		spin_lock(&o->lock);
		n = radix_gang(o->tree, from, ~0ul >> PAGE_SHIFT, found, BATCH);
		for (i = 0; i < n && found[i]->index == from + i; i++)
			;
		if (data) {
			from = n ? found[0]->index : ~0ul >> PAGE_SHIFT;
			spin_unlock(&o->lock);
			return from;
		}
		spin_unlock(&o->lock);
		from += i;
		if (i < BATCH)
			return from;
	}
}

/* --- shared anonymous memory --- */

struct shm {
	struct vmobj obj; /* first */
	refcount_t ref;
};

struct vmobj *vmobj_new_shm(u64 size_bytes)
{
	struct shm *s = kzalloc(sizeof(*s), GFP_KERNEL);

	if (!s)
		return NULL;
	vmobj_init(&s->obj, NULL);
	s->obj.size_bytes = size_bytes;
	ref_init(&s->ref, 1);
	return &s->obj;
}

void shm_get(struct vmobj *o)
{
	ref_get(&((struct shm *)o)->ref);
}

void shm_put(struct vmobj *o)
{
	if (ref_put(&((struct shm *)o)->ref)) {
		vmobj_destroy(o);
		kfree(o);
	}
}

/* --- reclaim --- */

/* The oldest page that may go, off the list and referenced; NULL at the end of this round. */
static struct page *oldest(unsigned *budget)
{
	struct page *p = NULL;

	spin_lock(&lru_lock);
	while (*budget && !list_empty(&lru)) {
		p = list_last_entry(&lru, struct page, lru);
		(*budget)--;
		list_del(&p->lru);
		if ((atomic_and(&p->flags, (u32)~PG_REFERENCED) & PG_REFERENCED) ||
		    READ_ONCE(p->map_count) || !ref_get_unless_zero(&p->ref)) {
			list_add(&p->lru, &lru);
			p = NULL;
			continue;
		}
		atomic_and(&p->flags, (u32)~PG_LRU);
		break;
	}
	spin_unlock(&lru_lock);
	return p;
}

/* Drop p from its object when it is clean and nobody else uses it. A locked page keeps its object
 * alive: destroying one locks every page. */
static bool evict(struct page *p)
{
	struct vmobj *o;
	bool done = false;

	if (!page_trylock(p))
		return false;
	o = p->obj;
	if (o) {
		spin_lock(&o->lock);
		if (ref_read(&p->ref) == 2 && !(p->flags & PG_DIRTY) && (p->flags & PG_UPTODATE)) {
			detach(o, p);
			done = true;
		}
		spin_unlock(&o->lock);
	}
	page_unlock(p);
	if (done)
		page_put(p);
	else if (o)
		lru_add(p);
	return done;
}

size_t page_cache_reclaim(size_t target_pages)
{
	unsigned budget = 4096;
	size_t freed = 0;
	struct page *p;

	while (freed < target_pages && (p = oldest(&budget))) {
		if (evict(p))
			freed++;
		page_put(p);
	}
	return freed;
}

/*
 * The dentry cache: names in directories, found by (parent, name). One spinlock, dcache_lock,
 * guards hash, parent links, names, LRU; sections are a few instructions long. A dentry holds a
 * reference on its parent and its inode. With ref 0 it waits on the LRU. dentry->inode changes
 * once, from NULL to the inode, and may be read without the lock.
 */
#include "core/sched.h"
#include "vfs/internal.h"
#include "vfs/notify.h"

#define HASH_BITS  11 /* at boot */
#define HASH_STEP  2  /* a table that is full grows fourfold, */
#define HASH_MAX   20 /* up to this */
#define MOVE_BATCH 4  /* buckets of the old table that go over with each new entry */
#define TRIM_BATCH 32

spinlock_t dcache_lock = SPINLOCK_INIT(RANK_DCACHE, "dcache");
/* While it grows, the old buckets from `moved` on still hold their entries (dcache_lock). */
struct hash {
	struct list_head *buckets;
	unsigned bits;
};
static struct list_head first_buckets[1u << HASH_BITS];
static struct hash hash = {first_buckets, HASH_BITS}, old_hash;
static size_t hashed_count;
static unsigned moved, max_bits = HASH_MAX;
static struct list_head lru = LIST_INIT(lru);
static size_t lru_count, lru_limit = 4096;
static bool is_trimming;
static u64 last_dir_pos = 2; /* 0 and 1 are "." and ".." */
static struct kmem_cache *dentry_cache;

void dcache_init(void)
{
	for (unsigned i = 0; i < ARRAY_SIZE(first_buckets); i++)
		list_init(&first_buckets[i]);
	dentry_cache = kmem_cache_create("dentry", sizeof(struct dentry), 0);
	BUG_ON(!dentry_cache);
	/* An unused entry and its inode take under 1 KiB: at most 1/16 of memory. */
	lru_limit = MAX((size_t)256, nr_page_frames / 4);
}

static struct list_head *bucket(const struct dentry *parent, u32 name_hash)
{
	u64 h = (((unsigned long)parent >> 6) + name_hash) * 0x9e3779b97f4a7c15UL;

	if (unlikely(old_hash.buckets) && h >> (64 - old_hash.bits) >= moved)
		return &old_hash.buckets[h >> (64 - old_hash.bits)];
	return &hash.buckets[h >> (64 - hash.bits)];
}

/* Some buckets of the old table go over; the table itself, to be freed, when it is empty. */
static struct list_head *move_some(void)
{
	struct list_head *empty = old_hash.buckets;
	struct dentry *d, *next;

	for (unsigned i = 0; i < MOVE_BATCH && moved < 1u << old_hash.bits; i++) {
		struct list_head *from = &old_hash.buckets[moved++];

		list_for_each_entry_safe (d, next, from, hash_node) {
			list_del(&d->hash_node);
			list_add(&d->hash_node, bucket(d->parent, d->name_hash));
		}
	}
	if (moved < 1u << old_hash.bits)
		return NULL;
	old_hash.buckets = NULL;
	return empty == first_buckets ? NULL : empty;
}

/* Before an entry is added, which may sleep: a table with more entries than buckets grows. */
static void grow_hash(void)
{
	struct hash larger = {NULL, hash.bits + HASH_STEP};
	struct list_head *empty = NULL;

	if (!READ_ONCE(old_hash.buckets) && larger.bits <= READ_ONCE(max_bits)) {
		larger.buckets = kmalloc(sizeof(struct list_head) << larger.bits, GFP_KERNEL);
		if (!larger.buckets)
			WRITE_ONCE(max_bits, hash.bits); /* slower from here on, no worse */
	}
	for (unsigned i = 0; larger.buckets && i < 1u << larger.bits; i++)
		list_init(&larger.buckets[i]);
	spin_lock(&dcache_lock);
	if (larger.buckets && !old_hash.buckets && larger.bits == hash.bits + HASH_STEP) {
		old_hash = hash;
		hash = larger;
		moved = 0;
		larger.buckets = NULL;
	}
	if (old_hash.buckets)
		empty = move_some();
	spin_unlock(&dcache_lock);
	kfree(larger.buckets);
	kfree(empty);
}

static inline u64 load8(const char *p)
{
	u64 v;

	__builtin_memcpy(&v, p, sizeof(v));
	return v;
}
static inline u32 load4(const char *p)
{
	u32 v;

	__builtin_memcpy(&v, p, sizeof(v));
	return v;
}

/* Names are short: words, of which the last two may overlap, beat a call of memcmp. */
static inline bool same_name(const char *a, const char *b, u32 len)
{
	if (len >= 8) {
		for (u32 i = 0; i + 8 <= len; i += 8)
			if (load8(a + i) != load8(b + i))
				return false;
		return load8(a + len - 8) == load8(b + len - 8);
	}
	if (len >= 4)
		return load4(a) == load4(b) && load4(a + len - 4) == load4(b + len - 4);
	for (u32 i = 0; i < len; i++)
		if (a[i] != b[i])
			return false;
	return true;
}

struct dentry *dentry_find(struct dentry *parent, const struct qname *n)
{
	struct list_head *b = bucket(parent, n->hash);
	struct dentry *d;

	list_for_each_entry (d, b, hash_node) {
		if (d->name_hash == n->hash && d->parent == parent && d->name_len == n->len &&
		    same_name(d->name, n->name, n->len))
			return d;
	}
	return NULL;
}

struct dentry *dentry_lookup(struct dentry *parent, const struct qname *n)
{
	struct dentry *d;

	spin_lock(&dcache_lock);
	d = dentry_find(parent, n);
	if (d)
		ref_get(&d->ref);
	spin_unlock(&dcache_lock);
	return d;
}

static struct dentry *dentry_make(struct super_block *sb, const char *name, u32 len, u32 hash)
{
	struct dentry *d = kmem_cache_alloc(dentry_cache, GFP_KERNEL);

	if (!d)
		return NULL;
	d->name = d->inline_name;
	if (len >= sizeof(d->inline_name)) {
		d->name = kmalloc(len + 1, GFP_KERNEL);
		if (!d->name) {
			kmem_cache_free(dentry_cache, d);
			return NULL;
		}
	}
	memcpy(d->name, name, len);
	d->name[len] = 0;
	ref_init(&d->ref, 1);
	d->parent = d;
	d->inode = NULL;
	d->sb = sb;
	list_init(&d->hash_node);
	list_init(&d->children);
	list_init(&d->sibling);
	list_init(&d->lru);
	d->name_hash = hash;
	d->name_len = len;
	d->flags = 0;
	d->dir_pos = 0;
	d->dir_hint = NULL;
	d->private = NULL;
	return d;
}

struct dentry *dentry_alloc(struct dentry *parent, const struct qname *n)
{
	struct dentry *d = dentry_make(parent->sb, n->name, n->len, n->hash);

	if (d) {
		d->parent = dentry_get(parent);
		spin_lock(&dcache_lock);
		d->dir_pos = ++last_dir_pos;
		list_add_tail(&d->sibling, &parent->children);
		spin_unlock(&dcache_lock);
	}
	return d;
}

struct dentry *dentry_alloc_anon(struct super_block *sb, const char *name)
{
	struct dentry *d = dentry_make(sb, name, strlen(name), 0);

	if (d)
		d->flags = DE_ANON;
	return d;
}

struct dentry *dentry_make_root(struct super_block *sb, struct inode *inode)
{
	struct dentry *d = dentry_make(sb, "/", 1, 0);

	if (!d) {
		inode_put(inode);
		return NULL;
	}
	d->inode = inode;
	return d;
}

void dentry_set_inode(struct dentry *d, struct inode *inode)
{
	__atomic_store_n(&d->inode, inode, __ATOMIC_RELEASE);
}

struct dentry *dentry_hash_in(struct dentry *d)
{
	struct qname n = {d->name, d->name_len, d->name_hash};
	struct dentry *o;

	if (unlikely(READ_ONCE(old_hash.buckets) ||
		     (READ_ONCE(hashed_count) >> READ_ONCE(hash.bits) &&
		      READ_ONCE(hash.bits) < READ_ONCE(max_bits))))
		grow_hash();
	spin_lock(&dcache_lock);
	if (d->flags & DE_HASHED) {
		spin_unlock(&dcache_lock);
		return d;
	}
	o = dentry_find(d->parent, &n);
	if (o) {
		ref_get(&o->ref);
		spin_unlock(&dcache_lock);
		dentry_put(d);
		return o;
	}
	d->flags |= DE_HASHED;
	hashed_count++;
	list_add(&d->hash_node, bucket(d->parent, d->name_hash));
	spin_unlock(&dcache_lock);
	return d;
}

bool dentry_is_known(struct dentry *dir, const char *name, u32 len)
{
	struct qname n = qname_make(name, len);
	bool is_known;

	spin_lock(&dcache_lock);
	is_known = dentry_find(dir, &n);
	spin_unlock(&dcache_lock);
	return is_known;
}

struct dentry *dentry_add(struct dentry *dir, const char *name, u32 len, struct inode *inode)
{
	struct qname n = qname_make(name, len);
	struct dentry *d = dentry_alloc(dir, &n);

	if (!d) {
		inode_put(inode);
		return NULL;
	}
	dentry_set_inode(d, inode);
	return dentry_hash_in(d);
}

/* --- letting go --- */

static void unhash(struct dentry *d)
{
	d->flags &= ~DE_HASHED;
	hashed_count--;
	list_del(&d->hash_node);
}

static void lru_remove(struct dentry *d)
{
	if (!list_empty(&d->lru)) {
		list_del(&d->lru);
		lru_count--;
	}
}

/* Off its parent's list; lock held. */
static void unlink_sibling(struct dentry *d)
{
	if (d->parent->dir_hint == d)
		d->parent->dir_hint = NULL;
	list_del(&d->sibling);
}

/* Lock held, ref 0: take out of every list. Then dentry_free() without the lock. */
static void detach(struct dentry *d)
{
	if (d->flags & DE_HASHED)
		unhash(d);
	lru_remove(d);
	unlink_sibling(d);
}

/* Returns the parent, whose reference is the caller's to put; NULL at a root. */
static struct dentry *dentry_free(struct dentry *d)
{
	struct dentry *parent = d->parent == d ? NULL : d->parent;

	notify_dentry_gone(d);
	inode_put(d->inode);
	if (d->name != d->inline_name)
		kfree(d->name);
	kmem_cache_free(dentry_cache, d);
	return parent;
}

static void free_detached(struct list_head *dead)
{
	struct dentry *d, *next;

	list_for_each_entry_safe (d, next, dead, lru) {
		struct dentry *parent = dentry_free(d);

		if (parent)
			dentry_put(parent);
	}
}

static size_t trim(size_t nr)
{
	struct list_head dead = LIST_INIT(dead);
	struct dentry *d;
	size_t freed = 0;

	spin_lock(&dcache_lock);
	while (freed < nr && !list_empty(&lru)) {
		d = list_first_entry(&lru, struct dentry, lru);
		lru_remove(d);
		if (ref_read(&d->ref))
			continue; /* in use again; comes back at its last put */
		detach(d);
		list_add_tail(&d->lru, &dead);
		freed++;
	}
	spin_unlock(&dcache_lock);
	free_detached(&dead);
	return freed;
}

size_t dcache_shrink(size_t nr)
{
	size_t freed;

	if (atomic_xchg(&is_trimming, true))
		return 0;
	freed = trim(nr);
	atomic_store(&is_trimming, false);
	return freed;
}

/* The reference may be the last one: decide under the lock, so that nobody finds it meanwhile. */
static struct dentry *put_last(struct dentry *d)
{
	bool is_over;

	spin_lock(&dcache_lock);
	if (!ref_put(&d->ref)) {
		spin_unlock(&dcache_lock);
		return NULL;
	}
	if ((d->flags & (DE_HASHED | DE_NOCACHE)) == DE_HASHED &&
	    !(d->parent->flags & DE_UNLINKED)) {
		if (list_empty(&d->lru))
			lru_count++;
		else
			list_del(&d->lru);
		list_add_tail(&d->lru, &lru);
		is_over = lru_count > lru_limit;
		spin_unlock(&dcache_lock);
		if (unlikely(is_over))
			dcache_shrink(TRIM_BATCH);
		return NULL;
	}
	detach(d);
	spin_unlock(&dcache_lock);
	return dentry_free(d);
}

void dentry_put(struct dentry *d)
{
	while (d) {
		u32 n = ref_read(&d->ref);

		while (n > 1)
			if (__atomic_compare_exchange_n(&d->ref.n, &n, n - 1, false,
							__ATOMIC_RELEASE, __ATOMIC_RELAXED))
				return;
		d = put_last(d);
	}
}

void dentry_pin(struct dentry *d)
{
	spin_lock(&dcache_lock);
	if (!(d->flags & DE_PINNED)) {
		d->flags |= DE_PINNED;
		ref_get(&d->ref);
	}
	spin_unlock(&dcache_lock);
}

void dentry_unpin(struct dentry *d)
{
	bool was;

	spin_lock(&dcache_lock);
	was = d->flags & DE_PINNED;
	d->flags &= ~DE_PINNED;
	spin_unlock(&dcache_lock);
	if (was)
		dentry_put(d);
}

void dentry_drop(struct dentry *d)
{
	spin_lock(&dcache_lock);
	if (d->flags & DE_HASHED) {
		unhash(d);
		if (!ref_read(&d->ref)) {
			/* nobody will put it: leave it to the LRU, which frees it */
			if (list_empty(&d->lru)) {
				list_add(&d->lru, &lru);
				lru_count++;
			}
		}
	}
	spin_unlock(&dcache_lock);
}

/* Lock held: d lost its name for good. Absent names below it, remembered, would keep it: they move
 * to `dead`, for free_detached(). */
static void mark_unlinked(struct dentry *d, struct list_head *dead)
{
	struct dentry *child, *next;

	d->flags |= DE_UNLINKED;
	list_for_each_entry_safe (child, next, &d->children, sibling) {
		if (ref_read(&child->ref) || !(child->flags & DE_HASHED))
			continue;
		detach(child);
		list_add_tail(&child->lru, dead);
	}
}

void dentry_removed(struct dentry *d)
{
	struct list_head dead = LIST_INIT(dead);

	spin_lock(&dcache_lock);
	if (d->flags & DE_HASHED)
		unhash(d);
	mark_unlinked(d, &dead);
	spin_unlock(&dcache_lock);
	free_detached(&dead);
}

struct dentry *dentry_get_parent(struct dentry *d)
{
	struct dentry *p;

	spin_lock(&dcache_lock);
	p = d->parent;
	ref_get(&p->ref);
	spin_unlock(&dcache_lock);
	return p;
}

/* --- rename --- */

char *dentry_name_copy(const struct dentry *d)
{
	char *s;

	if (d->name_len < sizeof(d->inline_name))
		return NULL;
	s = kmemdup_nul(d->name, d->name_len, GFP_KERNEL);
	return s ? s : ERR_PTR(-ENOMEM);
}

static void rehash(struct dentry *d)
{
	d->flags |= DE_HASHED;
	hashed_count++;
	list_add(&d->hash_node, bucket(d->parent, d->name_hash));
}

static void change_parent(struct dentry *d, struct dentry *parent)
{
	unlink_sibling(d);
	d->parent = parent;
	d->dir_pos = ++last_dir_pos;
	list_add_tail(&d->sibling, &parent->children);
}

void dentry_move(struct dentry *d, struct dentry *target, char *name_copy)
{
	struct list_head dead = LIST_INIT(dead);
	char *old_name = NULL;
	struct dentry *old_parent = NULL;

	spin_lock(&dcache_lock);
	if (d->flags & DE_HASHED)
		unhash(d);
	if (target->flags & DE_HASHED)
		unhash(target);
	if (target->inode)
		mark_unlinked(target, &dead);
	if (d->name != d->inline_name)
		old_name = d->name;
	d->name = name_copy ? name_copy : d->inline_name;
	memcpy(d->name, target->name, target->name_len + 1);
	d->name_len = target->name_len;
	d->name_hash = target->name_hash;
	if (d->parent != target->parent) {
		old_parent = d->parent;
		change_parent(d, dentry_get(target->parent));
	}
	rehash(d);
	spin_unlock(&dcache_lock);
	free_detached(&dead);
	kfree(old_name);
	if (old_parent)
		dentry_put(old_parent);
}

static void swap_names(struct dentry *a, struct dentry *b)
{
	char inline_copy[sizeof(a->inline_name)];
	char *an = a->name == a->inline_name ? NULL : a->name;
	char *bn = b->name == b->inline_name ? NULL : b->name;
	u32 len = a->name_len, hash = a->name_hash;

	memcpy(inline_copy, a->inline_name, sizeof(inline_copy));
	memcpy(a->inline_name, b->inline_name, sizeof(inline_copy));
	memcpy(b->inline_name, inline_copy, sizeof(inline_copy));
	a->name = bn ? bn : a->inline_name;
	b->name = an ? an : b->inline_name;
	a->name_len = b->name_len;
	a->name_hash = b->name_hash;
	b->name_len = len;
	b->name_hash = hash;
}

void dentry_exchange(struct dentry *a, struct dentry *b)
{
	spin_lock(&dcache_lock);
	if (a->flags & DE_HASHED)
		unhash(a);
	if (b->flags & DE_HASHED)
		unhash(b);
	swap_names(a, b);
	if (a->parent != b->parent) {
		struct dentry *ap = a->parent;

		change_parent(a, b->parent); /* the two references change hands */
		change_parent(b, ap);
	}
	rehash(a);
	rehash(b);
	spin_unlock(&dcache_lock);
}

bool dentry_is_ancestor(struct dentry *a, struct dentry *d)
{
	bool found = false;

	spin_lock(&dcache_lock);
	for (;; d = d->parent) {
		found = d == a;
		if (found || d->parent == d)
			break;
	}
	spin_unlock(&dcache_lock);
	return found;
}

/* No path leads here any more: every reference left is a pin or a child's. */
void dcache_drop_tree(struct dentry *root)
{
	struct dentry *d = root;

	/* A trim under way may hold entries whose parents are about to go here. */
	while (atomic_xchg(&is_trimming, true))
		cond_resched();
	for (;;) {
		struct dentry *parent;

		spin_lock(&dcache_lock);
		while (!list_empty(&d->children))
			d = list_first_entry(&d->children, struct dentry, sibling);
		if (d == root)
			break;
		detach(d);
		d->flags &= ~DE_PINNED;
		spin_unlock(&dcache_lock);
		parent = dentry_free(d);
		/* The child's reference; the parent is freed by this loop, not by the put. */
		if (ref_put(&parent->ref))
			barrier();
		d = parent;
	}
	detach(root);
	spin_unlock(&dcache_lock);
	dentry_free(root);
	atomic_store(&is_trimming, false);
}

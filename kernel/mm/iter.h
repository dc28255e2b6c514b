/*
 * struct iter: where the data of a read or write lies -- segments of user memory or one kernel
 * buffer -- and how far we are. sys/ makes them; everything below sees only this. Copy functions
 * advance and return bytes copied, short only on a fault.
 */
#ifndef MM_ITER_H
#define MM_ITER_H

#include "arch/arch.h"

struct iter_seg {
	unsigned long base; /* user address */
	size_t len;
};

struct iter {
	bool is_user;
	u8 how;	    /* ITER_*: otherwise than the open file says, for this transfer */
	void *kbuf; /* !is_user: next byte */
	const struct iter_seg *seg; /* is_user: current segment */
	size_t seg_off;
	size_t nr_segs;
	size_t count; /* bytes left */
	struct iter_seg one;
};

#define ITER_APPEND   BIT(0)
#define ITER_NOAPPEND BIT(1)
#define ITER_NOWAIT   BIT(2)

static inline void iter_user(struct iter *it, uaddr_t buf, size_t len)
{
	it->is_user = true;
	it->how = 0;
	it->one = (struct iter_seg){buf.v, len};
	it->seg = &it->one;
	it->seg_off = 0;
	it->nr_segs = 1;
	it->count = len;
}
void iter_user_vec(struct iter *it, const struct iter_seg *segs, size_t nr, size_t total);
void iter_kernel(struct iter *it, void *buf, size_t len);
size_t iter_put_any(struct iter *it, const void *src, size_t n);
size_t iter_get_any(struct iter *it, void *dst, size_t n);
size_t iter_zero_any(struct iter *it, size_t n);

/* The common case of the copies below: n bytes of one user segment. */
static inline bool iter_is_simple(const struct iter *it, size_t n)
{
	return it->is_user && n <= it->count && n <= it->seg->len - it->seg_off;
}
static inline size_t iter_moved(struct iter *it, size_t n)
{
	it->seg_off += n;
	it->count -= n;
	return n;
}
/* Kernel -> iter (the read direction) and iter -> kernel (the write direction). */
static inline size_t iter_put(struct iter *it, const void *src, size_t n)
{
	if (unlikely(!iter_is_simple(it, n)))
		return iter_put_any(it, src, n);
	return iter_moved(it, n - arch_copy_out(uaddr(it->seg->base + it->seg_off), src, n));
}
static inline size_t iter_get(struct iter *it, void *dst, size_t n)
{
	if (unlikely(!iter_is_simple(it, n)))
		return iter_get_any(it, dst, n);
	return iter_moved(it, n - arch_copy_in(dst, uaddr(it->seg->base + it->seg_off), n));
}
static inline size_t iter_zero(struct iter *it, size_t n)
{
	if (unlikely(!iter_is_simple(it, n)))
		return iter_zero_any(it, n);
	return iter_moved(it, n - arch_clear_user(uaddr(it->seg->base + it->seg_off), n));
}
/* n bytes out of consecutive pages, from byte `off` of the first on. */
struct page;
size_t iter_put_pages(struct iter *it, struct page *const *pages, size_t off, size_t n);
/* The next n bytes as a string of their own with a NUL behind them, for kfree(); -ENOMEM -EFAULT.
 */
char *iter_get_text(struct iter *it, size_t n);
void iter_advance(struct iter *it, size_t n);
void iter_revert(struct iter *it, size_t n); /* undo the last n bytes of the current call */
/* Touch the next n bytes for writing/reading so that a later copy under locks rarely faults;
 * -EFAULT when none is reachable. */
int iter_fault_in(struct iter *it, size_t n, bool for_write);

#endif

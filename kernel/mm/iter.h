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
	void *kbuf;		    /* !is_user: next byte */
	const struct iter_seg *seg; /* is_user: current segment */
	size_t seg_off;
	size_t nr_segs;
	size_t count; /* bytes left */
	struct iter_seg one;
};

void iter_user(struct iter *it, uaddr_t buf, size_t len);
void iter_user_vec(struct iter *it, const struct iter_seg *segs, size_t nr, size_t total);
void iter_kernel(struct iter *it, void *buf, size_t len);
/* Kernel -> iter (the read direction) and iter -> kernel (the write direction). */
size_t iter_put(struct iter *it, const void *src, size_t n);
size_t iter_get(struct iter *it, void *dst, size_t n);
size_t iter_zero(struct iter *it, size_t n);
void iter_advance(struct iter *it, size_t n);
void iter_revert(struct iter *it, size_t n); /* undo the last n bytes of the current call */
/* Touch the next n bytes for writing/reading so that a later copy under locks rarely faults;
 * -EFAULT when none is reachable. */
int iter_fault_in(struct iter *it, size_t n, bool for_write);

#endif

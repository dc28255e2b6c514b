/* Atomics and reference counts over the compiler's builtins. All are sequentially consistent unless
 * named otherwise. */
#ifndef LIB_ATOMIC_H
#define LIB_ATOMIC_H

#include "lib/types.h"

#define atomic_load(p)		   __atomic_load_n(p, __ATOMIC_SEQ_CST)
#define atomic_load_acquire(p)	   __atomic_load_n(p, __ATOMIC_ACQUIRE)
#define atomic_store(p, v)	   __atomic_store_n(p, v, __ATOMIC_SEQ_CST)
#define atomic_store_release(p, v) __atomic_store_n(p, v, __ATOMIC_RELEASE)
#define atomic_add(p, v)	   __atomic_add_fetch(p, v, __ATOMIC_SEQ_CST)
#define atomic_sub(p, v)	   __atomic_sub_fetch(p, v, __ATOMIC_SEQ_CST)
#define atomic_or(p, v)		   __atomic_fetch_or(p, v, __ATOMIC_SEQ_CST)
#define atomic_and(p, v)	   __atomic_fetch_and(p, v, __ATOMIC_SEQ_CST)
#define atomic_xchg(p, v)	   __atomic_exchange_n(p, v, __ATOMIC_SEQ_CST)
#define smp_mb()		   __atomic_thread_fence(__ATOMIC_SEQ_CST)
#define smp_rmb()		   __atomic_thread_fence(__ATOMIC_ACQUIRE)
#define smp_wmb()		   __atomic_thread_fence(__ATOMIC_RELEASE)
#define barrier()		   __asm__ volatile("" ::: "memory")

/* True, and *p = desired, when *p was expected. */
#define atomic_cmpxchg(p, expected, desired)                                          \
	({                                                                            \
		__typeof__(*(p)) e_ = (expected);                                     \
		__atomic_compare_exchange_n(p, &e_, desired, false, __ATOMIC_SEQ_CST, \
					    __ATOMIC_SEQ_CST);                        \
	})

typedef struct {
	u32 n;
} refcount_t;

static inline void ref_init(refcount_t *r, u32 n)
{
	r->n = n;
}
static inline void ref_get(refcount_t *r)
{
	__atomic_fetch_add(&r->n, 1, __ATOMIC_RELAXED);
}
/* Take a reference unless the count already fell to zero. */
static inline bool ref_get_unless_zero(refcount_t *r)
{
	u32 n = __atomic_load_n(&r->n, __ATOMIC_RELAXED);

	while (n)
		if (__atomic_compare_exchange_n(&r->n, &n, n + 1, false, __ATOMIC_SEQ_CST,
						__ATOMIC_RELAXED))
			return true;
	return false;
}
/* True when this was the last reference: the caller frees. */
static inline bool __must_check ref_put(refcount_t *r)
{
	return __atomic_sub_fetch(&r->n, 1, __ATOMIC_ACQ_REL) == 0;
}
static inline u32 ref_read(const refcount_t *r)
{
	return __atomic_load_n(&r->n, __ATOMIC_RELAXED);
}

#endif

/* Fast user-space mutexes: sleeping on a word of user memory. futex(2). */
#ifndef PROC_FUTEX_H
#define PROC_FUTEX_H

#include "proc/task.h"

/* `deadline_ns` monotonic, 0 = none. Errors as futex(2); -EAGAIN when the word is not `val`. */
long futex_wait(uaddr_t addr, bool is_shared, u32 val, u64 deadline_ns, u32 bitset);
long futex_wake(uaddr_t addr, bool is_shared, int nr, u32 bitset); /* number woken */
/* With `cmp`, only when the word is *cmp (-EAGAIN). Number woken and moved. */
long futex_requeue(uaddr_t from, uaddr_t to, bool is_shared, int nr_wake, int nr_requeue,
		   const u32 *cmp);
long futex_wake_op(uaddr_t addr1, uaddr_t addr2, bool is_shared, int nr1, int nr2, u32 op);

/* Wake waiters, private (in anonymous memory) and shared, on a word of the caller's memory; errors
 * do not matter. */
void futex_wake_addr(uaddr_t addr, int nr);
/* get_robust_list(2): mark the locks a dying thread holds. */
void futex_exit_robust(struct task *t);

#endif

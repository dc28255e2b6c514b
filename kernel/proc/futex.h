/* Fast user-space mutexes: sleeping on a word of user memory. futex(2). */
#ifndef PROC_FUTEX_H
#define PROC_FUTEX_H

#include "proc/task.h"

/* A word in the caller's memory; shared: keyed by what is mapped there, not by the address. */
struct futex_word {
	uaddr_t addr;
	bool is_shared;
};

/* `deadline_ns` monotonic, 0 = none. Errors as futex(2); -EAGAIN when the word is not `val`. */
long futex_wait(uaddr_t addr, bool is_shared, u32 val, u64 deadline_ns, u32 bitset);
long futex_wake(uaddr_t addr, bool is_shared, int nr, u32 bitset); /* number woken */
/* With `cmp`, only when the word is *cmp (-EAGAIN). Number woken and moved. */
long futex_requeue(struct futex_word from, struct futex_word to, int nr_wake, int nr_requeue,
		   const u32 *cmp);
long futex_wake_op(uaddr_t addr1, uaddr_t addr2, bool is_shared, int nr1, int nr2, u32 op);
/* Wait for any of them: the index of one that was woken. `w`: room for nr waiters. */
struct futex_waiter;
size_t futex_waiter_bytes(void);
long futex_wait_many(struct futex_waiter *w, const struct futex_word *words, const u32 *values,
		     unsigned nr, u64 deadline_ns);

/* futex_pi.c: locks whose owner inherits the priority of those that wait. */
long futex_lock_pi(struct futex_word word, u64 deadline_ns, bool is_try);
long futex_unlock_pi(struct futex_word word);
long futex_requeue_pi(struct futex_word from, struct futex_word to, int nr_wake, int nr_requeue,
		      u32 cmp);
long futex_wait_requeue_pi(struct futex_word word, u32 val, u64 deadline_ns, u32 bitset,
			   struct futex_word lock);
/* The caller's locks go to those who wait for them; `is_final`: it takes no other any more. */
void futex_exit_pi(struct task *t, bool is_final);
void futex_pi_changed(struct task *t); /* its priority was set */

/* Wake waiters, private (in anonymous memory) and shared, on a word of the caller's memory; errors
 * do not matter. */
void futex_wake_addr(uaddr_t addr, int nr);
/* get_robust_list(2): mark the locks a dying thread holds. The head's size says whose list it is:
 * half of this for a 32-bit program's. */
#define ROBUST_HEAD_BYTES 24
void futex_exit_robust(struct task *t);

#endif

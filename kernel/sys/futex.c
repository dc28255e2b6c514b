/* futex(2), futex_waitv(2), the futex2 calls, set_robust_list(2). */
#include "sys/uaccess_time.h"
#include "abi/linux/missing.h"
#include "core/time.h"
#include "proc/futex.h"
#include <linux/futex.h>

static bool has_timeout(int cmd)
{
	return cmd == FUTEX_WAIT || cmd == FUTEX_WAIT_BITSET || cmd == FUTEX_LOCK_PI ||
	       cmd == FUTEX_LOCK_PI2 || cmd == FUTEX_WAIT_REQUEUE_PI;
}

/* 0 = none. FUTEX_WAIT: relative; the others: a point in time. */
static int get_deadline(uaddr_t timeout, int cmd, bool is_real, u64 *deadline_ns)
{
	u64 t, now = now_mono_ns();
	int err;

	*deadline_ns = 0;
	if (!timeout.v)
		return 0;
	err = timespec_get(timeout, &t);
	if (err)
		return err;
	if (cmd == FUTEX_WAIT) {
		t = t > TIME_MAX_NS - now ? TIME_MAX_NS : now + t;
	} else if (is_real) {
		t |= DEADLINE_REAL;
	}
	*deadline_ns = t ? t : 1;
	return 0;
}

/* Goes on after a signal without handler, until the same point in time. */
static long wait_again(struct task *t)
{
	long err = futex_wait(uaddr(t->restart.arg[0]), t->restart.arg[1], (u32)t->restart.arg[2],
			      t->restart.deadline_ns, (u32)t->restart.arg[3]);

	return err == -ERESTARTSYS ? -ERESTART_RESTARTBLOCK : err;
}

static long do_wait_call(uaddr_t addr, bool is_shared, u32 val, u64 deadline_ns, u32 bitset)
{
	struct task *t = current;
	long err = futex_wait(addr, is_shared, val, deadline_ns, bitset);

	if (err != -ERESTARTSYS || !deadline_ns)
		return err;
	t->restart.func = wait_again;
	t->restart.deadline_ns = deadline_ns;
	t->restart.arg[0] = addr.v;
	t->restart.arg[1] = is_shared;
	t->restart.arg[2] = val;
	t->restart.arg[3] = bitset;
	return -ERESTART_RESTARTBLOCK;
}

long sys_futex(uaddr_t uaddr, int op, unsigned int val, uaddr_t timeout, uaddr_t uaddr2,
	       unsigned int val3)
{
	int cmd = op & FUTEX_CMD_MASK;
	bool is_shared = !(op & FUTEX_PRIVATE_FLAG), is_real = op & FUTEX_CLOCK_REALTIME;
	int val2 = (int)timeout.v; /* the calls without timeout have a number there */
	struct futex_word word = {uaddr, is_shared}, word2 = {uaddr2, is_shared};
	u64 deadline_ns = 0;
	int err;

	if (has_timeout(cmd)) {
		err = get_deadline(timeout, cmd, is_real || cmd == FUTEX_LOCK_PI, &deadline_ns);
		if (err)
			return err;
	}
	if (is_real && cmd != FUTEX_WAIT_BITSET && cmd != FUTEX_WAIT_REQUEUE_PI &&
	    cmd != FUTEX_LOCK_PI2)
		return -ENOSYS;
	switch (cmd) {
	case FUTEX_WAIT:
		val3 = FUTEX_BITSET_MATCH_ANY;
		/* fall through */
	case FUTEX_WAIT_BITSET:
		return do_wait_call(uaddr, is_shared, val, deadline_ns, val3);
	case FUTEX_WAKE:
		val3 = FUTEX_BITSET_MATCH_ANY;
		/* fall through */
	case FUTEX_WAKE_BITSET:
		return futex_wake(uaddr, is_shared, (int)val, val3);
	case FUTEX_REQUEUE:
		return futex_requeue(word, word2, (int)val, val2, NULL);
	case FUTEX_CMP_REQUEUE:
		return futex_requeue(word, word2, (int)val, val2, &val3);
	case FUTEX_WAKE_OP:
		return futex_wake_op(uaddr, uaddr2, is_shared, (int)val, val2, val3);
	case FUTEX_LOCK_PI:
	case FUTEX_LOCK_PI2:
		return futex_lock_pi(word, deadline_ns, false);
	case FUTEX_TRYLOCK_PI:
		return futex_lock_pi(word, 0, true);
	case FUTEX_UNLOCK_PI:
		return futex_unlock_pi(word);
	case FUTEX_WAIT_REQUEUE_PI:
		return futex_wait_requeue_pi(word, val, deadline_ns, FUTEX_BITSET_MATCH_ANY, word2);
	case FUTEX_CMP_REQUEUE_PI:
		return futex_requeue_pi(word, word2, (int)val, val2, val3);
	}
	return -ENOSYS;
}

/* --- futex_waitv(2), and futex_wake, futex_wait, futex_requeue: flags of one word each --- */

static bool is_valid_word(u64 flags, u64 value)
{
	return !(flags & ~(u64)(FUTEX2_SIZE_MASK | FUTEX2_PRIVATE)) &&
	       (flags & FUTEX2_SIZE_MASK) == FUTEX2_SIZE_U32 && value <= UINT32_MAX;
}

/* Always a point in time, of CLOCK_MONOTONIC or CLOCK_REALTIME. */
static int get_deadline2(uaddr_t timeout, int clock_id, u64 *deadline_ns)
{
	*deadline_ns = 0;
	if (!timeout.v)
		return 0;
	if (clock_id != CLOCK_REALTIME && clock_id != CLOCK_MONOTONIC)
		return -EINVAL;
	return get_deadline(timeout, FUTEX_WAIT_BITSET, clock_id == CLOCK_REALTIME, deadline_ns);
}

/* -EFAULT, -EINVAL */
static int get_words(uaddr_t from, unsigned nr, struct futex_word *words, u32 *values)
{
	for (unsigned i = 0; i < nr; i++) {
		struct futex_waitv v;

		if (copy_from_user(&v, uaddr_add(from, i * sizeof(v)), sizeof(v)))
			return -EFAULT;
		if (v.__reserved || !is_valid_word(v.flags, v.val))
			return -EINVAL;
		words[i] = (struct futex_word){uaddr(v.uaddr), !(v.flags & FUTEX2_PRIVATE)};
		values[i] = (u32)v.val;
	}
	return 0;
}

long sys_futex_waitv(uaddr_t waiters, unsigned int nr_futexes, unsigned int flags, uaddr_t timeout,
		     int clockid)
{
	size_t each = futex_waiter_bytes() + sizeof(struct futex_word) + sizeof(u32);
	struct futex_word *words;
	u64 deadline_ns;
	u8 *mem;
	long ret;

	if (flags || !nr_futexes || nr_futexes > FUTEX_WAITV_MAX || !waiters.v)
		return -EINVAL;
	ret = get_deadline2(timeout, clockid, &deadline_ns);
	if (ret)
		return ret;
	mem = kmalloc(each * nr_futexes, GFP_KERNEL);
	if (!mem)
		return -ENOMEM;
	words = (void *)(mem + futex_waiter_bytes() * nr_futexes);
	ret = get_words(waiters, nr_futexes, words, (void *)(words + nr_futexes));
	if (!ret)
		ret = futex_wait_many((void *)mem, words, (void *)(words + nr_futexes), nr_futexes,
				      deadline_ns);
	kfree(mem);
	return ret;
}

long sys_futex_wake(uaddr_t uaddr, unsigned long mask, int nr, unsigned int flags)
{
	if (!is_valid_word(flags, mask) || !mask)
		return -EINVAL;
	/* Unlike futex(2), none is woken when none is asked for. */
	if (!nr)
		return uaddr.v % sizeof(u32) ? -EINVAL : arch_access_ok(uaddr, 4) ? 0 : -EFAULT;
	return futex_wake(uaddr, !(flags & FUTEX2_PRIVATE), nr, (u32)mask);
}

long sys_futex_wait(uaddr_t uaddr, unsigned long val, unsigned long mask, unsigned int flags,
		    uaddr_t timeout, int clockid)
{
	u64 deadline_ns;
	int err;

	if (!is_valid_word(flags, val) || mask > UINT32_MAX)
		return -EINVAL;
	err = get_deadline2(timeout, clockid, &deadline_ns);
	if (err)
		return err;
	return futex_wait(uaddr, !(flags & FUTEX2_PRIVATE), (u32)val, deadline_ns, (u32)mask);
}

long sys_futex_requeue(uaddr_t waiters, unsigned int flags, int nr_wake, int nr_requeue)
{
	struct futex_word words[2];
	u32 values[2];
	int err;

	if (flags || !waiters.v)
		return -EINVAL;
	err = get_words(waiters, 2, words, values);
	return err ? err : futex_requeue(words[0], words[1], nr_wake, nr_requeue, &values[0]);
}

/* struct robust_list_head, three longs */
static size_t robust_head_bytes(void)
{
	return arch_in_compat_syscall() ? ROBUST_HEAD_BYTES / 2 : ROBUST_HEAD_BYTES;
}

long sys_set_robust_list(uaddr_t head, size_t len)
{
	if (len != robust_head_bytes())
		return -EINVAL;
	current->robust_list = head;
	current->robust_list_len = len;
	return 0;
}

long sys_get_robust_list(int pid, uaddr_t head, uaddr_t len)
{
	struct task *t = NULL, *who;
	u64 value;
	int err = 0;

	if (pid) {
		t = task_find(pid);
		if (!t)
			return -ESRCH;
		err = task_may_access(t);
	}
	who = t ? t : current;
	value = who->robust_list_len == robust_head_bytes() ? who->robust_list.v : 0;
	if (t)
		task_put(t);
	if (err)
		return err;
	if (arch_in_compat_syscall())
		return arch_put_user32(len, ROBUST_HEAD_BYTES / 2) ||
				       arch_put_user32(head, (u32)value)
			       ? -EFAULT
			       : 0;
	if (arch_put_user64(len, ROBUST_HEAD_BYTES) || arch_put_user64(head, value))
		return -EFAULT;
	return 0;
}

/* futex(2), set_robust_list(2). */
#include "sys/uaccess_time.h"
#include "core/time.h"
#include "proc/futex.h"
#include <linux/futex.h>

static bool has_timeout(int cmd)
{
	return cmd == FUTEX_WAIT || cmd == FUTEX_WAIT_BITSET;
}

/* Monotonic; 0 = none. FUTEX_WAIT: relative. FUTEX_WAIT_BITSET: absolute. */
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
		u64 offset = now_real_ns() - now_mono_ns();

		t = t > offset ? t - offset : 1;
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
	u64 deadline_ns = 0;
	int err;

	if (has_timeout(cmd)) {
		err = get_deadline(timeout, cmd, is_real, &deadline_ns);
		if (err)
			return err;
	}
	if (is_real && cmd != FUTEX_WAIT_BITSET)
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
		return futex_requeue(uaddr, uaddr2, is_shared, (int)val, val2, NULL);
	case FUTEX_CMP_REQUEUE:
		return futex_requeue(uaddr, uaddr2, is_shared, (int)val, val2, &val3);
	case FUTEX_WAKE_OP:
		return futex_wake_op(uaddr, uaddr2, is_shared, (int)val, val2, val3);
	}
	return -ENOSYS;
}

#define ROBUST_HEAD_BYTES 24 /* struct robust_list_head */

long sys_set_robust_list(uaddr_t head, size_t len)
{
	if (len != (arch_in_compat_syscall() ? ROBUST_HEAD_BYTES / 2 : ROBUST_HEAD_BYTES))
		return -EINVAL;
	current->robust_list = head;
	current->robust_list_len = len;
	return 0;
}

long sys_get_robust_list(int pid, uaddr_t head, uaddr_t len)
{
	struct task *t = NULL;
	u64 value;
	int err = 0;

	if (pid) {
		t = task_find(pid);
		if (!t)
			return -ESRCH;
		err = task_may_access(t);
	}
	value = (t ? t : current)->robust_list.v;
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

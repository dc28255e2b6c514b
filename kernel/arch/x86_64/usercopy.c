/* User memory: the parts that need no assembly of their own. The rest is in usercopy.S. */
#include "internal.h"
#include "lib/err.h"
#include <linux/futex.h>

int user_xchg32(uaddr_t addr, u32 val, u32 *old);
int user_xadd32(uaddr_t addr, u32 val, u32 *old);

/* FUTEX_OP_OR, ANDN and XOR have no single instruction that returns the old value. */
static int cmpxchg_loop(uaddr_t addr, int op, u32 arg, u32 *old)
{
	u32 seen;
	int err = arch_get_user32(&seen, addr);

	while (!err) {
		u32 want = op == FUTEX_OP_OR	 ? seen | arg
			   : op == FUTEX_OP_ANDN ? seen & ~arg
						 : seen ^ arg;

		*old = seen;
		err = arch_cmpxchg_user32(addr, *old, want, &seen);
		if (!err && seen == *old)
			break;
	}
	return err;
}

int arch_futex_op(uaddr_t addr, int op, u32 arg, u32 *old)
{
	if (!arch_access_ok(addr, sizeof(u32)))
		return -EFAULT;
	switch (op) {
	case FUTEX_OP_SET:
		return user_xchg32(addr, arg, old);
	case FUTEX_OP_ADD:
		return user_xadd32(addr, arg, old);
	case FUTEX_OP_OR:
	case FUTEX_OP_ANDN:
	case FUTEX_OP_XOR:
		return cmpxchg_loop(addr, op, arg, old);
	default:
		return -ENOSYS;
	}
}

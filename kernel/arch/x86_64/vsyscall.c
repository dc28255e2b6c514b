/*
 * The vsyscall page at 0xffffffffff600000: three calls at fixed addresses, from before the vDSO.
 * Calling into it faults, and the call is done here (modes xonly, the default, and emulate);
 * reading it works in mode emulate only. See vsyscall(7) in vdso(7).
 */
#include "internal.h"
#include "core/param.h"
#include "core/time.h"
#include "lib/err.h"
#include "lib/string.h"

enum { VSYSCALL_NONE, VSYSCALL_XONLY, VSYSCALL_EMULATE };
static int mode = VSYSCALL_XONLY;

int arch_vsyscall_mode(void)
{
	return mode;
}

void vsyscall_init(void)
{
	char value[16];

	if (param_get("vsyscall", value, sizeof(value))) {
		if (!strcmp(value, "none"))
			mode = VSYSCALL_NONE;
		else if (!strcmp(value, "emulate"))
			mode = VSYSCALL_EMULATE;
	}
	if (mode == VSYSCALL_EMULATE)
		vsyscall_map();
}

static long do_gettimeofday(uaddr_t tv, uaddr_t tz)
{
	u64 now = now_real_ns(), pair[2] = {now / NSEC_PER_SEC, now % NSEC_PER_SEC / 1000};
	u32 zone[2] = {0, 0};

	if (tv.v && arch_copy_out(tv, pair, sizeof(pair)))
		return -EFAULT;
	if (tz.v && arch_copy_out(tz, zone, sizeof(zone)))
		return -EFAULT;
	return 0;
}

static long do_time(uaddr_t t)
{
	u64 now = now_real_ns() / NSEC_PER_SEC;

	if (t.v && arch_put_user64(t, now))
		return -EFAULT;
	return (long)now;
}

static long do_getcpu(uaddr_t cpu, uaddr_t node)
{
	u32 id;
	unsigned long flags = arch_irq_save();

	id = this_cpu()->id;
	arch_irq_restore(flags);
	if (cpu.v && arch_put_user32(cpu, id))
		return -EFAULT;
	if (node.v && arch_put_user32(node, 0))
		return -EFAULT;
	return 0;
}

/* A user-mode fault at `addr`, interrupts on. True: it was a call of the page, and the registers
 * are as after its `ret`. */
bool vsyscall_emulate(struct pt_regs *regs, unsigned long addr)
{
	u64 caller;
	long ret;

	if (mode == VSYSCALL_NONE || regs->ip != addr || (addr & ~0xc00UL) != VSYSCALL_ADDR)
		return false;
	if (arch_get_user64(&caller, uaddr(regs->sp)))
		return false;
	switch ((addr >> 10) & 3) {
	case 0:
		ret = do_gettimeofday(uaddr(regs->di), uaddr(regs->si));
		break;
	case 1:
		ret = do_time(uaddr(regs->di));
		break;
	case 2:
		ret = do_getcpu(uaddr(regs->di), uaddr(regs->si));
		break;
	default:
		return false;
	}
	if (ret == -EFAULT)
		return false; /* the page's code would have faulted on the pointer */
	regs->ax = (unsigned long)ret;
	regs->ip = caller;
	regs->sp += 8;
	return true;
}

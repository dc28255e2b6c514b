/* prctl(2): attributes of the calling task and process. */
#include "sys/anatomy.h"
#include "abi/linux/missing.h"
#include "sys/prctl.h"
#include "sys/seccomp.h"
#include "sys/syscall.h"
#include "sys/trace.h"
#include "vfs/cred.h"
#include <linux/capability.h>
#include <linux/prctl.h>
#include <linux/securebits.h>

#define DEFAULT_SLACK_NS (50 * NSEC_PER_USEC)
#define COMM_BYTES	 16

static long set_name(uaddr_t from)
{
	char name[COMM_BYTES] = {0};

	if (arch_strncpy_in(name, from, sizeof(name) - 1) < 0)
		return -EFAULT;
	name[COMM_BYTES - 1] = 0;
	memcpy(current->thread.comm, name, sizeof(name));
	return 0;
}

static long get_name(uaddr_t to)
{
	char name[COMM_BYTES] = {0};

	str_copy(name, current->thread.comm, sizeof(name));
	return copy_to_user(to, name, sizeof(name));
}

/* Change one's own credentials by one of the setters below. */
static long change_cred(long (*fn)(struct cred *c, unsigned long arg), unsigned long arg)
{
	struct cred *c = cred_dup(current->real_cred);
	long err;

	if (!c)
		return -ENOMEM;
	err = fn(c, arg);
	if (err)
		cred_put(c);
	else
		task_set_cred(current, c);
	return err;
}

static long set_keep_caps(struct cred *c, unsigned long keep)
{
	if (keep > 1)
		return -EINVAL;
	if (c->securebits & BIT(SECURE_KEEP_CAPS_LOCKED))
		return -EPERM;
	c->securebits &= ~(u32)BIT(SECURE_KEEP_CAPS);
	if (keep)
		c->securebits |= BIT(SECURE_KEEP_CAPS);
	return 0;
}

static long set_securebits(struct cred *c, unsigned long bits)
{
	u32 locks = c->securebits & SECURE_ALL_LOCKS;

	if (((locks >> 1) & (c->securebits ^ bits)) || /* changing a locked bit */
	    (locks & ~bits) ||			       /* unlocking one */
	    (bits & ~(unsigned long)(SECURE_ALL_LOCKS | SECURE_ALL_BITS)) ||
	    !cred_has_own_cap(c, CAP_SETPCAP))
		return -EPERM;
	c->securebits = (u32)bits;
	return 0;
}

static long drop_bounding(struct cred *c, unsigned long cap)
{
	if (!cred_has_own_cap(c, CAP_SETPCAP))
		return -EPERM;
	if (cap > CAP_LAST_CAP)
		return -EINVAL;
	c->cap_bounding &= ~BIT(cap);
	return 0;
}

static long no_new_privs(struct cred *c, unsigned long arg)
{
	(void)arg;
	c->no_new_privs = true;
	return 0;
}

static long ambient_clear(struct cred *c, unsigned long arg)
{
	(void)arg;
	c->cap_ambient = 0;
	return 0;
}

static long ambient_raise(struct cred *c, unsigned long cap)
{
	if (!(c->cap_permitted & c->cap_inheritable & BIT(cap)) ||
	    (c->securebits & BIT(SECURE_NO_CAP_AMBIENT_RAISE)))
		return -EPERM;
	c->cap_ambient |= BIT(cap);
	return 0;
}

static long ambient_lower(struct cred *c, unsigned long cap)
{
	c->cap_ambient &= ~BIT(cap);
	return 0;
}

static long ambient(unsigned long op, unsigned long cap, unsigned long a4, unsigned long a5)
{
	if (op == PR_CAP_AMBIENT_CLEAR_ALL)
		return cap | a4 | a5 ? -EINVAL : change_cred(ambient_clear, 0);
	if ((a4 | a5) || cap > CAP_LAST_CAP)
		return -EINVAL;
	switch (op) {
	case PR_CAP_AMBIENT_IS_SET:
		return !!(current->real_cred->cap_ambient & BIT(cap));
	case PR_CAP_AMBIENT_RAISE:
		return change_cred(ambient_raise, cap);
	case PR_CAP_AMBIENT_LOWER:
		return change_cred(ambient_lower, cap);
	}
	return -EINVAL;
}

static long set_dumpable(unsigned long v)
{
	if (v > 1)
		return -EINVAL;
	WRITE_ONCE(current->mm->dumpable, (u32)v);
	return 0;
}

/* Options about credentials. -ENOSYS: not one of them. */
static long cred_option(int option, unsigned long a2, unsigned long a3, unsigned long a4,
			unsigned long a5)
{
	const struct cred *c = current->real_cred;

	switch (option) {
	case PR_GET_KEEPCAPS:
		return !!(c->securebits & BIT(SECURE_KEEP_CAPS));
	case PR_SET_KEEPCAPS:
		return change_cred(set_keep_caps, a2);
	case PR_GET_SECUREBITS:
		return c->securebits;
	case PR_SET_SECUREBITS:
		return change_cred(set_securebits, a2);
	case PR_CAPBSET_READ:
		return a2 > CAP_LAST_CAP ? -EINVAL : !!(c->cap_bounding & BIT(a2));
	case PR_CAPBSET_DROP:
		return change_cred(drop_bounding, a2);
	case PR_CAP_AMBIENT:
		return ambient(a2, a3, a4, a5);
	case PR_SET_NO_NEW_PRIVS:
		return a2 != 1 || a3 || a4 || a5 ? -EINVAL : change_cred(no_new_privs, 0);
	case PR_GET_NO_NEW_PRIVS:
		return a2 || a3 || a4 || a5 ? -EINVAL : task_no_new_privs(current);
	}
	return -ENOSYS;
}

static long set_slack(struct task *t, long ns)
{
	t->timer_slack_ns = ns > 0 ? (u64)ns : DEFAULT_SLACK_NS;
	return 0;
}

static long mce_kill(struct task *t, unsigned long op, unsigned long policy)
{
	switch (op) {
	case PR_MCE_KILL_CLEAR:
		if (policy)
			return -EINVAL;
		t->mce_kill = 0;
		return 0;
	case PR_MCE_KILL_SET:
		if (policy > PR_MCE_KILL_DEFAULT)
			return -EINVAL;
		t->mce_kill = policy == PR_MCE_KILL_DEFAULT ? 0 : (u8)(1 + policy);
		return 0;
	}
	return -EINVAL;
}

/* Nothing here can be switched for one program alone. */
static long speculation(bool is_set, unsigned long which)
{
	if (which > PR_SPEC_L1D_FLUSH)
		return -ENODEV;
	if (is_set)
		return fail(ENXIO, "no control of it per program");
	return PR_SPEC_ENABLE;
}

/* Options about memory errors, large pages, speculation, storage. -ENOSYS: not one of them. */
static long machine_option(int option, unsigned long a2, unsigned long a3, unsigned long a4,
			   unsigned long a5)
{
	struct task *t = current;

	switch (option) {
	case PR_MCE_KILL:
		return a4 || a5 ? -EINVAL : mce_kill(t, a2, a3);
	case PR_MCE_KILL_GET:
		if (a2 || a3 || a4 || a5)
			return -EINVAL;
		return t->mce_kill ? t->mce_kill - 1 : PR_MCE_KILL_DEFAULT;
	case PR_SET_THP_DISABLE:
		if (a3 || a4 || a5)
			return -EINVAL;
		t->process->has_thp_disabled = a2 != 0;
		return 0;
	case PR_GET_THP_DISABLE:
		return a2 || a3 || a4 || a5 ? -EINVAL : t->process->has_thp_disabled;
	case PR_GET_SPECULATION_CTRL:
		return a3 || a4 || a5 ? -EINVAL : speculation(false, a2);
	case PR_SET_SPECULATION_CTRL:
		return a4 || a5 ? -EINVAL : speculation(true, a2);
	case PR_SET_IO_FLUSHER:
		if (!task_capable(CAP_SYS_RESOURCE))
			return -EPERM;
		if (a3 || a4 || a5 || a2 > 1)
			return -EINVAL;
		t->is_io_flusher = a2;
		return 0;
	case PR_GET_IO_FLUSHER:
		if (!task_capable(CAP_SYS_RESOURCE))
			return -EPERM;
		return a2 || a3 || a4 || a5 ? -EINVAL : t->is_io_flusher;
	}
	return -ENOSYS;
}

/* Bits are given once, for good. */
static long set_mdwe(struct mm *m, unsigned long bits)
{
	if ((bits & ~(PR_MDWE_REFUSE_EXEC_GAIN | PR_MDWE_NO_INHERIT)) || bits == PR_MDWE_NO_INHERIT)
		return -EINVAL;
	if (m->mdwe && m->mdwe != bits)
		return -EPERM;
	WRITE_ONCE(m->mdwe, (u8)bits);
	return 0;
}
_Static_assert(PR_MDWE_REFUSE_EXEC_GAIN == MM_MDWE_ON && PR_MDWE_NO_INHERIT == MM_MDWE_NO_INHERIT,
	       "kept as they are");

/* Options about the counter, the address space, calls. -ENOSYS: not one of them. */
static long program_option(int option, unsigned long arg2, unsigned long arg3, unsigned long arg4,
			   unsigned long arg5)
{
	switch (option) {
	case PR_GET_TSC:
		return arch_put_user32(uaddr(arg2),
				       arch_tsc_is_on() ? PR_TSC_ENABLE : PR_TSC_SIGSEGV);
	case PR_SET_TSC:
		if (arg2 != PR_TSC_ENABLE && arg2 != PR_TSC_SIGSEGV)
			return -EINVAL;
		arch_set_tsc(arg2 == PR_TSC_ENABLE);
		return 0;
	case PR_TASK_PERF_EVENTS_DISABLE: /* there are none */
	case PR_TASK_PERF_EVENTS_ENABLE:
		return 0;
	case PR_SET_MM:
		return prctl_set_mm(arg2, arg3, arg4, arg5);
	case PR_SET_SYSCALL_USER_DISPATCH:
		return prctl_set_dispatch(arg2, arg3, arg4, uaddr(arg5));
	case PR_SET_MDWE:
		return arg3 || arg4 || arg5 ? -EINVAL : set_mdwe(current->mm, arg2);
	case PR_GET_MDWE:
		return arg2 || arg3 || arg4 || arg5 ? -EINVAL : current->mm->mdwe;
	case PR_GET_AUXV:
		return arg4 || arg5 ? -EINVAL : prctl_get_auxv(uaddr(arg2), arg3);
	}
	return -ENOSYS;
}

long sys_prctl(int option, unsigned long arg2, unsigned long arg3, unsigned long arg4,
	       unsigned long arg5)
{
	struct task *t = current;
	long ret = cred_option(option, arg2, arg3, arg4, arg5);

	if (ret == -ENOSYS)
		ret = machine_option(option, arg2, arg3, arg4, arg5);
	if (ret == -ENOSYS)
		ret = program_option(option, arg2, arg3, arg4, arg5);
	if (ret != -ENOSYS)
		return ret;
	switch (option) {
	case PR_SET_PDEATHSIG:
		if (arg2 > NSIG_K)
			return -EINVAL;
		t->exit_signal_on_death = (int)arg2;
		return 0;
	case PR_GET_PDEATHSIG:
		return arch_put_user32(uaddr(arg2), (u32)t->exit_signal_on_death);
	case PR_GET_DUMPABLE:
		return t->mm->dumpable;
	case PR_SET_DUMPABLE:
		return set_dumpable(arg2);
	case PR_SET_NAME:
		return set_name(uaddr(arg2));
	case PR_GET_NAME:
		return get_name(uaddr(arg2));
	case PR_GET_SECCOMP:
		return t->seccomp_mode;
	case PR_SET_SECCOMP:
		return seccomp_prctl(arg2, uaddr(arg3));
	case PR_GET_TIMING:
		return PR_TIMING_STATISTICAL;
	case PR_SET_TIMING:
		return arg2 == PR_TIMING_STATISTICAL ? 0 : -EINVAL;
	case PR_SET_TIMERSLACK:
		return set_slack(t, (long)arg2);
	case PR_GET_TIMERSLACK:
		return (long)t->timer_slack_ns;
	case PR_SET_CHILD_SUBREAPER:
		t->process->is_child_subreaper = arg2 != 0;
		return 0;
	case PR_GET_CHILD_SUBREAPER:
		return arch_put_user32(uaddr(arg2), t->process->is_child_subreaper);
	case PR_GET_TID_ADDRESS:
		return arch_put_user64(uaddr(arg2), t->clear_child_tid.v);
	case PR_LSTAR_TRACE:
		if (arg2 > 1)
			return -EINVAL;
		return arg2 ? trace_start() : trace_stop();
	case PR_LSTAR_ANATOMY:
		return anatomy_prctl(arg2, uaddr(arg3), arg4);
	}
	return fail(EINVAL, "an option that is not known or not there");
}

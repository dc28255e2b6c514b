/* seccomp(2), and its older form in prctl(2). */
#include "proc/seccomp.h"
#include "sys/seccomp.h"
#include "sys/syscall.h"

#define FLAGS                                                                                   \
	(SECCOMP_FILTER_FLAG_TSYNC | SECCOMP_FILTER_FLAG_LOG | SECCOMP_FILTER_FLAG_SPEC_ALLOW | \
	 SECCOMP_FILTER_FLAG_NEW_LISTENER | SECCOMP_FILTER_FLAG_TSYNC_ESRCH |                   \
	 SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV)

static bool are_valid_flags(unsigned flags)
{
	if (flags & ~(unsigned)FLAGS)
		return false;
	/* Both answers would be in one number. */
	if ((flags & SECCOMP_FILTER_FLAG_TSYNC) && (flags & SECCOMP_FILTER_FLAG_NEW_LISTENER) &&
	    !(flags & SECCOMP_FILTER_FLAG_TSYNC_ESRCH))
		return false;
	return !(flags & SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV) ||
	       (flags & SECCOMP_FILTER_FLAG_NEW_LISTENER);
}

/* struct sock_fprog: a count and an address. */
static int get_program(uaddr_t args, unsigned *nr, uaddr_t *insns)
{
	bool is_32bit = arch_in_compat_syscall();
	u32 count, low;

	if (arch_get_user32(&count, args))
		return -EFAULT;
	*nr = count & 0xffff;
	if (is_32bit) {
		if (arch_get_user32(&low, uaddr_add(args, 4)))
			return -EFAULT;
		*insns = uaddr(low);
		return 0;
	}
	return arch_get_user64(&insns->v, uaddr_add(args, 8));
}

static long set_filter(unsigned flags, uaddr_t args)
{
	struct sock_filter *insns;
	struct file *listener;
	uaddr_t from;
	unsigned nr;
	long ret;

	if (!are_valid_flags(flags))
		return -EINVAL;
	if (get_program(args, &nr, &from))
		return -EFAULT;
	if (!nr || nr > BPF_MAXINSNS)
		return -EINVAL;
	insns = kmalloc(nr * sizeof(*insns), GFP_KERNEL);
	if (!insns)
		return -ENOMEM;
	ret = copy_from_user(insns, from, nr * sizeof(*insns));
	if (!ret)
		ret = seccomp_add_filter(insns, nr, flags, &listener);
	kfree(insns);
	if (!ret && listener)
		ret = file_install(listener, true);
	return ret;
}

static long is_available(uaddr_t args)
{
	u32 action;

	if (arch_get_user32(&action, args))
		return -EFAULT;
	switch (action) {
	case SECCOMP_RET_KILL_PROCESS:
	case SECCOMP_RET_KILL_THREAD:
	case SECCOMP_RET_TRAP:
	case SECCOMP_RET_ERRNO:
	case SECCOMP_RET_USER_NOTIF:
	case SECCOMP_RET_TRACE:
	case SECCOMP_RET_LOG:
	case SECCOMP_RET_ALLOW:
		return 0;
	}
	return -EOPNOTSUPP;
}

long sys_seccomp(unsigned int op, unsigned int flags, uaddr_t args)
{
	static const struct seccomp_notif_sizes sizes = {
		.seccomp_notif = sizeof(struct seccomp_notif),
		.seccomp_notif_resp = sizeof(struct seccomp_notif_resp),
		.seccomp_data = sizeof(struct seccomp_data),
	};

	switch (op) {
	case SECCOMP_SET_MODE_STRICT:
		return flags || args.v ? -EINVAL : seccomp_set_strict();
	case SECCOMP_SET_MODE_FILTER:
		return set_filter(flags, args);
	case SECCOMP_GET_ACTION_AVAIL:
		return flags ? -EINVAL : is_available(args);
	case SECCOMP_GET_NOTIF_SIZES:
		return flags ? -EINVAL : copy_to_user(args, &sizes, sizeof(sizes));
	}
	return -EINVAL;
}

long seccomp_prctl(unsigned long mode, uaddr_t args)
{
	switch (mode) {
	case SECCOMP_MODE_STRICT:
		return seccomp_set_strict();
	case SECCOMP_MODE_FILTER:
		return set_filter(0, args);
	}
	return -EINVAL;
}

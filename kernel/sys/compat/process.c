/* SPDX-License-Identifier: Apache-2.0 */
/* Memory, threads and other single calls that i386 has in a form of its own. */
#include "sys/uaccess_time.h"
#include "gen/syscalls_i386.h"
#include <linux/sched.h>

/* --- mmap(2): six arguments in memory, or an offset in units of 4096 bytes --- */

long sys_compat_old_mmap(const struct compat_args *a)
{
	u32 v[6];

	if (copy_from_user(v, uaddr(a->v[0]), sizeof(v)))
		return -EFAULT;
	return sys_mmap(v[0], v[1], v[2], v[3], (int)v[4], v[5]);
}

long sys_compat_mmap2(const struct compat_args *a)
{
	return sys_mmap(a->v[0], a->v[1], a->v[2], a->v[3], (int)a->v[4],
			(unsigned long)a->v[5] << 12);
}

/* --- threads --- */

struct user_desc_bytes { /* struct user_desc of <asm/ldt.h> */
	u32 entry_number, base, limit, flags;
};

/* clone(2), i386: tls comes before child_tid, and points to a struct user_desc. */
long sys_compat_clone(const struct compat_args *a)
{
	u32 flags = a->v[0];
	struct user_desc_bytes desc;
	struct clone_request req = {
		.flags = flags & ~(u32)CSIGNAL,
		.pidfd = uaddr(a->v[2]),
		.parent_tid = uaddr(a->v[2]),
		.child_tid = uaddr(a->v[4]),
		.exit_signal = flags & CLONE_THREAD ? 0 : (int)(flags & CSIGNAL),
		.stack = a->v[1],
	};

	if (flags & CLONE_SETTLS) {
		if (copy_from_user(&desc, uaddr(a->v[3]), sizeof(desc)))
			return -EFAULT;
		req.user_desc = &desc;
	}
	return do_clone(&req, arch_thread_regs(this_thread()));
}

long sys_compat_set_thread_area(const struct compat_args *a)
{
	uaddr_t to = uaddr(a->v[0]);
	struct user_desc_bytes desc;
	u32 wanted;
	long err;

	if (copy_from_user(&desc, to, sizeof(desc)))
		return -EFAULT;
	wanted = desc.entry_number;
	err = arch_set_thread_area(this_thread(), &desc, true);
	if (!err && wanted == ~0u)
		err = arch_put_user32(to, desc.entry_number);
	return err;
}

long sys_compat_get_thread_area(const struct compat_args *a)
{
	uaddr_t to = uaddr(a->v[0]);
	struct user_desc_bytes desc;
	long err;

	if (copy_from_user(&desc, to, sizeof(desc)))
		return -EFAULT;
	err = arch_get_thread_area(this_thread(), &desc);
	return err ? err : copy_to_user(to, &desc, sizeof(desc));
}

/* --- others --- */

long sys_compat_waitpid(const struct compat_args *a)
{
	return sys_wait4((int)a->v[0], uaddr(a->v[1]), (int)a->v[2], uaddr(0));
}

long sys_compat_sendfile(const struct compat_args *a)
{
	return sendfile_fds((int)a->v[0], (int)a->v[1], uaddr(a->v[2]), a->v[3], true);
}

/* getrlimit(2), as it was first: "no limit" is 0x7fffffff. */
long sys_compat_old_getrlimit(const struct compat_args *a)
{
	struct rlimit_k l;
	u32 words[2];

	if (a->v[0] >= RLIM_NLIMITS)
		return -EINVAL;
	l = current->process->rlim[array_index_nospec(a->v[0], RLIM_NLIMITS)];
	words[0] = l.cur > INT32_MAX ? INT32_MAX : (u32)l.cur;
	words[1] = l.max > INT32_MAX ? INT32_MAX : (u32)l.max;
	return copy_to_user(uaddr(a->v[1]), words, sizeof(words));
}

/* nice(2): the bare call answers 0. */
long sys_compat_nice(const struct compat_args *a)
{
	int by = (int)a->v[0], nice = 20 - (int)sys_getpriority(PRIO_PROCESS, 0);
	long err;

	by = MIN(MAX(by, -40), 40);
	nice = MIN(MAX(nice + by, -20), 19);
	err = sys_setpriority(PRIO_PROCESS, 0, nice);
	return err == -EACCES ? -EPERM : err;
}

long sys_compat_stime(const struct compat_args *a)
{
	u32 seconds;

	if (arch_get_user32(&seconds, uaddr(a->v[0])))
		return -EFAULT;
	return time_set_seconds((s32)seconds);
}

/* Resource limits and usage. getrlimit(2), prlimit(2), getrusage(2). */
#include "sys/uaccess_time.h"
#include "vfs/cred.h"
#include <linux/capability.h>
#include <linux/resource.h>

static int set_limit(struct process *p, unsigned which, struct rlimit_k l, struct rlimit_k *old)
{
	unsigned long f;
	int err = 0;

	if (l.cur > l.max)
		return -EINVAL;
	if (which == RLIMIT_NOFILE && l.max > READ_ONCE(fd_nr_open))
		return -EPERM;
	f = spin_lock_irqsave(&p->sighand_lock);
	*old = p->rlim[which];
	if (l.max > old->max && !task_capable(CAP_SYS_RESOURCE))
		err = -EPERM;
	else
		p->rlim[which] = l;
	spin_unlock_irqrestore(&p->sighand_lock, f);
	if (!err)
		rlimit_changed(p, which);
	return err;
}

/* struct rlimit has longs: on i386 what does not fit is "no limit". */
#define NO_LIMIT32 0xffffffffu

static int rlimit_put(uaddr_t to, const struct rlimit_k *l)
{
	const u32 words[2] = {l->cur > NO_LIMIT32 ? NO_LIMIT32 : (u32)l->cur,
			      l->max > NO_LIMIT32 ? NO_LIMIT32 : (u32)l->max};

	return arch_in_compat_syscall() ? copy_to_user(to, words, sizeof(words))
					: copy_to_user(to, l, sizeof(*l));
}

static int rlimit_get(struct rlimit_k *l, uaddr_t from)
{
	u32 words[2];

	if (!arch_in_compat_syscall())
		return copy_from_user(l, from, sizeof(*l));
	if (copy_from_user(words, from, sizeof(words)))
		return -EFAULT;
	l->cur = words[0] == NO_LIMIT32 ? ~0UL : words[0];
	l->max = words[1] == NO_LIMIT32 ? ~0UL : words[1];
	return 0;
}

long sys_getrlimit(unsigned int resource, uaddr_t rlim)
{
	struct rlimit_k l;

	if (resource >= RLIM_NLIMITS)
		return -EINVAL;
	l = current->process->rlim[resource];
	return rlimit_put(rlim, &l);
}

long sys_setrlimit(unsigned int resource, uaddr_t rlim)
{
	struct rlimit_k l, old;

	if (rlimit_get(&l, rlim))
		return -EFAULT;
	if (resource >= RLIM_NLIMITS)
		return -EINVAL;
	return set_limit(current->process, resource, l, &old);
}

/* All six ids of the other are the caller's real ones, or CAP_SYS_RESOURCE. */
static bool may_limit(struct task *t)
{
	const struct cred *me = current->real_cred, *c;
	bool ok;

	if (t == current)
		return true;
	c = task_get_cred(t);
	ok = me->uid == c->euid && me->uid == c->suid && me->uid == c->uid && me->gid == c->egid &&
	     me->gid == c->sgid && me->gid == c->gid;
	ok |= task_capable_in(c->user_ns, CAP_SYS_RESOURCE);
	cred_put(c);
	return ok;
}

long sys_prlimit64(int pid, unsigned int resource, uaddr_t new_rlim, uaddr_t old_rlim)
{
	struct rlimit_k l, old;
	struct task *t = NULL;
	int err = 0;

	if (new_rlim.v && copy_from_user(&l, new_rlim, sizeof(l)))
		return -EFAULT;
	if (pid) {
		t = task_find(pid);
		if (!t)
			return -ESRCH;
		if (!may_limit(t))
			err = -EPERM;
	}
	if (!err && resource >= RLIM_NLIMITS)
		err = -EINVAL;
	if (!err) {
		struct process *p = (t ? t : current)->process;

		old = p->rlim[resource];
		if (new_rlim.v)
			err = set_limit(p, resource, l, &old);
	}
	if (t)
		task_put(t);
	if (!err && old_rlim.v)
		err = copy_to_user(old_rlim, &old, sizeof(old));
	return err;
}

static void add_children(struct process *p, struct usage *u)
{
	u->user_ns += p->child_user_ns;
	u->kernel_ns += p->child_kernel_ns;
	u->minflt += p->child_minflt;
	u->majflt += p->child_majflt;
	u->nvcsw += p->child_nvcsw;
	u->nivcsw += p->child_nivcsw;
	u->maxrss_pages = MAX(u->maxrss_pages, p->child_maxrss_pages);
}

long sys_getrusage(int who, uaddr_t usage)
{
	struct process *p = current->process;
	struct __kernel_old_timeval tv[2];
	struct usage u;
	struct rusage r;

	memset(&u, 0, sizeof(u));
	memset(&r, 0, sizeof(r));
	switch (who) {
	case RUSAGE_SELF:
		process_usage(p, &u);
		r.ru_inblock = (long)(p->io_read_bytes / 512);
		r.ru_oublock = (long)(p->io_write_bytes / 512);
		break;
	case RUSAGE_CHILDREN:
		add_children(p, &u);
		break;
	case RUSAGE_THREAD:
		task_usage(current, &u);
		break;
	default:
		return -EINVAL;
	}
	tv[0] = ns_to_timeval(u.user_ns);
	tv[1] = ns_to_timeval(u.kernel_ns);
	memcpy(&r.ru_utime, &tv[0], sizeof(tv[0]));
	memcpy(&r.ru_stime, &tv[1], sizeof(tv[1]));
	r.ru_maxrss = (long)(u.maxrss_pages * (PAGE_SIZE / 1024));
	r.ru_minflt = (long)u.minflt;
	r.ru_majflt = (long)u.majflt;
	r.ru_nvcsw = (long)u.nvcsw;
	r.ru_nivcsw = (long)u.nivcsw;
	return rusage_put(usage, &r);
}

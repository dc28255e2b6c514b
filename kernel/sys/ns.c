/* unshare(2), setns(2), pivot_root(2). Next: vfs/mount_ns.c. */
#include "sys/syscall.h"
#include "proc/ns.h"
#include "proc/pidfd.h"
#include "proc/pid_ns.h"
#include "proc/sem.h"
#include <linux/capability.h>
#include <linux/sched.h>

#define UNSHARE_FLAGS                                                                       \
	(CLONE_THREAD | CLONE_FS | CLONE_SIGHAND | CLONE_VM | CLONE_FILES | CLONE_SYSVSEM | \
	 CLONE_NAMESPACES)

/* --- unshare --- */

static void task_set_fs(struct fs_struct *own)
{
	struct fs_struct *old = current->vfs.fs;
	unsigned long f = tree_lock_irqsave();

	current->vfs.fs = own;
	tree_unlock_irqrestore(f);
	fs_struct_put(old);
}

static long check_unshare(unsigned long flags)
{
	if (flags & ~(unsigned long)UNSHARE_FLAGS)
		return -EINVAL;
	/* Taken only where there is nothing to do: a process of one thread. */
	if ((flags & (CLONE_THREAD | CLONE_SIGHAND | CLONE_VM | CLONE_NEWUSER)) &&
	    current->process->nr_tasks > 1)
		return -EINVAL;
	if ((flags & (CLONE_SIGHAND | CLONE_VM)) && ref_read(&current->mm->users) > 1)
		return -EINVAL;
	if (flags & CLONE_NAMESPACES & ~ns_flags_served())
		return fail(EINVAL, "no such namespaces here");
	return 0;
}

/* What unshare(2) has made, before the caller is in it; NULL: stays. */
struct unshared {
	struct cred *cred;
	struct fs_struct *fs;
	struct nsproxy *set;
};

static long make_user(struct unshared *u)
{
	u->cred = cred_dup(current->real_cred);
	return u->cred ? user_ns_create(u->cred, fs_is_chrooted(current->vfs.fs)) : -ENOMEM;
}

/* The same root and current directory, for this task alone; with CLONE_NEWNS in mounts of its own.
 */
static long make_fs(struct unshared *u, const struct cred *maker, bool has_new_mounts)
{
	if (ref_read(&current->vfs.fs->ref) == 1 && !has_new_mounts)
		return 0;
	u->fs = fs_struct_clone(current->vfs.fs);
	if (!u->fs)
		return -ENOMEM;
	return has_new_mounts ? fs_new_mounts(u->fs, maker) : 0;
}

static long make_set(struct unshared *u, const struct cred *maker, unsigned long flags)
{
	struct nsproxy *p = nsproxy_copy(current->vfs.ns, flags, maker);

	if (IS_ERR(p))
		return PTR_ERR(p);
	u->set = p;
	return 0;
}

/* The user namespace comes first: it owns the others, and gives the right to make them. */
static long make_all(struct unshared *u, unsigned long flags)
{
	const struct cred *maker = current->real_cred;
	long err = flags & CLONE_NEWUSER ? make_user(u) : 0;

	if (u->cred)
		maker = u->cred;
	if (!err && (flags & CLONE_NAMESPACES) && !cred_has_own_cap(maker, CAP_SYS_ADMIN))
		err = -EPERM;
	if (!err && (flags & (CLONE_FS | CLONE_NEWNS | CLONE_NEWUSER)))
		err = make_fs(u, maker, flags & CLONE_NEWNS);
	if (!err && (flags & CLONE_SET))
		err = make_set(u, maker, flags);
	return err;
}

long sys_unshare(unsigned long flags)
{
	struct unshared u = {0};
	long err = check_unshare(flags);

	if (!err)
		err = make_all(&u, flags);
	if (!err && (flags & CLONE_FILES))
		err = unshare_files();
	if (err) {
		fs_struct_put(u.fs);
		nsproxy_put(u.set);
		if (u.cred)
			cred_put(u.cred);
		return err;
	}
	if ((flags & (CLONE_SYSVSEM | CLONE_NEWIPC)) && current->sem_undo)
		sem_undo_exit(current);
	if (u.cred)
		task_set_cred(current, u.cred);
	if (u.fs)
		task_set_fs(u.fs);
	if (u.set)
		task_set_nsproxy(u.set);
	return 0;
}

/* --- setns --- */

/* A call in progress: all is checked before anything changes. */
struct entering {
	struct ns_common *ns[NR_NS_KINDS]; /* references; NULL: stays */
};

/* setns(2), "Details for specific namespace types": user namespaces. */
static long check_user(const struct user_ns *u)
{
	if (u == current->real_cred->user_ns)
		return fail(EINVAL, "it would be a way to get capabilities back");
	if (current->process->nr_tasks > 1 || ref_read(&current->vfs.fs->ref) != 1)
		return fail(EINVAL, "threads, or root and cwd, are shared");
	return task_capable_in(u, CAP_SYS_ADMIN) ? 0 : -EPERM;
}

/* The others, once the caller has these credentials. */
static long check_kind(const struct ns_common *ns, const struct cred *c)
{
	if (!cred_capable_in(c, ns->owner, CAP_SYS_ADMIN) || !cred_has_own_cap(c, CAP_SYS_ADMIN))
		return -EPERM;
	if (ns->type->kind == NS_PID && !pid_ns_has(current_pid_ns(), pid_ns_of(ns)))
		return fail(EINVAL, "not one below one's own");
	if (ns->type->kind == NS_MNT && !cred_has_own_cap(c, CAP_SYS_CHROOT))
		return -EPERM;
	return 0;
}

/* *c: the credentials in the new user namespace, NULL when that stays. */
static long check_entering(const struct entering *e, struct cred **c)
{
	long err;

	*c = NULL;
	if (e->ns[NS_USER]) {
		err = check_user(user_ns_of(e->ns[NS_USER]));
		if (err)
			return err;
		*c = cred_dup(current->real_cred);
		if (!*c)
			return -ENOMEM;
		cred_enter_user_ns(*c, user_ns_of(e->ns[NS_USER]));
	}
	for (unsigned kind = 0; kind < NS_USER; kind++) {
		err = e->ns[kind] ? check_kind(e->ns[kind], *c ? *c : current->real_cred) : 0;
		if (err)
			return err;
	}
	return 0;
}

static long enter(const struct entering *e)
{
	struct nsproxy *p = ERR_PTR(-ENOMEM);
	struct cred *c;
	long err = check_entering(e, &c);

	if (!err) {
		p = nsproxy_copy(current->vfs.ns, 0, current->real_cred);
		err = IS_ERR(p) ? PTR_ERR(p) : 0;
	}
	if (!err && e->ns[NS_MNT])
		err = fs_enter_mounts(current->vfs.fs, e->ns[NS_MNT]);
	if (err) {
		if (!IS_ERR(p))
			nsproxy_put(p);
		if (c)
			cred_put(c);
		return err;
	}
	for (unsigned kind = 0; kind < NR_NS_IN_SET; kind++)
		if (e->ns[kind]) {
			ns_put(p->ns[kind]);
			p->ns[kind] = ns_get(e->ns[kind]);
		}
	if (e->ns[NS_IPC] && current->sem_undo)
		sem_undo_exit(current);
	if (c)
		task_set_cred(current, c);
	task_set_nsproxy(p);
	return 0;
}

/* A pidfd stands for all namespaces of its process; nstype names those that are wanted. */
static long collect_process(struct entering *e, struct process *p, u64 flags)
{
	static const int flag_of[NR_NS_KINDS] = {
		[NS_UTS] = CLONE_NEWUTS,       [NS_IPC] = CLONE_NEWIPC, [NS_NET] = CLONE_NEWNET,
		[NS_CGROUP] = CLONE_NEWCGROUP, [NS_PID] = CLONE_NEWPID, [NS_MNT] = CLONE_NEWNS,
		[NS_USER] = CLONE_NEWUSER,
	};
	struct task *t;
	long err;

	if (!flags || (flags & ~ns_flags_served()))
		return -EINVAL;
	t = task_find_pid(p->pid);
	if (!t)
		return -ESRCH;
	err = task_may_access(t);
	for (unsigned kind = 0; kind < NR_NS_KINDS && !err; kind++) {
		if (!(flags & (u64)(u32)flag_of[kind]))
			continue;
		e->ns[kind] = task_get_ns(t, kind);
		if (!e->ns[kind])
			err = -ESRCH;
	}
	task_put(t);
	return err;
}

long sys_setns(int fd, int nstype)
{
	struct fdref r = fd_get(current->vfs.files, (unsigned)fd);
	struct entering e = {0};
	struct ns_common *ns;
	struct process *p;
	long err = -EINVAL;

	if (!r.file)
		return -EBADF;
	ns = file_ns(r.file);
	p = pidfd_process(r.file);
	if (ns && (!nstype || nstype == ns->type->flag)) {
		e.ns[ns->type->kind] = ns_get(ns);
		err = 0;
	} else if (!ns && p) {
		err = collect_process(&e, p, (u64)(u32)nstype);
	}
	fd_put(r);
	if (!err)
		err = enter(&e);
	for (unsigned kind = 0; kind < NR_NS_KINDS; kind++)
		ns_put(e.ns[kind]);
	return err;
}

/* --- pivot_root --- */

static void change_all(const struct path *was, const struct path *now)
{
	struct process *p;
	struct task *t;
	int next = 1, tid;

	while ((p = process_next(next))) {
		next = p->pid + 1;
		for (tid = 0; (t = task_next(p, tid)); tid = t->tid + 1, task_put(t)) {
			struct fs_struct *fs = task_get_fs(t);

			if (fs) {
				fs_replace(fs, was, now, t == current);
				fs_struct_put(fs);
			}
		}
		process_put(p);
	}
}

long sys_pivot_root(uaddr_t new_root, uaddr_t put_old)
{
	struct user_path new, old;
	struct path was, now;
	char *name = user_path_get(&new, new_root, false);
	long err;

	if (!vfs_may_mount(&current->vfs)) {
		if (!IS_ERR(name))
			user_path_put(&new);
		return -EPERM;
	}
	if (IS_ERR(name))
		return PTR_ERR(name);
	name = user_path_get(&old, put_old, false);
	if (IS_ERR(name)) {
		user_path_put(&new);
		return PTR_ERR(name);
	}
	err = vfs_pivot_root(&current->vfs, new.name, old.name, &was, &now);
	user_path_put(&old);
	user_path_put(&new);
	if (err)
		return err;
	change_all(&was, &now);
	path_put(&was);
	path_put(&now);
	return 0;
}

/* Which namespaces a task is in, and the kind that has nothing in it: control groups. */
#include "proc/ns.h"
#include "proc/ipc.h"
#include "lib/err.h"
#include "mm/kmalloc.h"
#include "proc/pid_ns.h"
#include <linux/capability.h>

/* --- cgroup_namespaces(7): there is one group, the root, and so it is each namespace's root --- */

static struct ns_common *cgroup_copy(struct ns_common *old, const struct cred *maker);

static void cgroup_free(struct ns_common *ns)
{
	kfree(ns);
}

static const struct ns_type cgroup_type = {
	.name = "cgroup",
	.kind = NS_CGROUP,
	.flag = CLONE_NEWCGROUP,
	.copy = cgroup_copy,
	.free = cgroup_free,
};

static struct ns_common init_cgroup = {
	.ref = {1},
	.ino = NS_FIRST_INO + 3,
	.id = 1,
	.type = &cgroup_type,
};

static struct ns_common *cgroup_copy(struct ns_common *old, const struct cred *maker)
{
	(void)old;
	return ns_new(sizeof(struct ns_common), &cgroup_type, maker);
}

/* --- tasks --- */

void ns_init_first(void)
{
	ns_register(&init_uts.ns);
	ns_register(&init_cgroup);
	ns_register(&init_pid_ns.ns);
	ipc_init_first();
	for (unsigned i = 0; i < NR_NS_IN_SET; i++)
		if (init_nsproxy.ns[i])
			init_nsproxy.ns[i]->owner = user_ns_get(&init_user_ns);
	for (unsigned i = 0; i < NR_NS_KINDS; i++)
		init_user_ns.max_ns[i] = task_limit() / 2;
}

struct ns_common *task_get_ns(struct task *t, enum ns_kind kind)
{
	struct ns_common *ns = NULL;
	struct fs_struct *fs;
	unsigned long f;

	if (kind == NS_MNT) {
		fs = task_get_fs(t);
		if (fs) {
			ns = fs_mounts(fs);
			fs_struct_put(fs);
		}
		return ns;
	}
	f = tree_lock_irqsave();
	if (kind == NS_PID_OWN)
		ns = t->num ? ns_get(&pidnum_ns(t->num)->ns) : NULL;
	else if (kind == NS_USER)
		ns = ns_get(&t->real_cred->user_ns->ns);
	else if (t->vfs.ns && t->vfs.ns->ns[kind])
		ns = ns_get(t->vfs.ns->ns[kind]);
	tree_unlock_irqrestore(f);
	return ns;
}

void task_set_nsproxy(struct nsproxy *p)
{
	struct nsproxy *old = current->vfs.ns;
	unsigned long f = tree_lock_irqsave();

	current->vfs.ns = p;
	tree_unlock_irqrestore(f);
	nsproxy_put(old);
}

int ns_check_clone(u64 fl)
{
	if (fl & CLONE_NAMESPACES & ~ns_flags_served())
		return fail(EINVAL, "no such namespaces here");
	if ((fl & CLONE_NEWPID) && (fl & CLONE_THREAD))
		return fail(EINVAL, "a process is in one PID namespace");
	if ((fl & CLONE_NEWUSER) && (fl & (CLONE_FS | CLONE_THREAD)))
		return fail(EINVAL, "a new user namespace cannot share root, cwd or process");
	if (!(fl & CLONE_NEWUSER) && !task_has_own_cap(CAP_SYS_ADMIN))
		return -EPERM;
	if ((fl & CLONE_NEWIPC) && (fl & CLONE_SYSVSEM))
		return fail(EINVAL, "what SEM_UNDO takes back would be in two namespaces");
	return 0;
}

int ns_fork_user(struct task *t, struct task *parent)
{
	struct cred *c = cred_dup(parent->real_cred);
	int err = c ? user_ns_create(c, fs_is_chrooted(parent->vfs.fs)) : -ENOMEM;

	if (err) {
		if (c)
			cred_put(c);
		return err;
	}
	cred_put(t->real_cred);
	t->real_cred = t->vfs.cred = c;
	t->maps_ids = true;
	return 0;
}

int ns_fork(struct task *t, struct task *parent, u64 fl)
{
	struct nsproxy *p;

	if (likely(!(fl & CLONE_SET))) {
		t->vfs.ns = nsproxy_get(parent->vfs.ns);
		return 0;
	}
	p = nsproxy_copy(parent->vfs.ns, fl, t->real_cred);
	if (IS_ERR(p))
		return (int)PTR_ERR(p);
	t->vfs.ns = p;
	return 0;
}

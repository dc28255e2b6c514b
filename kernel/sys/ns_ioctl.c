/* ioctl_ns(2): from a file that stands for a namespace to others around it. Called by ioctl.c. */
#include "abi/linux/missing.h"
#include "sys/ids.h"
#include "sys/syscall.h"
#include "proc/ns.h"
#include <linux/nsfs.h>

/* Is it the caller's own user namespace, or one below? */
static bool is_in_scope(const struct user_ns *u)
{
	return user_ns_is_within(u, current->real_cred->user_ns);
}

static long open_ns(struct ns_common *ns)
{
	struct path p;
	struct file *f;
	int err = ns_path(ns_get(ns), &p);

	if (err)
		return err;
	f = vfs_open_path(&current->vfs, &p, O_RDONLY);
	path_put(&p);
	return file_install(f, true);
}

static long open_parent(struct ns_common *ns)
{
	struct ns_common *up;

	if (!ns->type->parent)
		return fail(EINVAL, "this kind of namespace has no parents");
	up = ns->type->parent(ns);
	return up ? open_ns(up) : -EPERM;
}

long ns_file_ioctl(struct ns_common *ns, unsigned cmd, uaddr_t arg)
{
	switch (cmd) {
	case NS_GET_NSTYPE:
		return ns->type->flag;
	case NS_GET_USERNS:
		return is_in_scope(ns->owner) ? open_ns(&ns->owner->ns) : -EPERM;
	case NS_GET_PARENT:
		if (ns->type->kind == NS_USER && !is_in_scope(ns->owner))
			return -EPERM;
		return open_parent(ns);
	case NS_GET_OWNER_UID:
		if (ns->type->kind != NS_USER)
			return -EINVAL;
		return arch_put_user32(arg, uid_seen(user_ns_of(ns)->owner_uid)) ? -EFAULT : 0;
	case NS_GET_MNTNS_ID:
		if (ns->type->kind != NS_MNT)
			return -EINVAL;
		return copy_to_user(arg, &ns->id, sizeof(ns->id));
	}
	return -ENOTTY;
}

/* Credentials as the VFS asks about them. proc/cred.c makes and changes them. */
#include "vfs/internal.h"
#include "vfs/user_ns.h"

void cred_put(const struct cred *c)
{
	struct cred *mine = (struct cred *)c;

	if (!mine || !ref_put(&mine->ref))
		return;
	user_ns_put(mine->user_ns);
	kfree(mine->groups);
	kfree(mine);
}

bool cred_in_group(const struct cred *c, u32 gid)
{
	u32 lo = 0, hi = c->nr_groups;

	if (c->fsgid == gid)
		return true;
	while (lo < hi) {
		u32 mid = (lo + hi) / 2;

		if (c->groups[mid] == gid)
			return true;
		if (c->groups[mid] < gid)
			lo = mid + 1;
		else
			hi = mid;
	}
	return false;
}

bool cred_has_cap(const struct cred *c, unsigned cap)
{
	return (c->cap_effective >> cap & 1) && c->user_ns == &init_user_ns;
}

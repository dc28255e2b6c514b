/* Credentials: immutable once published; shared by reference. proc/ makes new ones, vfs checks
 * against them. */
#ifndef VFS_CRED_H
#define VFS_CRED_H

#include "lib/atomic.h"

struct user_ns;

struct cred {
	refcount_t ref;
	struct user_ns *user_ns; /* where the capabilities count; a reference */
	u32 uid, euid, suid, fsuid;
	u32 gid, egid, sgid, fsgid;
	u64 cap_effective, cap_permitted, cap_inheritable, cap_bounding, cap_ambient;
	u32 securebits;
	bool no_new_privs;
	u32 nr_groups;
	u32 *groups; /* sorted; owned */
};

static inline const struct cred *cred_get(const struct cred *c)
{
	ref_get((refcount_t *)&c->ref);
	return c;
}
void cred_put(const struct cred *c);
bool cred_in_group(const struct cred *c, u32 gid); /* fsgid or supplementary */
/* CAP_* of <linux/capability.h> in the effective set, over the whole machine: in the first user
 * namespace. vfs/user_ns.h has the question for what another one owns. */
bool cred_has_cap(const struct cred *c, unsigned cap);
/* Over what the own user namespace owns, and oneself. */
static inline bool cred_has_own_cap(const struct cred *c, unsigned cap)
{
	return c->cap_effective >> cap & 1;
}

#endif

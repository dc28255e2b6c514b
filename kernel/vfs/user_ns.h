/* User namespaces, user_namespaces(7): whose capabilities count where, and which ids mean what. The
 * kernel's own ids (struct cred, struct inode) are those of the first one. */
#ifndef VFS_USER_NS_H
#define VFS_USER_NS_H

#include "vfs/cred.h"
#include "vfs/ns.h"

struct user_ns {
	struct ns_common ns;
	u32 max_ns[NR_NS_KINDS]; /* /proc/sys/user, for each user in it */
};
extern struct user_ns init_user_ns;

static inline struct user_ns *user_ns_get(struct user_ns *u)
{
	ns_get(&u->ns);
	return u;
}
static inline void user_ns_put(struct user_ns *u)
{
	ns_put(&u->ns);
}

/* `ns` is a user namespace: who made it, as the kernel's id. */
u32 user_ns_owner_uid(const struct ns_common *ns);
/* Has `c` the capability over what `u` owns? capabilities count in their own user namespace and
 * those below it. */
bool cred_capable_in(const struct cred *c, const struct user_ns *u, unsigned cap);

#endif

/* User namespaces, user_namespaces(7): whose capabilities count where, and which ids mean what. The
 * kernel's own ids (struct cred, struct inode) are those of the first one. */
#ifndef VFS_USER_NS_H
#define VFS_USER_NS_H

#include "vfs/cred.h"
#include "vfs/ns.h"

#define NO_KID	    (~0u)
#define OVERFLOW_ID 65534 /* what an id without a number here is shown as */
#define ID_MAP_MAX  340	  /* extents */

struct id_extent {
	u32 first, lower, count; /* `first` on is, to the kernel, `lower` on */
};
/* Written once, under map_lock; read without a lock by who sees nr. */
struct id_map {
	u32 nr; /* 0: not written yet */
	struct id_extent *extents;
};
enum id_kind { ID_UID, ID_GID, ID_PROJID, NR_ID_KINDS };

struct user_ns {
	struct ns_common ns; /* owner: the parent */
	unsigned level;
	u32 owner_uid, owner_gid; /* of who made it */
	struct id_map map[NR_ID_KINDS];
	bool may_setgroups;	   /* map_lock */
	bool could_parent_setfcap; /* had its maker CAP_SETFCAP? */
	u32 max_ns[NR_NS_KINDS];   /* /proc/sys/user, for each user in it */
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
/* `ns` is of kind NS_USER. */
static inline struct user_ns *user_ns_of(const struct ns_common *ns)
{
	return container_of(ns, struct user_ns, ns);
}

/* CLONE_NEWUSER: the credentials become those of the maker in a new namespace below theirs.
 * -EPERM -ENOSPC -ENOMEM. */
int user_ns_create(struct cred *c, bool is_chrooted);
/* They become those of a member that has all capabilities in `u`. */
void cred_enter_user_ns(struct cred *c, struct user_ns *u);

/* An id of the namespace as the kernel's, and the other way; NO_KID: it has no number there. */
u32 user_ns_id_down(const struct user_ns *u, enum id_kind kind, u32 id);
u32 user_ns_id_up(const struct user_ns *u, enum id_kind kind, u32 kid);
static inline u32 make_kuid(const struct user_ns *u, u32 uid)
{
	return likely(u == &init_user_ns) ? uid : user_ns_id_down(u, ID_UID, uid);
}
static inline u32 make_kgid(const struct user_ns *u, u32 gid)
{
	return likely(u == &init_user_ns) ? gid : user_ns_id_down(u, ID_GID, gid);
}
static inline u32 from_kuid(const struct user_ns *u, u32 kuid)
{
	return likely(u == &init_user_ns) ? kuid : user_ns_id_up(u, ID_UID, kuid);
}
static inline u32 from_kgid(const struct user_ns *u, u32 kgid)
{
	return likely(u == &init_user_ns) ? kgid : user_ns_id_up(u, ID_GID, kgid);
}
u32 user_ns_id_shown(const struct user_ns *u, enum id_kind kind, u32 kid);
static inline u32 from_kuid_munged(const struct user_ns *u, u32 kuid)
{
	return likely(u == &init_user_ns) ? kuid : user_ns_id_shown(u, ID_UID, kuid);
}
static inline u32 from_kgid_munged(const struct user_ns *u, u32 kgid)
{
	return likely(u == &init_user_ns) ? kgid : user_ns_id_shown(u, ID_GID, kgid);
}

/* /proc/PID/uid_map and the like. `opener`: who opened the file, `c`: who writes. The text is
 * changed. 0; -EPERM -EINVAL -ENOMEM. */
int user_ns_write_map(struct user_ns *u, enum id_kind kind, const struct cred *opener,
		      const struct cred *c, char *text);
/* "deny" or "allow" of /proc/PID/setgroups: -EPERM. */
int user_ns_set_setgroups(struct user_ns *u, bool may);
bool user_ns_may_setgroups(const struct user_ns *u);

/* Is `u` this one, or below it? */
bool user_ns_is_within(const struct user_ns *u, const struct user_ns *top);
/* Has `c` the capability over what `u` owns? Capabilities count in their own user namespace and
 * those below it; and who made a namespace has all of them in it. */
bool cred_capable_in(const struct cred *c, const struct user_ns *u, unsigned cap);
/* Over a file: also its ids must have numbers in the namespace. */
bool cred_capable_over(const struct cred *c, const struct inode *i, unsigned cap);
/* Does `new` allow nothing that `old` does not? */
bool cred_caps_are_within(const struct cred *old, const struct cred *new);

#endif

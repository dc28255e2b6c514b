/*
 * Namespaces, namespaces(7): what all kinds have in common, how many a user may have, the files
 * that stand for them, and the set that a task is in. The kinds themselves: vfs/mount_ns.c,
 * vfs/user_ns.c, proc/uts.c, proc/ipc_ns.c, proc/pid_ns.c, net/net_ns.c.
 */
#ifndef VFS_NS_H
#define VFS_NS_H

#include "vfs/inode.h"

struct cred;
struct user_ns;
struct ns_common;
struct ns_count;

enum ns_kind {
	NS_UTS,
	NS_IPC,
	NS_NET,
	NS_CGROUP,
	NS_PID, /* in a set: the one that children are born in */
	NR_NS_IN_SET,
	NS_MNT = NR_NS_IN_SET, /* with the root and current directory: struct fs_struct */
	NS_USER,	       /* with the credentials: struct cred */
	NR_NS_KINDS,
	NS_PID_OWN = NR_NS_KINDS /* of a task: the one that it was born in */
};

struct ns_type {
	const char *name; /* of the link in /proc/PID/ns */
	enum ns_kind kind;
	int flag; /* CLONE_NEW* */
	/* One for a task of these credentials that was in `old`. ERR_PTR. NULL: not by this way. */
	struct ns_common *(*copy)(struct ns_common *old, const struct cred *c);
	void (*free)(struct ns_common *ns);		   /* the last reference is gone */
	struct ns_common *(*parent)(struct ns_common *ns); /* borrowed; NULL: none. NULL: flat */
};

struct ns_common {
	refcount_t ref;
	u32 ino; /* of its files */
	u64 id;	 /* never used again */
	const struct ns_type *type;
	struct user_ns *owner;	/* whose capabilities count in it; a reference */
	struct ns_count *count; /* whom it is counted for; NULL: nobody */
};

#define NS_FIRST_INO 4026531832u /* of the mount namespace at the start, as Linux numbers them */

static inline struct ns_common *ns_get(struct ns_common *ns)
{
	ref_get(&ns->ref);
	return ns;
}
void ns_put(struct ns_common *ns); /* NULL: nothing */
/* A fresh one with one reference, owned by and counted for the maker. -ENOSPC: the user has as many
 * as /proc/sys/user says. -ENOMEM. What it is in is not freed on failure. */
int ns_init(struct ns_common *ns, const struct ns_type *t, const struct cred *maker);
/* The same of `bytes` zeroed bytes, at whose start it is. ERR_PTR. */
struct ns_common *ns_new(size_t bytes, const struct ns_type *t, const struct cred *maker);

/* The file that stands for `ns`, whose reference it consumes; references taken. */
int ns_path(struct ns_common *ns, struct path *out);
struct ns_common *file_ns(const struct file *f); /* of an open one: borrowed, or NULL */
struct ns_common *inode_ns(const struct inode *i);

/* --- the set of a task: struct vfs_ctx.ns --- */

struct nsproxy {
	refcount_t ref;
	struct ns_common *ns[NR_NS_IN_SET];
};
/* What the first task is in; parts register theirs before it starts. */
extern struct nsproxy init_nsproxy;
void ns_register(struct ns_common *first);
u64 ns_flags_served(void); /* CLONE_NEW* of what is registered and can be copied */
/* The same but for new ones of the kinds in `flags`. ERR_PTR. */
struct nsproxy *nsproxy_copy(struct nsproxy *old, u64 flags, const struct cred *maker);
static inline struct nsproxy *nsproxy_get(struct nsproxy *p)
{
	ref_get(&p->ref);
	return p;
}
void nsproxy_put(struct nsproxy *p);

#endif

/* Between the files that make up mounts: mount.c (the tree), mount_ops.c (mount and umount),
 * mount_prop.c (propagation), mount_ns.c (namespaces), mount_api.c (trees behind descriptors). All
 * of it with mount_mutex held, unless said otherwise. */
#ifndef VFS_MOUNT_IMPL_H
#define VFS_MOUNT_IMPL_H

#include "vfs/ns.h"
#include "vfs/vfs.h"

#define PER_MOUNT_FLAGS                                                                            \
	(MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC | MS_NOATIME | MS_NODIRATIME | MS_RELATIME | \
	 MS_STRICTATIME | MS_NOSYMFOLLOW)

struct mnt_ns {
	struct ns_common ns; /* referred to by fs_structs and open files */
	struct mount *root;
};
extern struct mnt_ns first_ns;

/* mount.c. Consumes the reference on sb; takes one on root. NULL when out of memory (sb is put
 * then). Needs no lock. */
struct mount *mount_new(struct super_block *sb, struct dentry *root, unsigned long flags);
void mount_attach(struct mount *m, const struct path *at);
/* Out of its place in the tree; the references on the place are returned in *was_at. */
void mount_unhook(struct mount *m, struct path *was_at);
/* The mount and all on it leave the tree, their groups and the namespace. */
void mount_detach_tree(struct mount *m);
struct mount *mount_tree_next(struct mount *m, struct mount *top);
void mount_tree_set_ns(struct mount *top, struct mnt_ns *ns);
/* The mount on top of a stack of mounts at `p`. */
void mount_to_top(struct path *p);
unsigned long mount_flags(unsigned long flags);

/* mount_prop.c */
#define COPY_SLAVE	BIT(0) /* the copies are slaves of what they are copies of */
#define COPY_PRIVATE	BIT(1)
#define COPY_UNBINDABLE BIT(2) /* for a new namespace: also what is not to be bound */
#define COPY_CHILDREN	BIT(3)
#define COPY_TO_SLAVE	BIT(4) /* what is shared: the copy is a slave */
/* A copy of the part of `from` at and below `root`, in no tree; without COPY_SLAVE the copies are
 * in the groups of their originals. Each original's `copy` is set. ERR_PTR(-EINVAL, -ENOMEM). */
struct mount *mount_copy_tree(struct mount *from, struct dentry *root, unsigned how);
/* Put the tree `m` (the caller's reference becomes the tree's) on `at`, and copies of it wherever
 * mounts on `at` propagate to. -ENOMEM: nothing happened. */
int mount_graft_tree(struct mount *m, const struct path *at);
/* What umount of `m` does at the places that events of its parent propagate to. */
void mount_propagate_umount(struct mount *m, bool is_lazy);
void mount_leave_groups(struct mount *m);
void mount_join_groups(struct mount *m, struct mount *from);
/* MS_SHARED, MS_PRIVATE, MS_SLAVE or MS_UNBINDABLE, of one mount. */
void mount_set_propagation(struct mount *m, unsigned long type);
/* The nearest group above that has a mount in the tree of `root`; 0. mountinfo's propagate_from. */
int mount_dominating_group(const struct mount *m, const struct mount *root);

/* mount_show.c: for statmount(2). -EOVERFLOW: the texts need more room. */
struct mount_info;
int mount_describe(struct mount *m, const struct path *root, struct mount_info *out);

/* ns.c */
extern const struct super_ops ns_super_ops;

/* mount_ns.c */
/* Is `m` part of the caller's tree? */
/* Does d of m lie at or below root, over however many mounts? mount_mutex held. */
bool mount_place_is_below(const struct mount *m, struct dentry *d, const struct path *root);
static inline bool mount_is_mine(const struct vfs_ctx *ctx, const struct mount *m)
{
	return m->ns && m->ns == ctx->fs->ns;
}

/* The tree goes to less privileged users: its parts stay together, and flags as they are. */
void mount_lock_tree(struct mount *top);
/* Is something locked below `d`? A copy without it would show what it covers. */
bool mount_has_locked(const struct mount *m, struct dentry *d);
/* Are `flags` good for m, or does a locked one change? */
bool mount_may_have_flags(const struct mount *m, unsigned long flags);
/* Nothing of the type is to be seen whole in the caller's tree, and it must be. */
bool super_reveals(const struct vfs_ctx *ctx, const struct super_block *sb);
/* May the caller bind it? What is in its tree, and files that stand for namespaces. */
bool mount_may_bind(const struct vfs_ctx *ctx, const struct path *p);
/* A file that stands for a mount namespace is bound there: a new namespace has no copy of it, or
 * two could keep each other. */
bool mount_shows_mounts(const struct mount *m);

/* mount_ops.c */
/* Attach a new mount at `at`. */
int mount_graft(const struct vfs_ctx *ctx, struct mount *m, struct path *at);
int mount_move(const struct vfs_ctx *ctx, const struct path *from, struct path *at, bool beneath);
bool super_has_writers(struct super_block *sb);
/* A new super block by the type; its error. Needs no lock. */
struct super_block *super_make(const struct vfs_ctx *ctx, struct fs_type *t, const char *source,
			       unsigned long flags, const char *options);
int super_reconfigure(const struct vfs_ctx *ctx, struct super_block *sb, unsigned long flags,
		      const char *options);

#endif

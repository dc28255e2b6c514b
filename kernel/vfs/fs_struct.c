/* Root, current directory and umask of tasks. */
#include "vfs/internal.h"

struct fs_struct *fs_struct_new(const struct path *root)
{
	struct fs_struct *fs = kzalloc(sizeof(*fs), GFP_KERNEL);

	if (!fs)
		return NULL;
	ref_init(&fs->ref, 1);
	spin_init(&fs->lock, RANK_FS, "fs_struct");
	fs->root = fs->cwd = *root;
	path_get(root);
	path_get(root);
	fs->ns = mnt_ns_get(root->mnt->ns);
	fs->umask = 0022;
	return fs;
}

struct fs_struct *fs_struct_clone(struct fs_struct *old)
{
	struct fs_struct *fs = kzalloc(sizeof(*fs), GFP_KERNEL);

	if (!fs)
		return NULL;
	ref_init(&fs->ref, 1);
	spin_init(&fs->lock, RANK_FS, "fs_struct");
	spin_lock(&old->lock);
	fs->root = old->root;
	fs->cwd = old->cwd;
	fs->umask = old->umask;
	fs->ns = mnt_ns_get(old->ns);
	path_get(&fs->root);
	path_get(&fs->cwd);
	spin_unlock(&old->lock);
	return fs;
}

void fs_struct_put(struct fs_struct *fs)
{
	if (!fs || !ref_put(&fs->ref))
		return;
	path_put(&fs->root);
	path_put(&fs->cwd);
	mnt_ns_put(fs->ns);
	kfree(fs);
}

static void copy_path(struct fs_struct *fs, const struct path *from, struct path *out)
{
	spin_lock(&fs->lock);
	*out = *from;
	path_get(out);
	spin_unlock(&fs->lock);
}

void fs_get_root(struct fs_struct *fs, struct path *out)
{
	copy_path(fs, &fs->root, out);
}
void fs_get_cwd(struct fs_struct *fs, struct path *out)
{
	copy_path(fs, &fs->cwd, out);
}

static void replace_path(struct fs_struct *fs, struct path *slot, const struct path *p)
{
	struct path old;

	path_get(p);
	spin_lock(&fs->lock);
	old = *slot;
	*slot = *p;
	spin_unlock(&fs->lock);
	path_put(&old);
}

void fs_set_root(struct fs_struct *fs, const struct path *p)
{
	replace_path(fs, &fs->root, p);
}
void fs_set_cwd(struct fs_struct *fs, const struct path *p)
{
	replace_path(fs, &fs->cwd, p);
}

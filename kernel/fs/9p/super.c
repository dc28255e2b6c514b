#include "fs/9p/p9.h"
#include "core/log.h"
#include "fs/fs.h"
#include "lib/err.h"
#include "lib/string.h"
#include "mm/kmalloc.h"
#include <linux/magic.h>
#include <linux/mount.h>

#define P9_VERSION_NAME "9P2000.L"

static int p9_statfs(struct super_block *sb, struct kstatfs *st)
{
	struct p9_session *s = sb->private;
	struct p9_req *r = p9_new(s, P9_TSTATFS);
	int err;

	if (!r)
		return -ENOMEM;
	p9_put(r, p9_i(sb->root->inode)->fid, 4);
	err = p9_call(r);
	if (!err) {
		p9_get(r, 4);
		*st = (struct kstatfs){.type = V9FS_MAGIC};
		st->bsize = p9_get(r, 4);
		st->blocks = p9_get(r, 8);
		st->bfree = p9_get(r, 8);
		st->bavail = p9_get(r, 8);
		st->files = p9_get(r, 8);
		st->ffree = p9_get(r, 8);
		st->fsid = p9_get(r, 8);
		st->namelen = p9_get(r, 4);
		st->frsize = st->bsize;
		if (r->is_bad)
			err = -EIO;
	}
	p9_free(r);
	return err;
}

static int negotiate(struct p9_session *s)
{
	struct p9_req *r = p9_new(s, P9_TVERSION);
	const char *version;
	size_t len;
	int err;

	if (!r)
		return -ENOMEM;
	p9_put(r, P9_DATA_MAX + PAGE_SIZE, 4);
	p9_put_string(r, P9_VERSION_NAME, strlen(P9_VERSION_NAME));
	err = p9_call(r);
	if (!err) {
		s->msize = (u32)p9_get(r, 4);
		version = p9_get_string(r, &len);
		if (r->is_bad || s->msize < P9_DATA_MAX + 64 || len != strlen(P9_VERSION_NAME) ||
		    memcmp(version, P9_VERSION_NAME, len))
			err = fail(EPROTONOSUPPORT, "the host does not speak 9P2000.L");
	}
	p9_free(r);
	return err;
}

static int attach(struct p9_session *s, u32 fid, struct p9_qid *q)
{
	struct p9_req *r = p9_new(s, P9_TATTACH);
	int err;

	if (!r)
		return -ENOMEM;
	p9_put(r, fid, 4);
	p9_put(r, P9_NOFID, 4);
	p9_put_string(r, "root", 4);
	p9_put_string(r, "", 0);
	p9_put(r, 0, 4);
	err = p9_call(r);
	if (!err) {
		p9_get_qid(r, q);
		if (r->is_bad)
			err = -EIO;
	}
	p9_free(r);
	return err;
}

static int root_attributes(struct p9_session *s, u32 fid, struct kstat *st)
{
	struct p9_req *r = p9_req_getattr(s, fid);
	struct p9_qid q;
	int err;

	if (!r)
		return -ENOMEM;
	p9_send(r);
	p9_kick(s);
	err = p9_wait_getattr(r, st, &q);
	p9_free(r);
	return err;
}

static void p9_put_super(struct super_block *sb)
{
	kfree(sb->private);
}

static const struct super_ops p9_sops = {.statfs = p9_statfs,
					 .evict_inode = p9_evict,
					 .put_super = p9_put_super};

static struct super_block *p9_mount(struct fs_type *t, const char *source, unsigned long flags,
				    const char *options)
{
	struct p9_session *s;
	struct super_block *sb;
	struct p9_qid q;
	struct kstat st;
	struct inode *root;
	u32 fid;
	int err;

	s = kzalloc(sizeof(*s), GFP_KERNEL);
	if (!s)
		return ERR_PTR(-ENOMEM);
	s->channel = channel_find(source);
	s->may_change = !(flags & MS_RDONLY);
	spin_init(&s->lock, RANK_ICACHE, "9p inodes");
	for (unsigned i = 0; i < ARRAY_SIZE(s->hash); i++)
		list_init(&s->hash[i]);
	list_init(&s->names);
	list_init(&s->heads);
	err = s->channel ? negotiate(s) : fail(ENOENT, "no share with this mount tag");
	fid = p9_new_fid(s);
	if (!err)
		err = attach(s, fid, &q);
	if (!err)
		err = root_attributes(s, fid, &st);
	if (err)
		goto out_session;
	sb = super_new(t, &p9_sops, V9FS_MAGIC, flags);
	if (!sb) {
		err = -ENOMEM;
		goto out_session;
	}
	sb->private = s;
	root = p9_iget(sb, &q, fid, &st, q.path);
	if (IS_ERR(root))
		return (void *)root; /* the session stays with the super block, which the VFS never
					sees: one leak per failed boot */
	sb->root = dentry_make_root(sb, root);
	return sb->root ? sb : ERR_PTR(-ENOMEM);
out_session:
	kfree(s);
	return ERR_PTR(err);
}

static struct fs_type p9_type = {.name = "9p", .mount = p9_mount};

int p9_init(void)
{
	fs_register(&p9_type);
	return 0;
}

#include "fs/9p/p9.h"
#include "core/time.h"
#include "lib/err.h"
#include "lib/string.h"
#include <linux/fcntl.h>
#include "mm/kmalloc.h"

#define ATTR_LIFETIME_NS NSEC_PER_SEC
#define LINK_MAX_BYTES	 4096

static struct list_head *bucket(struct p9_session *s, u64 qid_path)
{
	return &s->hash[(qid_path ^ qid_path >> 8 ^ qid_path >> 24) % ARRAY_SIZE(s->hash)];
}

static struct inode *find_cached(struct p9_session *s, u64 qid_path)
{
	struct p9_inode *pi;
	struct inode *found = NULL;
	unsigned long f = spin_lock_irqsave(&s->lock);

	list_for_each_entry (pi, bucket(s, qid_path), hash_node) {
		if (pi->qid_path == qid_path && ref_get_unless_zero(&pi->inode->ref)) {
			found = pi->inode;
			break;
		}
	}
	spin_unlock_irqrestore(&s->lock, f);
	return found;
}

static void apply_attributes(struct inode *i, const struct kstat *st)
{
	i->mode = st->mode;
	i->uid = st->uid;
	i->gid = st->gid;
	i->nlink = st->nlink;
	i->rdev = st->rdev;
	i->blocks = st->blocks;
	i->atime = st->atime;
	i->mtime = st->mtime;
	i->ctime = st->ctime;
	i->btime = st->btime;
	i->obj.size_bytes = st->size;
	p9_i(i)->attr_ns = now_mono_ns();
	p9_i(i)->is_expired = false;
}

static void set_operations(struct inode *i)
{
	if (S_ISDIR(i->mode)) {
		i->ops = p9_s(i)->may_change ? &p9_changing_dir_iops : &p9_dir_iops;
		i->fops = &p9_dir_fops;
	} else if (S_ISLNK(i->mode)) {
		i->ops = &p9_link_iops;
	} else {
		i->ops = &p9_file_iops;
		if (S_ISREG(i->mode))
			i->fops = &p9_file_fops;
	}
}

static struct inode *new_inode(struct super_block *sb, const struct p9_qid *q, u32 fid,
			       const struct kstat *st)
{
	struct p9_inode *pi = kzalloc(sizeof(*pi), GFP_KERNEL);
	struct inode *i = pi ? inode_new(sb, st->mode, q->path) : NULL;

	if (!i) {
		kfree(pi);
		return NULL;
	}
	list_init(&pi->hash_node);
	mutex_init(&pi->open_lock, RANK_9P, "9p open");
	pi->inode = i;
	pi->qid_path = q->path;
	pi->fid = fid;
	pi->old_fid = P9_NOFID;
	pi->read_fid = P9_NOFID;
	pi->write_fid = P9_NOFID;
	i->private = pi;
	vmobj_init(&i->obj, &p9_vmobj_ops);
	i->obj.is_evictable = true;
	i->obj.private = i;
	apply_attributes(i, st);
	set_operations(i);
	return i;
}

/* `fid` was reached by a name that exists. Somebody may be using the old one this moment, so that
 * is kept until the next time. */
static void take_fid(struct p9_session *s, struct p9_inode *pi, u32 fid)
{
	unsigned long f = spin_lock_irqsave(&s->lock);
	u32 unused = fid;

	if (pi->is_lost) {
		unused = pi->old_fid;
		pi->old_fid = pi->fid;
		pi->fid = fid;
		pi->is_lost = false;
	}
	spin_unlock_irqrestore(&s->lock, f);
	p9_clunk(s, unused);
}

struct inode *p9_iget(struct super_block *sb, const struct p9_qid *q, u32 fid)
{
	struct p9_session *s = sb->private;
	struct inode *i = find_cached(s, q->path);
	struct p9_qid q2;
	struct kstat st;
	unsigned long f;
	int err;

	if (i) {
		take_fid(s, p9_i(i), fid);
		return i;
	}
	err = p9_getattr(s, fid, &st, &q2);
	if (err) {
		p9_clunk(s, fid);
		return ERR_PTR(err);
	}
	i = new_inode(sb, q, fid, &st);
	if (!i) {
		p9_clunk(s, fid);
		return ERR_PTR(-ENOMEM);
	}
	/* Two look-ups of hard links may both come here; then the file has two inodes with one
	 * number, which is harmless on a read-only share. */
	f = spin_lock_irqsave(&s->lock);
	list_add(&p9_i(i)->hash_node, bucket(s, q->path));
	spin_unlock_irqrestore(&s->lock, f);
	return i;
}

/* super_ops.evict_inode */
void p9_evict(struct inode *i)
{
	struct p9_session *s = p9_s(i);
	struct p9_inode *pi = p9_i(i);
	unsigned long f;

	if (!pi)
		return;
	f = spin_lock_irqsave(&s->lock);
	list_del(&pi->hash_node);
	spin_unlock_irqrestore(&s->lock, f);
	p9_clunk(s, pi->read_fid);
	p9_clunk(s, pi->write_fid);
	p9_clunk(s, pi->old_fid);
	p9_clunk(s, pi->fid);
	kfree(pi->link);
	kfree(pi);
	i->private = NULL;
}

int p9_refresh(struct inode *i)
{
	struct p9_inode *pi = p9_i(i);
	struct kstat st;
	struct p9_qid q;
	int err;

	/* Nobody but us can change what has no name any more. */
	if (pi->is_lost)
		return 0;
	if (!pi->is_expired && now_mono_ns() - pi->attr_ns < ATTR_LIFETIME_NS)
		return 0;
	err = p9_getattr(p9_s(i), pi->fid, &st, &q);
	if (err)
		return err;
	if (q.path != pi->qid_path || (st.mode & S_IFMT) != (i->mode & S_IFMT))
		return fail(ESTALE, "the host put another file here");
	if (S_ISREG(i->mode) && !pi->is_expired &&
	    (st.size != i->obj.size_bytes || st.mtime.sec != i->mtime.sec ||
	     st.mtime.nsec != i->mtime.nsec))
		vmobj_invalidate(&i->obj, 0, ~0ul, false);
	apply_attributes(i, &st);
	return 0;
}

int p9_ensure_open(struct inode *i, bool for_write)
{
	struct p9_inode *pi = p9_i(i);
	struct p9_session *s = p9_s(i);
	u32 *slot = for_write ? &pi->write_fid : &pi->read_fid;
	u32 fid;
	int err = 0;

	if (READ_ONCE(*slot) != P9_NOFID)
		return 0;
	mutex_lock(&pi->open_lock);
	if (*slot == P9_NOFID) {
		fid = p9_new_fid(s);
		err = p9_walk(s, pi->fid, fid, NULL, 0, NULL);
		if (!err) {
			u32 kind = S_ISDIR(i->mode) ? O_DIRECTORY : O_LARGEFILE;

			err = p9_lopen(s, fid, (for_write ? O_RDWR : O_RDONLY) | kind);
			if (for_write && err == -EACCES) /* a file that may be written, not read */
				err = p9_lopen(s, fid, O_WRONLY | O_LARGEFILE);
			if (err)
				p9_clunk(s, fid);
			else
				WRITE_ONCE(*slot, fid);
		}
	}
	mutex_unlock(&pi->open_lock);
	return err;
}

static int p9_lookup(struct inode *dir, struct dentry *de)
{
	struct p9_session *s = p9_s(dir);
	u32 fid = p9_new_fid(s);
	struct p9_qid q;
	struct inode *i;
	int err = p9_walk(s, p9_i(dir)->fid, fid, de->name, de->name_len, &q);

	if (err == -ENOENT) {
		dentry_set_inode(de, NULL);
		return 0;
	}
	if (err)
		return err;
	i = p9_iget(dir->sb, &q, fid);
	if (IS_ERR(i))
		return (int)PTR_ERR(i);
	dentry_set_inode(de, i);
	return 0;
}

static int p9_readlink(struct inode *i, char *buf, size_t size)
{
	struct p9_inode *pi = p9_i(i);
	struct p9_req *r;
	const char *target;
	size_t len;
	int err;

	if (!READ_ONCE(pi->link)) {
		r = p9_new(p9_s(i), P9_TREADLINK);
		if (!r)
			return -ENOMEM;
		p9_put(r, pi->fid, 4);
		err = p9_call(r);
		target = err ? NULL : p9_get_string(r, &len);
		if (!err && (!target || len > LINK_MAX_BYTES))
			err = -EIO;
		if (!err) {
			char *copy = kmemdup_nul(target, len, GFP_KERNEL);

			if (!copy)
				err = -ENOMEM;
			else if (!atomic_cmpxchg(&pi->link, NULL, copy))
				kfree(copy);
		}
		p9_free(r);
		if (err)
			return err;
	}
	len = str_copy(buf, pi->link, size);
	return (int)MIN(len, size - 1);
}

static int p9_getattr_op(struct inode *i, struct kstat *st)
{
	int err = p9_s(i)->may_change ? p9_refresh(i) : 0;

	if (err)
		return err;
	inode_stat_simple(i, st);
	if (!S_ISREG(i->mode)) /* directories and links have the size the host says */
		st->size = i->obj.size_bytes;
	st->blocks = i->blocks;
	st->has_btime = i->btime.sec != 0;
	return 0;
}

/* Of a share that may change: is the name still there, and the same file's? */
static bool p9_revalidate(struct dentry *de)
{
	struct inode *i = de->inode;

	return i && !p9_i(i)->is_lost && p9_refresh(i) == 0;
}

const struct inode_ops p9_dir_iops = {.lookup = p9_lookup, .getattr = p9_getattr_op};
const struct inode_ops p9_changing_dir_iops = {.lookup = p9_lookup,
					       .revalidate = p9_revalidate,
					       .getattr = p9_getattr_op,
					       .setattr = p9_setattr,
					       .create = p9_create,
					       .mkdir = p9_mkdir,
					       .symlink = p9_symlink,
					       .link = p9_link,
					       .unlink = p9_unlink,
					       .rmdir = p9_rmdir,
					       .rename = p9_rename};
const struct inode_ops p9_file_iops = {.getattr = p9_getattr_op, .setattr = p9_setattr};
const struct inode_ops p9_link_iops = {.readlink = p9_readlink,
				       .getattr = p9_getattr_op,
				       .setattr = p9_setattr};

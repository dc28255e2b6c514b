#include "fs/9p/p9.h"
#include "core/time.h"
#include "lib/err.h"
#include "lib/string.h"
#include <linux/fcntl.h>
#include "mm/kmalloc.h"

#define LINK_MAX_BYTES 4096

static struct list_head *bucket(struct p9_session *s, u64 qid_path)
{
	return &s->hash[(qid_path ^ qid_path >> 8 ^ qid_path >> 24) % ARRAY_SIZE(s->hash)];
}

/* Lock held. */
static struct inode *find(struct p9_session *s, u64 qid_path)
{
	struct p9_inode *pi;

	list_for_each_entry (pi, bucket(s, qid_path), hash_node)
		if (pi->qid_path == qid_path && ref_get_unless_zero(&pi->inode->ref))
			return pi->inode;
	return NULL;
}

struct inode *p9_find(struct p9_session *s, u64 qid_path)
{
	unsigned long f = spin_lock_irqsave(&s->lock);
	struct inode *i = find(s, qid_path);

	spin_unlock_irqrestore(&s->lock, f);
	return i;
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
void p9_take_fid(struct inode *i, u32 fid, u64 dir_qid)
{
	struct p9_session *s = p9_s(i);
	struct p9_inode *pi = p9_i(i);
	unsigned long f = spin_lock_irqsave(&s->lock);
	u32 unused = fid;

	pi->dir_qid = dir_qid;
	/* The host may have renamed it since the last look. */
	if (pi->is_lost || p9_is_stale(i)) {
		unused = pi->old_fid == pi->read_fid ? P9_NOFID : pi->old_fid;
		pi->old_fid = pi->fid;
		pi->fid = fid;
		pi->is_lost = false;
	}
	spin_unlock_irqrestore(&s->lock, f);
	p9_clunk(s, unused);
}

struct inode *p9_iget(struct super_block *sb, const struct p9_qid *q, u32 fid,
		      const struct kstat *st, u64 dir_qid)
{
	struct p9_session *s = sb->private;
	struct inode *i = new_inode(sb, q, fid, st), *other;
	unsigned long f;

	if (!i) {
		p9_clunk(s, fid);
		return ERR_PTR(-ENOMEM);
	}
	p9_i(i)->dir_qid = dir_qid;
	/* Another look-up, of this name or a hard link, may have been faster. */
	f = spin_lock_irqsave(&s->lock);
	other = find(s, q->path);
	if (!other)
		list_add(&p9_i(i)->hash_node, bucket(s, q->path));
	spin_unlock_irqrestore(&s->lock, f);
	if (!other)
		return i;
	p9_i(i)->fid = P9_NOFID;
	inode_put(i);
	p9_take_fid(other, fid, dir_qid);
	return other;
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
	p9_names_drop(pi);
	p9_block_put(p9_head_take(i));
	if (pi->read_fid != pi->fid && pi->read_fid != pi->old_fid)
		p9_clunk(s, pi->read_fid);
	p9_clunk(s, pi->write_fid);
	p9_clunk(s, pi->old_fid);
	p9_clunk(s, pi->fid);
	kfree(pi->link);
	kfree(pi);
	i->private = NULL;
}

void p9_expire(struct inode *i)
{
	atomic_add(&p9_i(i)->change_seq, 1);
	p9_i(i)->is_expired = true;
}

bool p9_is_stale(const struct inode *i)
{
	const struct p9_inode *pi = p9_i(i);

	/* Nobody but us can change what has no name any more. */
	return !pi->is_lost && (pi->is_expired || now_mono_ns() - pi->attr_ns >= P9_LIFETIME_NS);
}

int p9_apply(struct inode *i, const struct kstat *st, const struct p9_qid *q, u64 seq)
{
	struct p9_inode *pi = p9_i(i);
	bool is_ours = pi->is_expired;

	if (q->path != pi->qid_path || (st->mode & S_IFMT) != (i->mode & S_IFMT))
		return fail(ESTALE, "the host put another file here");
	if (S_ISREG(i->mode) && !is_ours &&
	    (st->size != i->obj.size_bytes || st->mtime.sec != i->mtime.sec ||
	     st->mtime.nsec != i->mtime.nsec))
		vmobj_invalidate(&i->obj, 0, ~0ul, false);
	apply_attributes(i, st);
	/* We changed it while the host was asked. */
	if (atomic_load(&pi->change_seq) != seq)
		pi->is_expired = true;
	return 0;
}

int p9_refresh(struct inode *i)
{
	struct kstat st;
	struct p9_qid q;
	struct p9_req *r;
	u64 seq;
	int err;

	if (!p9_is_stale(i))
		return 0;
	seq = atomic_load(&p9_i(i)->change_seq);
	r = p9_req_getattr(p9_s(i), p9_i(i)->fid);
	if (!r)
		return -ENOMEM;
	p9_send(r);
	p9_kick(p9_s(i));
	err = p9_wait_getattr(r, &st, &q);
	p9_free(r);
	return err ? err : p9_apply(i, &st, &q, seq);
}

/* On a share that may be written the fid of a file's name is not opened: its size is set by it. */
static int open_fid(struct inode *i, u32 *slot, bool for_write)
{
	struct p9_inode *pi = p9_i(i);
	struct p9_session *s = p9_s(i);
	u32 kind = S_ISDIR(i->mode) ? O_DIRECTORY : O_LARGEFILE;
	u32 fid = pi->fid;
	int err = 0;

	if (for_write || (s->may_change && !S_ISDIR(i->mode))) {
		fid = p9_new_fid(s);
		err = p9_clone(s, pi->fid, fid);
		if (err)
			return err;
	}
	err = p9_call_free(p9_req_lopen(s, fid, (for_write ? O_RDWR : O_RDONLY) | kind));
	if (for_write && err == -EACCES) /* a file that may be written, not read */
		err = p9_call_free(p9_req_lopen(s, fid, O_WRONLY | O_LARGEFILE));
	if (!err)
		WRITE_ONCE(*slot, fid);
	else if (fid != pi->fid)
		p9_clunk(s, fid);
	return err;
}

int p9_ensure_open(struct inode *i, bool for_write)
{
	struct p9_inode *pi = p9_i(i);
	u32 *slot = for_write ? &pi->write_fid : &pi->read_fid;
	int err = 0;

	if (READ_ONCE(*slot) != P9_NOFID)
		return 0;
	mutex_lock(&pi->open_lock);
	if (*slot == P9_NOFID)
		err = open_fid(i, slot, for_write);
	mutex_unlock(&pi->open_lock);
	return err;
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
	int err = p9_s(i)->may_change ? p9_refresh_more(i) : 0;

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

	if (!i) /* there was none, then */
		return now_mono_ns() - (u64)de->private < P9_LIFETIME_NS;
	if (p9_is_local(i))
		return true;
	return !p9_i(i)->is_lost && p9_refresh_more(i) == 0;
}

const struct inode_ops p9_dir_iops = {.lookup = p9_lookup,
				      .getattr = p9_getattr_op,
				      .getxattr = p9_getxattr,
				      .listxattr = p9_listxattr,
				      .setxattr = p9_setxattr};
const struct inode_ops p9_changing_dir_iops = {.lookup = p9_lookup,
					       .revalidate = p9_revalidate,
					       .getattr = p9_getattr_op,
					       .getxattr = p9_getxattr,
					       .listxattr = p9_listxattr,
					       .setxattr = p9_setxattr,
					       .setattr = p9_setattr,
					       .create = p9_create,
					       .mkdir = p9_mkdir,
					       .symlink = p9_symlink,
					       .link = p9_link,
					       .unlink = p9_unlink,
					       .rmdir = p9_rmdir,
					       .rename = p9_rename};
const struct inode_ops p9_file_iops = {.getattr = p9_getattr_op,
				       .getxattr = p9_getxattr,
				       .listxattr = p9_listxattr,
				       .setxattr = p9_setxattr,
				       .setattr = p9_setattr};
const struct inode_ops p9_link_iops = {.readlink = p9_readlink,
				       .getattr = p9_getattr_op,
				       .getxattr = p9_getxattr,
				       .listxattr = p9_listxattr,
				       .setxattr = p9_setxattr,
				       .setattr = p9_setattr};

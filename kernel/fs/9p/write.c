/* Operations that change the share. Whether the mount or the host allows it is checked before
 * (mount flags) and there. */
#include "fs/9p/p9.h"
#include "core/time.h"
#include "lib/err.h"
#include "lib/string.h"
#include "mm/kmalloc.h"
#include <linux/fcntl.h>
#include <linux/fs.h>

#define WRITE_CHUNK (8 * PAGE_SIZE)

/* Tsetattr's valid bits. */
#define P9_ATTR_MODE	  BIT(0)
#define P9_ATTR_UID	  BIT(1)
#define P9_ATTR_GID	  BIT(2)
#define P9_ATTR_SIZE	  BIT(3)
#define P9_ATTR_ATIME	  BIT(4)
#define P9_ATTR_MTIME	  BIT(5)
#define P9_ATTR_CTIME	  BIT(6)
#define P9_ATTR_ATIME_SET BIT(7)
#define P9_ATTR_MTIME_SET BIT(8)

long p9_write_fid(struct p9_session *s, u32 fid, u64 off, const void *data, size_t n)
{
	struct p9_req *r = p9_new(s, P9_TWRITE);
	long done;

	if (!r)
		return -ENOMEM;
	p9_put(r, fid, 4);
	p9_put(r, off, 8);
	p9_put(r, n, 4);
	done = p9_call_out(r, data, n);
	if (done == 0)
		done = (long)p9_get(r, 4);
	if (done > (long)n || r->is_bad)
		done = -EIO;
	p9_free(r);
	return done;
}

long p9_write_data(struct inode *i, u64 off, const void *data, size_t n)
{
	size_t done = 0;

	while (done < n) {
		long part = p9_write_fid(p9_s(i), p9_i(i)->write_fid, off + done,
					 (const u8 *)data + done, n - done);

		if (part <= 0)
			return done ? (long)done : part ? part : -EIO;
		done += (size_t)part;
	}
	return (long)done;
}

/* Pages that are cached take the new bytes too. */
static void update_cache(struct inode *i, u64 off, const u8 *data, size_t n)
{
	while (n) {
		size_t at = off & (PAGE_SIZE - 1), part = MIN(n, PAGE_SIZE - at);
		struct page *p = vmobj_find_page(&i->obj, off >> PAGE_SHIFT);

		if (p) {
			memcpy((u8 *)page_to_virt(p) + at, data, part);
			page_put(p);
		}
		off += part;
		data += part;
		n -= part;
	}
	if (off > i->obj.size_bytes)
		WRITE_ONCE(i->obj.size_bytes, off);
}

long p9_file_write(struct file *f, struct iter *it, s64 *pos)
{
	struct inode *i = f->inode;
	u8 *buf = kmalloc(WRITE_CHUNK, GFP_KERNEL);
	long total = 0, n = 0;

	if (!buf)
		return -ENOMEM;
	down_write(&i->rwsem);
	if (file_appends(f, it))
		*pos = (s64)i->obj.size_bytes;
	while (it->count) {
		size_t want = MIN(it->count, WRITE_CHUNK);
		size_t got = iter_get(it, buf, want);

		if (!got) {
			n = -EFAULT;
			break;
		}
		n = p9_write_data(i, (u64)*pos, buf, got);
		if (n <= 0)
			break;
		update_cache(i, (u64)*pos, buf, (size_t)n);
		*pos += n;
		total += n;
		if ((size_t)n < got)
			break;
	}
	if (total) {
		inode_touch(i, ATTR_MTIME | ATTR_CTIME);
		i->blocks = DIV_ROUND_UP(i->obj.size_bytes, 512);
		p9_expire(i);
	}
	up_write(&i->rwsem);
	kfree(buf);
	return total ? total : n;
}

int p9_writeback(struct vmobj *o, struct page *p)
{
	struct inode *i = o->private;
	u64 off = p->index << PAGE_SHIFT;
	long n;
	int err;

	if (off >= o->size_bytes)
		return 0;
	err = p9_ensure_open(i, true);
	if (err)
		return err;
	n = p9_write_data(i, off, page_to_virt(p), MIN(PAGE_SIZE, o->size_bytes - off));
	p9_expire(i);
	return n < 0 ? (int)n : 0;
}

int p9_file_fsync(struct file *f, bool data_only)
{
	struct p9_inode *pi = p9_i(f->inode);
	u32 fid = S_ISDIR(f->inode->mode) ? pi->read_fid : pi->write_fid;
	struct p9_req *r;
	int err = vmobj_sync(&f->inode->obj, 0, ~0ul);

	if (err || fid == P9_NOFID)
		return err;
	r = p9_new(p9_s(f->inode), P9_TFSYNC);
	if (!r)
		return -ENOMEM;
	p9_put(r, fid, 4);
	p9_put(r, data_only, 4);
	return p9_call_free(r);
}

/*
 * What was just made under the entry's name: look it up and hang it there. The host's server makes
 * it as its own user; when that is root it can be given to ours, and when not it stays as it is.
 */
static int adopt(struct inode *dir, struct dentry *de, const struct new_node *n)
{
	struct iattr a = {.valid = ATTR_UID | ATTR_GID, .uid = n->uid, .gid = n->gid};
	int err;

	p9_expire(dir);
	err = p9_lookup_one(dir, de);
	if (!err && de->inode && (de->inode->uid != n->uid || de->inode->gid != n->gid))
		p9_setattr(de->inode, &a);
	return err;
}

static int create_regular(struct inode *dir, struct dentry *de, const struct new_node *n)
{
	struct p9_session *s = p9_s(dir);
	u32 fid = p9_new_fid(s);
	struct p9_req *r;
	int err = p9_clone(s, p9_i(dir)->fid, fid);

	if (err)
		return err;
	r = p9_new(s, P9_TLCREATE);
	if (!r) {
		p9_clunk(s, fid);
		return -ENOMEM;
	}
	p9_put(r, fid, 4);
	p9_put_string(r, de->name, de->name_len);
	p9_put(r, O_RDWR | O_CREAT | O_EXCL | O_LARGEFILE, 4);
	p9_put(r, n->mode & 07777, 4);
	p9_put(r, n->gid, 4);
	err = p9_call_free(r);
	p9_clunk(s, fid);
	return err ? err : adopt(dir, de, n);
}

int p9_create(struct inode *dir, struct dentry *de, const struct new_node *n)
{
	struct p9_req *r;
	int err;

	if (S_ISREG(n->mode))
		return create_regular(dir, de, n);
	r = p9_new(p9_s(dir), P9_TMKNOD);
	if (!r)
		return -ENOMEM;
	p9_put(r, p9_i(dir)->fid, 4);
	p9_put_string(r, de->name, de->name_len);
	p9_put(r, n->mode, 4);
	p9_put(r, n->rdev >> 32, 4);
	p9_put(r, (u32)n->rdev, 4);
	p9_put(r, n->gid, 4);
	err = p9_call_free(r);
	/* The server opens what it has made to set its owner, and refuses to open what is special.
	 * mknod(2): EPERM, the file system does not support this type. */
	if (err == -ENXIO)
		return S_ISCHR(n->mode) || S_ISBLK(n->mode) ? -EPERM : p9_local_create(dir, de, n);
	return err ? err : adopt(dir, de, n);
}

int p9_mkdir(struct inode *dir, struct dentry *de, const struct new_node *n)
{
	struct p9_req *r = p9_new(p9_s(dir), P9_TMKDIR);
	int err;

	if (!r)
		return -ENOMEM;
	p9_put(r, p9_i(dir)->fid, 4);
	p9_put_string(r, de->name, de->name_len);
	p9_put(r, n->mode & 07777, 4);
	p9_put(r, n->gid, 4);
	err = p9_call_free(r);
	return err ? err : adopt(dir, de, n);
}

int p9_symlink(struct inode *dir, struct dentry *de, const char *target, const struct new_node *n)
{
	struct p9_req *r = p9_new(p9_s(dir), P9_TSYMLINK);
	int err;

	if (!r)
		return -ENOMEM;
	p9_put(r, p9_i(dir)->fid, 4);
	p9_put_string(r, de->name, de->name_len);
	p9_put_string(r, target, strlen(target));
	p9_put(r, n->gid, 4);
	err = p9_call_free(r);
	return err ? err : adopt(dir, de, n);
}

int p9_link(struct inode *i, struct inode *dir, struct dentry *de)
{
	struct p9_req *r;
	int err;

	if (p9_is_local(i)) {
		p9_local_link(i, dir, de);
		return 0;
	}
	r = p9_new(p9_s(dir), P9_TLINK);
	if (!r)
		return -ENOMEM;
	p9_put(r, p9_i(dir)->fid, 4);
	p9_put(r, p9_i(i)->fid, 4);
	p9_put_string(r, de->name, de->name_len);
	err = p9_call_free(r);
	if (err)
		return err;
	i->nlink++;
	p9_expire(i);
	p9_expire(dir);
	dentry_set_inode(de, inode_get(i));
	return 0;
}

/* One of its names is gone, perhaps the one its fid stands for. A directory has only one. */
static void forget_name(struct inode *i)
{
	if (S_ISDIR(i->mode))
		i->nlink = 0;
	else if (i->nlink)
		i->nlink--;
	p9_i(i)->is_lost = true;
}

static int unlinkat(struct inode *dir, struct dentry *de, u32 flags)
{
	struct p9_req *r = p9_new(p9_s(dir), P9_TUNLINKAT);
	int err;

	if (!r)
		return -ENOMEM;
	p9_put(r, p9_i(dir)->fid, 4);
	p9_put_string(r, de->name, de->name_len);
	p9_put(r, flags, 4);
	err = p9_call_free(r);
	if (err)
		return err;
	forget_name(de->inode);
	p9_expire(dir);
	return 0;
}

int p9_unlink(struct inode *dir, struct dentry *de)
{
	if (p9_is_local(de->inode)) {
		p9_local_unlink(dir, de);
		return 0;
	}
	return unlinkat(dir, de, 0);
}

int p9_rmdir(struct inode *dir, struct dentry *de)
{
	return p9_i(de->inode)->nr_local ? -ENOTEMPTY : unlinkat(dir, de, AT_REMOVEDIR);
}

/* A local entry takes the place of another file. */
static int rename_local(struct inode *odir, struct inode *ndir, struct dentry *nde)
{
	int err = nde->inode ? p9_unlink(ndir, nde) : 0;

	if (!err)
		p9_local_moved(odir, ndir);
	return err;
}

int p9_rename(struct inode *odir, struct dentry *ode, struct inode *ndir, struct dentry *nde,
	      unsigned flags)
{
	struct p9_req *r;
	int err;

	/* The protocol has plain renames only. With NOREPLACE the VFS has seen that nothing is
	 * there; the host may still be faster, so it is refused rather than promised. */
	if (flags)
		return -EINVAL;
	if (p9_is_local(ode->inode))
		return rename_local(odir, ndir, nde);
	if (nde->inode && S_ISDIR(nde->inode->mode) && p9_i(nde->inode)->nr_local)
		return -ENOTEMPTY;
	r = p9_new(p9_s(odir), P9_TRENAMEAT);
	if (!r)
		return -ENOMEM;
	p9_put(r, p9_i(odir)->fid, 4);
	p9_put_string(r, ode->name, ode->name_len);
	p9_put(r, p9_i(ndir)->fid, 4);
	p9_put_string(r, nde->name, nde->name_len);
	err = p9_call_free(r);
	p9_expire(odir);
	p9_expire(ndir);
	if (!err && nde->inode && p9_is_local(nde->inode))
		p9_local_unlink(ndir, nde);
	else if (!err && nde->inode)
		forget_name(nde->inode);
	if (!err)
		p9_expire(ode->inode);
	return err;
}

static void put_time(struct p9_req *r, const struct ktime_ts *t)
{
	p9_put(r, (u64)t->sec, 8);
	p9_put(r, t->nsec, 8);
}

static u32 wire_valid(u32 valid)
{
	u32 v = 0;

	v |= valid & ATTR_MODE ? P9_ATTR_MODE : 0;
	v |= valid & ATTR_UID ? P9_ATTR_UID : 0;
	v |= valid & ATTR_GID ? P9_ATTR_GID : 0;
	v |= valid & ATTR_SIZE ? P9_ATTR_SIZE : 0;
	v |= valid & ATTR_ATIME_NOW ? P9_ATTR_ATIME
	     : valid & ATTR_ATIME   ? P9_ATTR_ATIME | P9_ATTR_ATIME_SET
				    : 0;
	v |= valid & ATTR_MTIME_NOW ? P9_ATTR_MTIME
	     : valid & ATTR_MTIME   ? P9_ATTR_MTIME | P9_ATTR_MTIME_SET
				    : 0;
	return v;
}

/* Zeroes over what is cut off: the protocol can set the size only of what has a name. */
static int cut_nameless(struct inode *i, u64 size)
{
	u64 at = size, end = i->obj.size_bytes;
	u8 *zero = kzalloc(WRITE_CHUNK, GFP_KERNEL);
	long n = zero ? 0 : -ENOMEM;

	while (n >= 0 && at < end) {
		n = p9_write_data(i, at, zero, MIN(end - at, WRITE_CHUNK));
		at += n > 0 ? (u64)n : 0;
	}
	if (n >= 0 && size > end)
		n = p9_write_data(i, size - 1, zero, 1);
	kfree(zero);
	return n < 0 ? (int)n : 0;
}

/* A file that is open but has no name left is ours alone: what the host believes is of no matter,
 * except for the data. */
static int setattr_nameless(struct inode *i, const struct iattr *a)
{
	struct iattr rest = *a;
	int err = 0;

	if (a->valid & ATTR_SIZE)
		err = p9_i(i)->write_fid == P9_NOFID ? -ENOENT : cut_nameless(i, a->size);
	if (err)
		return err;
	if (a->valid & ATTR_SIZE)
		vmobj_truncate(&i->obj, a->size);
	rest.valid &= ~ATTR_SIZE;
	return inode_setattr_simple(i, &rest);
}

int p9_setattr(struct inode *i, const struct iattr *a)
{
	u32 valid = wire_valid(a->valid);
	struct p9_req *r;
	int err;

	if (!valid)
		return 0;
	if (p9_i(i)->is_lost && !i->nlink)
		return setattr_nameless(i, a);
	r = p9_new(p9_s(i), P9_TSETATTR);
	if (!r)
		return -ENOMEM;
	p9_put(r, p9_i(i)->fid, 4);
	p9_put(r, valid, 4);
	p9_put(r, a->mode & 07777, 4);
	p9_put(r, a->uid, 4);
	p9_put(r, a->gid, 4);
	p9_put(r, a->size, 8);
	put_time(r, &a->atime);
	put_time(r, &a->mtime);
	err = p9_call_free(r);
	if (err)
		return err;
	if (a->valid & ATTR_SIZE)
		vmobj_truncate(&i->obj, a->size);
	p9_expire(i);
	return p9_refresh(i);
}

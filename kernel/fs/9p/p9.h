/*
 * 9p2000.L over a message channel: the host's files. Attributes, names and pages are cached, and
 * checked against the host again when a file is opened more than a second after the last look.
 * Writes go through to the host at once; pages dirtied by shared mappings go at msync and close.
 */
#ifndef FS_9P_P9_H
#define FS_9P_P9_H

#include "core/channel.h"
#include "core/lock.h"
#include "vfs/file.h"

enum p9_type {
	P9_RLERROR = 7,
	P9_TSTATFS = 8,
	P9_TLOPEN = 12,
	P9_TLCREATE = 14,
	P9_TSYMLINK = 16,
	P9_TMKNOD = 18,
	P9_TREADLINK = 22,
	P9_TGETATTR = 24,
	P9_TSETATTR = 26,
	P9_TREADDIR = 40,
	P9_TFSYNC = 50,
	P9_TLINK = 70,
	P9_TMKDIR = 72,
	P9_TRENAMEAT = 74,
	P9_TUNLINKAT = 76,
	P9_TVERSION = 100,
	P9_TATTACH = 104,
	P9_TWALK = 110,
	P9_TREAD = 116,
	P9_TWRITE = 118,
	P9_TCLUNK = 120,
};

#define P9_NOTAG    0xffffu
#define P9_NOFID    0xffffffffu
#define P9_DATA_MAX (32 * PAGE_SIZE) /* bytes of one Tread */
#define P9_HEADER   7		     /* size[4] type[1] tag[2] */
#define P9_OUT_SIZE 3072
#define P9_IN_SIZE  (8192 - P9_OUT_SIZE - 64)

struct p9_session {
	struct msg_channel *channel;
	u32 msize;
	u32 next_fid;	 /* atomic */
	u32 next_tag;	 /* atomic */
	spinlock_t lock; /* RANK_ICACHE: inode hash */
	struct list_head hash[256];
	/* The share may be written, by us and perhaps by the host as well: names and attributes are
	 * looked at again after a second also when nothing is opened. */
	bool may_change;
};

/* One request and its reply, both in the same block. */
struct p9_req {
	struct p9_session *s;
	unsigned out_len, in_len, in_off;
	u8 type;
	bool is_bad; /* a put or get ran over its buffer */
	u8 out[P9_OUT_SIZE];
	u8 in[P9_IN_SIZE];
};

struct p9_qid {
	u8 type;
	u32 version;
	u64 path;
};

struct p9_inode {
	struct list_head hash_node; /* session->lock */
	struct inode *inode;
	u64 qid_path;
	u32 fid;       /* names the file; never opened */
	u32 read_fid;  /* opened for reading, or P9_NOFID; set once under the inode's rwsem or the
			  page fill lock */
	u32 write_fid; /* opened for reading and writing, or P9_NOFID */
	struct mutex open_lock;
	u32 old_fid;	 /* what `fid` was before the name it stood for went, or P9_NOFID */
	u64 attr_ns;	 /* monotonic time of the last getattr */
	bool is_expired; /* we changed the file: the host knows the attributes, not we */
	bool is_lost;	 /* the name that `fid` stands for may be gone; open fids still work */
	char *link;	 /* cached target of a symlink */
};

static inline struct p9_inode *p9_i(const struct inode *i)
{
	return i->private;
}
static inline struct p9_session *p9_s(const struct inode *i)
{
	return i->sb->private;
}

/* rpc.c. A request begins with p9_new, ends with p9_free. p9_call: 0, the host's error, or -EIO for
 * a malformed reply. */
struct p9_req *p9_new(struct p9_session *s, enum p9_type type); /* NULL */
void p9_free(struct p9_req *r);
void p9_put(struct p9_req *r, u64 v, unsigned bytes);
void p9_put_string(struct p9_req *r, const char *str, size_t len);
u64 p9_get(struct p9_req *r, unsigned bytes);
const char *p9_get_string(struct p9_req *r, size_t *len); /* NULL when damaged */
void p9_get_qid(struct p9_req *r, struct p9_qid *q);
int p9_call(struct p9_req *r);
/* Tread/Treaddir: the data goes to `in` directly. Bytes read, or an error. */
long p9_call_data(struct p9_req *r, const struct msg_vec *in, unsigned nr_in, size_t room);

/* Twrite: n bytes of data behind the request, directly from `data` (mapped memory, not a stack). */
int p9_call_out(struct p9_req *r, const void *data, size_t n);

/* ops.c: single protocol steps. */
u32 p9_new_fid(struct p9_session *s);
void p9_clunk(struct p9_session *s, u32 fid);
int p9_walk(struct p9_session *s, u32 fid, u32 new_fid, const char *name, size_t len,
	    struct p9_qid *q); /* name NULL: clone */
int p9_lopen(struct p9_session *s, u32 fid, u32 flags);
int p9_getattr(struct p9_session *s, u32 fid, struct kstat *st, struct p9_qid *q);
long p9_read(struct p9_session *s, u32 fid, u64 off, const struct msg_vec *in, unsigned nr_in,
	     size_t n);

/* inode.c */
/* The inode of `q` (ref taken); `fid` is consumed in every case. ERR_PTR. */
struct inode *p9_iget(struct super_block *sb, const struct p9_qid *q, u32 fid);
void p9_evict(struct inode *i);
int p9_refresh(struct inode *i); /* attributes again when they are old; drops cached pages when the
				    file changed */
int p9_ensure_open(struct inode *i, bool for_write);
/* write.c: operations that change the share */
extern const struct inode_ops p9_dir_iops, p9_changing_dir_iops, p9_file_iops, p9_link_iops;
/* file.c */
extern const struct file_ops p9_dir_fops, p9_file_fops;
extern const struct vmobj_ops p9_vmobj_ops;

/* write.c */
long p9_write_data(struct inode *i, u64 off, const void *data, size_t n); /* bytes or error */
long p9_file_write(struct file *f, struct iter *it, s64 *pos);
int p9_file_fsync(struct file *f, bool data_only);
int p9_writeback(struct vmobj *o, struct page *p);
int p9_create(struct inode *dir, struct dentry *de, const struct new_node *n);
int p9_mkdir(struct inode *dir, struct dentry *de, const struct new_node *n);
int p9_symlink(struct inode *dir, struct dentry *de, const char *target, const struct new_node *n);
int p9_link(struct inode *i, struct inode *dir, struct dentry *de);
int p9_unlink(struct inode *dir, struct dentry *de);
int p9_rmdir(struct inode *dir, struct dentry *de);
int p9_rename(struct inode *odir, struct dentry *ode, struct inode *ndir, struct dentry *nde,
	      unsigned flags);
int p9_setattr(struct inode *i, const struct iattr *a);
void p9_expire(struct inode *i);

#endif

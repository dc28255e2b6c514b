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
	P9_TXATTRWALK = 30,
	P9_TXATTRCREATE = 32,
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
/* Room for what is not data: two names and the numbers around them; the attributes. Requests with
 * the target of a symbolic link are large ones. */
#define P9_OUT_SMALL 608
#define P9_IN_SMALL  256
#define P9_LARGE     (4096 + P9_OUT_SMALL)

struct p9_session {
	struct msg_channel *channel;
	u32 msize;
	u32 next_fid;	 /* atomic */
	u32 next_tag;	 /* atomic */
	spinlock_t lock; /* RANK_ICACHE: the rest but may_change */
	struct list_head hash[256];
	struct list_head names; /* struct p9_names, the oldest first */
	size_t names_size;	/* bytes of all their blocks */
	struct list_head heads; /* blocks of files, the oldest first */
	unsigned nr_heads;
	u32 nr_local_made; /* atomic: local.c */
	/* The share may be written, by us and perhaps by the host as well: names and attributes are
	 * looked at again after a second also when nothing is opened. */
	bool may_change;
};

/* One request and its reply, all in one block. */
struct p9_req {
	struct msg_call call;
	struct p9_session *s;
	unsigned out_max, out_len, in_max, in_len, in_off;
	u8 type;
	bool is_bad; /* a put or get ran over its buffer */
	int err;     /* of sending */
	u8 *in, out[];
};

struct p9_qid {
	u8 type;
	u32 version;
	u64 path;
};

/* A piece of a directory or of a file, as the host sent it. Entries of a directory are qid[13]
 * offset[8] type[1] name[s]. */
struct p9_block {
	refcount_t ref;
	bool is_last;		  /* the directory ends here */
	u32 len, room;		  /* bytes in data; bytes there are */
	s64 start, end;		  /* positions of the first entry and behind the last */
	u64 read_ns;		  /* monotonic: when it was asked for */
	u64 change_seq;		  /* of the inode, then */
	struct p9_block *next;	  /* session->lock: of p9_names */
	struct list_head node;	  /* session->lock: session->heads */
	struct p9_inode *head_of; /* session->lock */
	u8 data[];
};

/* What is known of a directory that was read, and what was asked of it since. session->lock. */
struct p9_names {
	struct list_head node; /* session->names */
	struct p9_inode *owner;
	size_t size;
	struct p9_block *first;
	/* How far entries have been fetched, and attributes looked at again, without being asked.
	 */
	struct p9_place {
		struct p9_block *block;
		u32 off;
	} ahead, again;
	u8 nr_asked; /* times that the host was asked for one entry, up to 255 */
	u8 wants;    /* P9_WANTS_*: what of */
};
#define P9_WANTS_DIRS	BIT(0) /* directories */
#define P9_WANTS_OTHERS BIT(1) /* other files */
#define P9_WANTS_LISTS	BIT(2) /* directories are read */
#define P9_WANTS_DATA	BIT(3) /* files are read */

struct p9_inode {
	struct list_head hash_node; /* session->lock */
	struct inode *inode;
	u64 qid_path;
	u64 dir_qid;   /* of the directory it was found in last */
	u32 fid;       /* names the file */
	u32 read_fid;  /* opened for reading, or P9_NOFID; set once under open_lock. Mostly `fid`
			  itself: QEMU's server lets walks start from open fids. */
	u32 write_fid; /* opened for reading and writing, or P9_NOFID */
	struct mutex open_lock;
	u32 old_fid;		/* what `fid` was before the name it stood for went, or P9_NOFID */
	u64 change_seq;		/* counts our changes; atomic */
	struct p9_names *names; /* session->lock */
	struct p9_block *head;	/* session->lock: all of a small file, until it is read */
	u64 attr_ns;		/* monotonic time of the last getattr */
	u32 nr_local;		/* entries of local.c in this directory; its rwsem */
	bool is_noted;		/* its directory knows that it was opened */
	bool is_expired;	/* we changed the file: the host knows the attributes, not we */
	bool is_lost; /* the name that `fid` stands for may be gone; open fids still work */
	char *link;   /* cached target of a symlink */
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
/* The same, and frees the request, which may be NULL: -ENOMEM. */
int p9_call_free(struct p9_req *r);
/* The parts of p9_call. What is sent together is on its way together, and the host takes it in any
 * order: no request may need another's effect. */
void p9_send(struct p9_req *r);
void p9_kick(struct p9_session *s);
int p9_wait(struct p9_req *r);
/* Tread/Treaddir: the data goes to `in` directly. Bytes read, or an error. */
void p9_send_data(struct p9_req *r, const struct msg_vec *in, unsigned nr_in);
long p9_wait_data(struct p9_req *r, size_t room);
/* Nobody waits for the answer; `r` is freed. */
void p9_post(struct p9_req *r);
/* Twrite: n bytes of data behind the request, directly from `data` (mapped memory, not a stack). */
int p9_call_out(struct p9_req *r, const void *data, size_t n);

/* ops.c: requests, NULL when out of memory, and what comes back. */
u32 p9_new_fid(struct p9_session *s);
void p9_clunk(struct p9_session *s, u32 fid);
struct p9_req *p9_req_walk(struct p9_session *s, u32 fid, u32 new_fid, const char *name,
			   size_t len); /* name NULL: clone */
int p9_wait_walk(struct p9_req *r, struct p9_qid *q);
int p9_clone(struct p9_session *s, u32 fid, u32 new_fid);
struct p9_req *p9_req_lopen(struct p9_session *s, u32 fid, u32 flags);
struct p9_req *p9_req_getattr(struct p9_session *s, u32 fid);
int p9_wait_getattr(struct p9_req *r, struct kstat *st, struct p9_qid *q);
struct p9_req *p9_req_read(struct p9_session *s, enum p9_type type, u32 fid, u64 off, size_t n);

/* inode.c */
/* The inode of `q` if it is known, referenced. */
struct inode *p9_find(struct p9_session *s, u64 qid_path);
/* The inode of `q` with these attributes, found under `fid` in the directory dir_qid; `fid` is
 * consumed in every case. ERR_PTR. */
struct inode *p9_iget(struct super_block *sb, const struct p9_qid *q, u32 fid,
		      const struct kstat *st, u64 dir_qid);
/* A known inode was reached by `fid`, which is consumed. */
void p9_take_fid(struct inode *i, u32 fid, u64 dir_qid);
void p9_evict(struct inode *i);
/* Attributes again when they are old; drops cached pages when the file changed. */
int p9_refresh(struct inode *i);
bool p9_is_stale(const struct inode *i);
/* What the host said when the inode's change_seq was `seq`. */
int p9_apply(struct inode *i, const struct kstat *st, const struct p9_qid *q, u64 seq);
/* We changed it: the next look asks the host. What is cached of the data is ours and stays. */
void p9_expire(struct inode *i);
#define P9_LIFETIME_NS NSEC_PER_SEC /* what was looked at so recently is good */

/* names.c: blocks, and what they say. */
struct p9_block *p9_block_new(struct inode *i, size_t room); /* ref 1; NULL */
void p9_block_put(struct p9_block *b);
/* `len` bytes have come; returns the block or a smaller copy. Of a directory: it starts at `start`.
 */
struct p9_block *p9_block_done(struct p9_block *b, size_t len);
void p9_dir_block_done(struct p9_block *b, s64 start);
struct p9_entry {
	const char *name;
	u32 len;
	u64 qid_path;
	s64 next;
	u8 dtype; /* DT_* */
};
/* The entry at *off of a block, and *off behind it; false at the end. */
bool p9_next_entry(const struct p9_block *b, u32 *off, struct p9_entry *e);
/* The block of a directory that starts at `pos`, from the host if need be; referenced. ERR_PTR. */
struct p9_block *p9_dir_block(struct inode *i, s64 pos);
/* The same when it is here already, or NULL. */
struct p9_block *p9_dir_block_cached(struct inode *i, s64 pos);
void p9_names_add(struct inode *i, struct p9_block *b); /* takes its own reference */
void p9_names_drop(struct p9_inode *pi);
void p9_head_add(struct inode *i, struct p9_block *b); /* consumes the reference */
struct p9_block *p9_head_take(struct inode *i);	       /* NULL */
#define P9_DIR_BLOCK   (16 * PAGE_SIZE)
#define P9_ENTRY_MAX   (24u + 255)
#define P9_AHEAD_BLOCK (2 * PAGE_SIZE) /* of what nobody has asked for yet */

/* ahead.c: what is likely to be asked for next comes with what is. */
int p9_lookup(struct inode *dir, struct dentry *de);
int p9_lookup_one(struct inode *dir, struct dentry *de); /* without that */
/* As p9_refresh(), for the like of it in the same directory as well. */
int p9_refresh_more(struct inode *i);
/* A file of the directory it was found in was opened. */
void p9_note_open(struct inode *i);

int p9_ensure_open(struct inode *i, bool for_write);
/* write.c: operations that change the share */
extern const struct inode_ops p9_dir_iops, p9_changing_dir_iops, p9_file_iops, p9_link_iops;
/* file.c */
extern const struct file_ops p9_dir_fops, p9_file_fops;
extern const struct vmobj_ops p9_vmobj_ops;

/* local.c: FIFOs and sockets that only this kernel knows. The directory is locked. */
bool p9_is_local(const struct inode *i);
int p9_local_create(struct inode *dir, struct dentry *de, const struct new_node *n);
void p9_local_link(struct inode *i, struct inode *dir, struct dentry *de);
void p9_local_unlink(struct inode *dir, struct dentry *de);
void p9_local_moved(struct inode *odir, struct inode *ndir);
/* Where a directory goes on after the host's last entry, which ends at `end`. */
s64 p9_local_start(const struct inode *dir, s64 end);
/* Show them, if the position is theirs. */
bool p9_local_readdir(struct file *f, struct dir_context *ctx);

/* xattr.c */
long p9_getxattr(struct inode *i, const char *name, void *buf, size_t size);
int p9_setxattr(struct inode *i, const char *name, const void *value, size_t size, int flags);
long p9_listxattr(struct inode *i, char *buf, size_t size, bool with_trusted);

/* write.c */
/* Twrite, once: bytes or an error. */
long p9_write_fid(struct p9_session *s, u32 fid, u64 off, const void *data, size_t n);
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

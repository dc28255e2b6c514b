#include "fs/9p/p9.h"
#include "lib/err.h"
#include "lib/string.h"

#define P9_GETATTR_BASIC 0x7ffull
#define P9_GETATTR_BTIME 0x800ull

u32 p9_new_fid(struct p9_session *s)
{
	return atomic_add(&s->next_fid, 1);
}

void p9_clunk(struct p9_session *s, u32 fid)
{
	struct p9_req *r;

	if (fid == P9_NOFID)
		return;
	r = p9_new(s, P9_TCLUNK);
	if (!r)
		return; /* the host keeps one entry too many until the machine ends */
	p9_put(r, fid, 4);
	p9_post(r);
}

struct p9_req *p9_req_walk(struct p9_session *s, u32 fid, u32 new_fid, const char *name, size_t len)
{
	struct p9_req *r = p9_new(s, P9_TWALK);

	if (!r)
		return NULL;
	p9_put(r, fid, 4);
	p9_put(r, new_fid, 4);
	p9_put(r, name ? 1 : 0, 2);
	if (name)
		p9_put_string(r, name, len);
	return r;
}

int p9_wait_walk(struct p9_req *r, struct p9_qid *q)
{
	int err = p9_wait(r);

	if (err)
		return err;
	if (p9_get(r, 2) != 1)
		return -ENOENT;
	p9_get_qid(r, q);
	return r->is_bad ? -EIO : 0;
}

int p9_clone(struct p9_session *s, u32 fid, u32 new_fid)
{
	return p9_call_free(p9_req_walk(s, fid, new_fid, NULL, 0));
}

struct p9_req *p9_req_lopen(struct p9_session *s, u32 fid, u32 flags)
{
	struct p9_req *r = p9_new(s, P9_TLOPEN);

	if (!r)
		return NULL;
	p9_put(r, fid, 4);
	p9_put(r, flags, 4);
	return r;
}

static struct ktime_ts get_time(struct p9_req *r)
{
	struct ktime_ts t;

	t.sec = (s64)p9_get(r, 8);
	t.nsec = (u32)p9_get(r, 8);
	return t;
}

struct p9_req *p9_req_getattr(struct p9_session *s, u32 fid)
{
	struct p9_req *r = p9_new(s, P9_TGETATTR);

	if (!r)
		return NULL;
	p9_put(r, fid, 4);
	p9_put(r, P9_GETATTR_BASIC | P9_GETATTR_BTIME, 8);
	return r;
}

int p9_wait_getattr(struct p9_req *r, struct kstat *st, struct p9_qid *q)
{
	int err = p9_wait(r);
	u64 valid, dev;

	if (err)
		return err;
	*st = (struct kstat){.blksize = 4096};
	valid = p9_get(r, 8);
	p9_get_qid(r, q);
	st->mode = (u32)p9_get(r, 4);
	st->uid = (u32)p9_get(r, 4);
	st->gid = (u32)p9_get(r, 4);
	st->nlink = (u32)p9_get(r, 8);
	dev = p9_get(r, 8);
	/* The host sends its C library's 64-bit dev_t. */
	st->rdev = ((dev >> 8 & 0xfff) | (dev >> 32 & ~0xffful)) << 32 | (dev & 0xff) |
		   (dev >> 12 & 0xffffff00);
	st->size = p9_get(r, 8);
	p9_get(r, 8); /* its idea of a good I/O size; ours is a page */
	st->blocks = p9_get(r, 8);
	st->atime = get_time(r);
	st->mtime = get_time(r);
	st->ctime = get_time(r);
	st->btime = get_time(r);
	st->has_btime = valid & P9_GETATTR_BTIME;
	return r->is_bad ? -EIO : 0;
}

/* Tread and Treaddir, which look the same. */
struct p9_req *p9_req_read(struct p9_session *s, enum p9_type type, u32 fid, u64 off, size_t n)
{
	struct p9_req *r = p9_new(s, type);

	if (!r)
		return NULL;
	p9_put(r, fid, 4);
	p9_put(r, off, 8);
	p9_put(r, n, 4);
	return r;
}

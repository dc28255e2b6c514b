#include "fs/9p/p9.h"
#include "core/log.h"
#include "lib/err.h"
#include "lib/string.h"
#include "mm/kmalloc.h"

struct p9_req *p9_new(struct p9_session *s, enum p9_type type)
{
	struct p9_req *r = kmalloc(sizeof(*r), GFP_KERNEL);
	u32 tag = P9_NOTAG;

	if (!r)
		return NULL;
	/* Far fewer requests fit the queue than there are tags, so a counter never meets one still
	 * in use. */
	if (type != P9_TVERSION)
		tag = atomic_add(&s->next_tag, 1) % P9_NOTAG;
	r->s = s;
	r->out_len = 0;
	r->in_len = 0;
	r->in_off = 0;
	r->type = (u8)type;
	r->is_bad = false;
	p9_put(r, 0, 4);
	p9_put(r, type, 1);
	p9_put(r, tag, 2);
	return r;
}

void p9_free(struct p9_req *r)
{
	kfree(r);
}

/* Integers are little-endian on the wire. */
void p9_put(struct p9_req *r, u64 v, unsigned bytes)
{
	if (r->out_len + bytes > P9_OUT_SIZE) {
		r->is_bad = true;
		return;
	}
	for (unsigned i = 0; i < bytes; i++)
		r->out[r->out_len++] = (u8)(v >> (8 * i));
}

void p9_put_string(struct p9_req *r, const char *str, size_t len)
{
	p9_put(r, len, 2);
	if (r->out_len + len > P9_OUT_SIZE) {
		r->is_bad = true;
		return;
	}
	memcpy(r->out + r->out_len, str, len);
	r->out_len += (unsigned)len;
}

u64 p9_get(struct p9_req *r, unsigned bytes)
{
	u64 v = 0;

	if (r->in_off + bytes > r->in_len) {
		r->is_bad = true;
		return 0;
	}
	for (unsigned i = 0; i < bytes; i++)
		v |= (u64)r->in[r->in_off++] << (8 * i);
	return v;
}

const char *p9_get_string(struct p9_req *r, size_t *len)
{
	const char *s;

	*len = p9_get(r, 2);
	if (r->is_bad || r->in_off + *len > r->in_len) {
		r->is_bad = true;
		return NULL;
	}
	s = (const char *)r->in + r->in_off;
	r->in_off += (unsigned)*len;
	return s;
}

void p9_get_qid(struct p9_req *r, struct p9_qid *q)
{
	q->type = (u8)p9_get(r, 1);
	q->version = (u32)p9_get(r, 4);
	q->path = p9_get(r, 8);
}

static void put_size(struct p9_req *r)
{
	for (unsigned i = 0; i < 4; i++)
		r->out[i] = (u8)(r->out_len >> (8 * i));
}

/* Check the reply's header; leaves in_off behind it. */
static int check_reply(struct p9_req *r)
{
	u64 size = p9_get(r, 4);
	u64 type = p9_get(r, 1);
	u64 err;

	p9_get(r, 2);
	if (r->is_bad || size < P9_HEADER)
		return fail(EIO, "short 9p reply");
	if (type == P9_RLERROR) {
		err = p9_get(r, 4);
		return r->is_bad || err == 0 || err > MAX_ERRNO ? -EIO : -(int)err;
	}
	if (type != r->type + 1u)
		return fail(EIO, "9p reply of another type");
	return 0;
}

int p9_call(struct p9_req *r)
{
	struct msg_vec out = {r->out, r->out_len}, in = {r->in, P9_IN_SIZE};
	long n;

	if (r->is_bad)
		return -ENAMETOOLONG;
	put_size(r);
	n = r->s->channel->rpc(r->s->channel, &out, 1, &in, 1);
	if (n < 0)
		return (int)n;
	r->in_len = (unsigned)MIN(n, (long)P9_IN_SIZE);
	return check_reply(r);
}

long p9_call_data(struct p9_req *r, const struct msg_vec *in, unsigned nr_in, size_t room)
{
	struct msg_vec out = {r->out, r->out_len}, vec[40];
	u64 count;
	long n;
	int err;

	if (r->is_bad || nr_in + 1 > ARRAY_SIZE(vec))
		return -EINVAL;
	put_size(r);
	vec[0] = (struct msg_vec){r->in, P9_HEADER + 4};
	memcpy(vec + 1, in, nr_in * sizeof(*in));
	n = r->s->channel->rpc(r->s->channel, &out, 1, vec, nr_in + 1);
	if (n < 0)
		return n;
	r->in_len = (unsigned)MIN(n, (long)P9_HEADER + 4);
	err = check_reply(r);
	if (err)
		return err;
	count = p9_get(r, 4);
	if (r->is_bad || count > room || count + P9_HEADER + 4 > (u64)n)
		return fail(EIO, "9p data count does not fit");
	return (long)count;
}

int p9_call_out(struct p9_req *r, const void *data, size_t n)
{
	struct msg_vec out[2] = {{r->out, r->out_len}, {(void *)data, n}}, in = {r->in, P9_IN_SIZE};
	long got;

	if (r->is_bad)
		return -EINVAL;
	r->out_len += (unsigned)n; /* the size field counts the data behind the header */
	put_size(r);
	got = r->s->channel->rpc(r->s->channel, out, 2, &in, 1);
	if (got < 0)
		return (int)got;
	r->in_len = (unsigned)MIN(got, (long)P9_IN_SIZE);
	return check_reply(r);
}

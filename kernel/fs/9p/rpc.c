#include "fs/9p/p9.h"
#include "core/log.h"
#include "lib/err.h"
#include "lib/string.h"
#include "mm/kmalloc.h"

struct p9_req *p9_new(struct p9_session *s, enum p9_type type)
{
	unsigned out_max = type == P9_TSYMLINK ? P9_LARGE : P9_OUT_SMALL;
	unsigned in_max = type == P9_TREADLINK ? P9_LARGE : P9_IN_SMALL;
	struct p9_req *r = kmalloc(sizeof(*r) + out_max + in_max, GFP_KERNEL);
	u32 tag = P9_NOTAG;

	if (!r)
		return NULL;
	/* Far fewer requests fit the queue than there are tags, so a counter never meets one still
	 * in use. */
	if (type != P9_TVERSION)
		tag = atomic_add(&s->next_tag, 1) % P9_NOTAG;
	r->call.done = NULL;
	r->s = s;
	r->out_max = out_max;
	r->out_len = 0;
	r->in_max = in_max;
	r->in_len = 0;
	r->in_off = 0;
	r->type = (u8)type;
	r->is_bad = false;
	r->err = 0;
	r->in = r->out + out_max;
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
	if (r->out_len + bytes > r->out_max) {
		r->is_bad = true;
		return;
	}
	for (unsigned i = 0; i < bytes; i++)
		r->out[r->out_len++] = (u8)(v >> (8 * i));
}

void p9_put_string(struct p9_req *r, const char *str, size_t len)
{
	p9_put(r, len, 2);
	if (r->out_len + len > r->out_max) {
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

static void send(struct p9_req *r, const struct msg_vec *out, unsigned nr_out,
		 const struct msg_vec *in, unsigned nr_in)
{
	put_size(r);
	r->err = r->s->channel->send(r->s->channel, out, nr_out, in, nr_in, &r->call);
}

void p9_send(struct p9_req *r)
{
	struct msg_vec out = {r->out, r->out_len}, in = {r->in, r->in_max};

	if (r->is_bad)
		r->err = -ENAMETOOLONG;
	else
		send(r, &out, 1, &in, 1);
}

void p9_send_data(struct p9_req *r, const struct msg_vec *in, unsigned nr_in)
{
	struct msg_vec out = {r->out, r->out_len}, vec[40];

	if (nr_in + 1 > ARRAY_SIZE(vec)) {
		r->err = -EINVAL;
		return;
	}
	r->in_max = P9_HEADER + 4;
	vec[0] = (struct msg_vec){r->in, r->in_max};
	memcpy(vec + 1, in, nr_in * sizeof(*in));
	send(r, &out, 1, vec, nr_in + 1);
}

void p9_kick(struct p9_session *s)
{
	s->channel->kick(s->channel);
}

int p9_wait(struct p9_req *r)
{
	if (r->err)
		return r->err;
	r->s->channel->wait(r->s->channel, &r->call);
	r->in_len = MIN(r->call.len, r->in_max);
	return check_reply(r);
}

long p9_wait_data(struct p9_req *r, size_t room)
{
	int err = p9_wait(r);
	u64 count;

	if (err)
		return err;
	count = p9_get(r, 4);
	if (r->is_bad || count > room || count + P9_HEADER + 4 > r->call.len)
		return fail(EIO, "9p data count does not fit");
	return (long)count;
}

int p9_call(struct p9_req *r)
{
	p9_send(r);
	p9_kick(r->s);
	return p9_wait(r);
}

int p9_call_free(struct p9_req *r)
{
	int err = r ? p9_call(r) : -ENOMEM;

	p9_free(r);
	return err;
}

static void free_posted(struct msg_call *call)
{
	p9_free(container_of(call, struct p9_req, call));
}

void p9_post(struct p9_req *r)
{
	struct msg_channel *ch = r->s->channel;
	struct msg_vec out = {r->out, r->out_len}, in = {r->in, r->in_max};

	put_size(r);
	r->call.done = free_posted;
	/* Once it is sent it may be gone at any time. */
	if (ch->send(ch, &out, 1, &in, 1, &r->call))
		p9_free(r);
	ch->kick(ch);
}

int p9_call_out(struct p9_req *r, const void *data, size_t n)
{
	struct msg_vec out[2] = {{r->out, r->out_len}, {(void *)data, n}};
	struct msg_vec in = {r->in, r->in_max};

	if (r->is_bad)
		return -EINVAL;
	r->out_len += (unsigned)n; /* the size field counts the data behind the header */
	send(r, out, 2, &in, 1);
	p9_kick(r->s);
	return p9_wait(r);
}

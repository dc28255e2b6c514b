/*
 * 9p: blocks of directories and small files as the host sent them. A directory's are kept after it
 * was read: they are good for another reader within a second, and they tell what is likely to be
 * looked up next (ahead.c).
 */
#include "core/time.h"
#include "fs/9p/p9.h"
#include "lib/err.h"
#include "lib/string.h"
#include "mm/kmalloc.h"

#define NAMES_SHARE 256 /* directories' blocks take at most this part of memory */
#define HEADS_MAX   64

struct p9_block *p9_block_new(struct inode *i, size_t room)
{
	struct p9_block *b = kmalloc(sizeof(*b) + room, GFP_KERNEL);

	if (!b)
		return NULL;
	*b = (struct p9_block){.room = (u32)room,
			       .read_ns = now_mono_ns(),
			       .change_seq = atomic_load(&p9_i(i)->change_seq)};
	ref_init(&b->ref, 1);
	list_init(&b->node);
	return b;
}

void p9_block_put(struct p9_block *b)
{
	if (b && ref_put(&b->ref))
		kfree(b);
}

struct p9_block *p9_block_done(struct p9_block *b, size_t len)
{
	struct p9_block *small = NULL;

	b->len = (u32)len;
	if (len < b->room / 2)
		small = kmalloc(sizeof(*b) + len, GFP_KERNEL);
	if (!small)
		return b;
	memcpy(small, b, sizeof(*b) + len);
	small->room = (u32)len;
	list_init(&small->node);
	kfree(b);
	return small;
}

static u64 le(const u8 *p, unsigned bytes)
{
	u64 v = 0;

	for (unsigned i = 0; i < bytes; i++)
		v |= (u64)p[i] << (8 * i);
	return v;
}

bool p9_next_entry(const struct p9_block *b, u32 *off, struct p9_entry *e)
{
	const u8 *at = b->data + *off;

	if (*off + 24 > b->len)
		return false;
	e->len = (u32)le(at + 22, 2);
	if (*off + 24 + e->len > b->len)
		return false;
	e->qid_path = le(at + 5, 8);
	e->next = (s64)le(at + 13, 8);
	e->dtype = at[21];
	e->name = (const char *)at + 24;
	*off += 24 + e->len;
	return true;
}

void p9_dir_block_done(struct p9_block *b, s64 start)
{
	struct p9_entry e;
	u32 off = 0;

	b->start = b->end = start;
	while (p9_next_entry(b, &off, &e))
		b->end = e.next;
}

/* --- of directories --- */

static bool is_fresh(const struct inode *i, const struct p9_block *b)
{
	return b->change_seq == atomic_load(&p9_i(i)->change_seq) &&
	       now_mono_ns() - b->read_ns < P9_LIFETIME_NS;
}

/* Lock held: blocks that nobody finds any more, one behind the other by `next`. */
static void put_chain(struct p9_block *b)
{
	while (b) {
		struct p9_block *next = b->next;

		b->next = NULL;
		p9_block_put(b);
		b = next;
	}
}

static void cut(struct p9_session *s, struct p9_names *n, struct p9_block **from)
{
	for (struct p9_block *b = *from; b; b = b->next) {
		n->size -= b->room;
		s->names_size -= b->room;
	}
	put_chain(*from);
	*from = NULL;
}

static void free_names(struct p9_session *s, struct p9_names *n)
{
	cut(s, n, &n->first);
	list_del(&n->node);
	n->owner->names = NULL;
	kfree(n);
}

void p9_names_drop(struct p9_inode *pi)
{
	struct p9_session *s = p9_s(pi->inode);
	unsigned long f = spin_lock_irqsave(&s->lock);

	if (pi->names)
		free_names(s, pi->names);
	spin_unlock_irqrestore(&s->lock, f);
}

/* What the directory above is used for, this one is likely to be as well. */
static void inherit(struct p9_names *n, const struct inode *up)
{
	const struct p9_names *from = up ? p9_i(up)->names : NULL;

	if (from && from->nr_asked > 1) {
		n->nr_asked = from->nr_asked;
		n->wants = from->wants;
	}
}

static void append(struct p9_session *s, struct p9_names *n, struct p9_block *b)
{
	struct p9_block **at = &n->first;

	while (b->start && *at && (*at)->start != b->start)
		at = &(*at)->next;
	if (b->start && at == &n->first)
		return; /* a piece whose beginning is not here */
	/* Places are lost with the blocks they are in. */
	if (*at) {
		cut(s, n, at);
		n->ahead = n->again = (struct p9_place){n->first, 0};
	}
	ref_get(&b->ref);
	*at = b;
	n->size += b->room;
	s->names_size += b->room;
	if (!n->ahead.block)
		n->ahead = n->again = (struct p9_place){n->first, 0};
}

void p9_names_add(struct inode *i, struct p9_block *b)
{
	struct p9_session *s = p9_s(i);
	struct p9_inode *pi = p9_i(i);
	struct inode *up = p9_find(s, pi->dir_qid);
	struct p9_names *fresh = kzalloc(sizeof(*fresh), GFP_KERNEL), *n;
	unsigned long f = spin_lock_irqsave(&s->lock);

	n = pi->names;
	if (!n && fresh) {
		n = pi->names = fresh;
		fresh = NULL;
		n->owner = pi;
		list_init(&n->node);
		inherit(n, up);
	}
	if (n) {
		append(s, n, b);
		list_del(&n->node);
		list_add_tail(&n->node, &s->names);
	}
	while (s->names_size > nr_page_frames * PAGE_SIZE / NAMES_SHARE) {
		struct p9_names *oldest = list_first_entry(&s->names, struct p9_names, node);

		if (oldest == n)
			break;
		free_names(s, oldest);
	}
	spin_unlock_irqrestore(&s->lock, f);
	kfree(fresh);
	if (up)
		inode_put(up);
}

struct p9_block *p9_dir_block_cached(struct inode *i, s64 pos)
{
	struct p9_session *s = p9_s(i);
	unsigned long f = spin_lock_irqsave(&s->lock);
	struct p9_names *n = p9_i(i)->names;
	struct p9_block *b = n ? n->first : NULL;

	while (b && b->start != pos)
		b = b->next;
	if (b && is_fresh(i, b))
		ref_get(&b->ref);
	else
		b = NULL;
	spin_unlock_irqrestore(&s->lock, f);
	return b;
}

struct p9_block *p9_dir_block(struct inode *i, s64 pos)
{
	struct p9_block *b = p9_dir_block_cached(i, pos);
	struct p9_req *r;
	struct msg_vec in;
	long n;

	if (b)
		return b;
	b = p9_block_new(i, P9_DIR_BLOCK);
	r = b ? p9_req_read(p9_s(i), P9_TREADDIR, p9_i(i)->read_fid, (u64)pos, b->room) : NULL;
	if (!r) {
		kfree(b);
		return ERR_PTR(-ENOMEM);
	}
	in = (struct msg_vec){b->data, b->room};
	p9_send_data(r, &in, 1);
	p9_kick(p9_s(i));
	n = p9_wait_data(r, b->room);
	p9_free(r);
	if (n < 0) {
		kfree(b);
		return ERR_PTR(n);
	}
	/* The host leaves room for another entry only when there is none. */
	b->is_last = (size_t)n + P9_ENTRY_MAX <= b->room;
	b = p9_block_done(b, (size_t)n);
	p9_dir_block_done(b, pos);
	p9_names_add(i, b);
	return b;
}

/* --- of files --- */

/* Lock held. */
static struct p9_block *unlink_head(struct p9_session *s, struct p9_block *b)
{
	list_del(&b->node);
	b->head_of->head = NULL;
	s->nr_heads--;
	return b;
}

void p9_head_add(struct inode *i, struct p9_block *b)
{
	struct p9_session *s = p9_s(i);
	struct p9_inode *pi = p9_i(i);
	struct p9_block *old = NULL;
	unsigned long f = spin_lock_irqsave(&s->lock);

	if (pi->head)
		old = unlink_head(s, pi->head);
	else if (s->nr_heads >= HEADS_MAX)
		old = unlink_head(s, list_first_entry(&s->heads, struct p9_block, node));
	b->head_of = pi;
	pi->head = b;
	list_add_tail(&b->node, &s->heads);
	s->nr_heads++;
	spin_unlock_irqrestore(&s->lock, f);
	p9_block_put(old);
}

struct p9_block *p9_head_take(struct inode *i)
{
	struct p9_session *s = p9_s(i);
	struct p9_block *b = NULL;
	unsigned long f;

	if (!READ_ONCE(p9_i(i)->head))
		return NULL;
	f = spin_lock_irqsave(&s->lock);
	if (p9_i(i)->head)
		b = unlink_head(s, p9_i(i)->head);
	spin_unlock_irqrestore(&s->lock, f);
	if (b && is_fresh(i, b))
		return b;
	p9_block_put(b);
	return NULL;
}

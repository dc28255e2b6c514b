/*
 * 9p: what is likely to be asked for next comes with what is. A request to the host takes long,
 * many together hardly longer. So when names of a directory that was read are looked up one after
 * the other, each look-up brings a batch of those that follow, and so does each second look at
 * attributes; of directories the names inside too, if they are read here, and of small files the
 * data. A directory inherits this from the one above.
 */
#include "core/time.h"
#include "fs/9p/p9.h"
#include "lib/err.h"
#include "lib/string.h"
#include "mm/kmalloc.h"
#include <linux/fcntl.h>

#define BATCH_MAX     32u
#define ASKED_ENOUGH  2 /* single requests before anything comes unasked */
#define QID_TYPE_DIR  0x80
#define DT_DIRECTORY  (S_IFDIR >> 12)
#define GROWTH_SHIFTS 5 /* 2^5 = BATCH_MAX */
#define LEVELS_MAX    3 /* of directories that come with the one above */

struct item {
	struct p9_entry e;
	struct p9_block *names;	    /* which the entry is in; referenced, or NULL */
	struct inode *dir;	    /* where it is */
	struct dentry *parent, *de; /* likewise, and its own, referenced */
	u32 fid;
	bool is_new; /* the inode was not known */
	int err;
	u64 seq;
	struct p9_req *r, *open_r;
	struct p9_qid q;
	struct kstat st;
	struct inode *i;
	struct p9_block *block; /* content on its way */
};

struct batch {
	struct inode *dir;
	struct p9_block *names; /* where entries are chosen from */
	u8 wants;
	unsigned nr;
	struct item items[];
};

static struct batch *batch_new(struct inode *dir, unsigned room)
{
	struct batch *b = kzalloc(sizeof(*b) + room * sizeof(struct item), GFP_KERNEL);

	if (b)
		b->dir = dir;
	return b;
}

static void batch_free(struct batch *b)
{
	for (unsigned k = 0; k < b->nr; k++) {
		if (b->items[k].i)
			inode_put(b->items[k].i);
		if (b->items[k].de)
			dentry_put(b->items[k].de);
		p9_block_put(b->items[k].names);
	}
	p9_block_put(b->names);
	kfree(b);
}

/* --- what is known of the directory --- */

static void note(struct inode *dir, u8 wants, bool was_asked)
{
	struct p9_session *s = p9_s(dir);
	unsigned long f;
	struct p9_names *n;

	if (!READ_ONCE(p9_i(dir)->names))
		return;
	f = spin_lock_irqsave(&s->lock);
	n = p9_i(dir)->names;
	if (n) {
		n->wants |= wants;
		if (was_asked && n->nr_asked < 255)
			n->nr_asked++;
	}
	spin_unlock_irqrestore(&s->lock, f);
}

static u8 kind_of(const struct inode *i)
{
	return S_ISDIR(i->mode) ? P9_WANTS_DIRS : P9_WANTS_OTHERS;
}

void p9_note_open(struct inode *i)
{
	struct p9_inode *pi = p9_i(i);
	struct inode *dir;

	if (pi->is_noted)
		return;
	pi->is_noted = true;
	dir = p9_find(p9_s(i), pi->dir_qid);
	if (!dir)
		return;
	note(dir, S_ISDIR(i->mode) ? P9_WANTS_LISTS : P9_WANTS_DATA, false);
	inode_put(dir);
}

/* How many may come unasked. */
static unsigned window(struct inode *dir)
{
	struct p9_session *s = p9_s(dir);
	unsigned nr = 0;
	unsigned long f;

	if (!READ_ONCE(p9_i(dir)->names))
		return 0;
	f = spin_lock_irqsave(&s->lock);
	if (p9_i(dir)->names && p9_i(dir)->names->nr_asked >= ASKED_ENOUGH)
		nr = 1u << MIN(p9_i(dir)->names->nr_asked, GROWTH_SHIFTS);
	spin_unlock_irqrestore(&s->lock, f);
	return nr;
}

/* Where to go on in the entries: b->names (referenced) and an offset. */
static u32 place_get(struct batch *b, size_t which)
{
	struct p9_session *s = p9_s(b->dir);
	unsigned long f = spin_lock_irqsave(&s->lock);
	struct p9_names *n = p9_i(b->dir)->names;
	u32 off = 0;

	if (n) {
		const struct p9_place *p = (void *)((u8 *)n + which);

		if (p->block) {
			ref_get(&p->block->ref);
			b->names = p->block;
			off = p->off;
		}
		b->wants = n->wants;
	}
	spin_unlock_irqrestore(&s->lock, f);
	return off;
}

/* Entries up to `off` are done with. */
static void place_set(struct batch *b, size_t which, u32 off)
{
	struct p9_session *s = p9_s(b->dir);
	unsigned long f = spin_lock_irqsave(&s->lock);
	struct p9_names *n = p9_i(b->dir)->names;
	struct p9_place *p = n ? (void *)((u8 *)n + which) : NULL;

	if (p && p->block == b->names) {
		p->off = off;
		if (off + 24 > p->block->len && p->block->next)
			*p = (struct p9_place){p->block->next, 0};
	}
	spin_unlock_irqrestore(&s->lock, f);
}

/* Is this entry like those that were asked for? */
static bool is_wanted(const struct batch *b, const struct p9_entry *e)
{
	if (e->name[0] == '.' && (e->len == 1 || (e->len == 2 && e->name[1] == '.')))
		return false;
	return b->wants & (e->dtype == DT_DIRECTORY ? P9_WANTS_DIRS : P9_WANTS_OTHERS);
}

/* --- steps, each for all of the batch at once --- */

static void start(struct item *it, struct p9_req **slot, struct p9_req *r)
{
	*slot = r;
	if (r)
		p9_send(r);
	else
		it->err = it->err ? it->err : -ENOMEM;
}

static void walk_all(struct batch *b)
{
	struct p9_session *s = p9_s(b->dir);

	for (unsigned k = 0; k < b->nr; k++) {
		struct item *it = &b->items[k];

		it->fid = p9_new_fid(s);
		start(it, &it->r,
		      p9_req_walk(s, p9_i(it->dir)->fid, it->fid, it->e.name, it->e.len));
	}
	p9_kick(s);
	for (unsigned k = 0; k < b->nr; k++) {
		struct item *it = &b->items[k];

		if (!it->r)
			continue;
		it->err = p9_wait_walk(it->r, &it->q);
		p9_free(it->r);
		it->i = it->err ? NULL : p9_find(s, it->q.path);
		if (it->i)
			p9_take_fid(it->i, it->fid, p9_i(it->dir)->qid_path);
	}
}

static void getattr_send(struct batch *b, struct item *it, u32 fid, bool opens)
{
	struct p9_session *s = p9_s(b->dir);

	start(it, &it->r, p9_req_getattr(s, fid));
	if (opens)
		start(it, &it->open_r, p9_req_lopen(s, fid, O_DIRECTORY));
}

/* Is it open now? */
static bool open_wait(struct item *it)
{
	bool ok = it->open_r && !p9_wait(it->open_r);

	p9_free(it->open_r);
	it->open_r = NULL;
	return ok;
}

/* The fid has become the inode's, and is open. */
static void set_open(struct inode *i, u32 fid)
{
	if (p9_i(i)->fid == fid)
		atomic_cmpxchg(&p9_i(i)->read_fid, P9_NOFID, fid);
}

static void make_inodes(struct batch *b)
{
	bool opens = b->wants & P9_WANTS_LISTS;

	for (unsigned k = 0; k < b->nr; k++) {
		struct item *it = &b->items[k];

		it->r = NULL;
		it->is_new = !it->err && !it->i;
		if (it->is_new)
			getattr_send(b, it, it->fid, opens && (it->q.type & QID_TYPE_DIR));
	}
	p9_kick(p9_s(b->dir));
	for (unsigned k = 0; k < b->nr; k++) {
		struct item *it = &b->items[k];
		bool is_open = open_wait(it);
		struct p9_qid q;

		if (!it->is_new)
			continue;
		it->err = it->r ? p9_wait_getattr(it->r, &it->st, &q) : -ENOMEM;
		p9_free(it->r);
		if (it->err) {
			p9_clunk(p9_s(b->dir), it->fid);
			continue;
		}
		it->i = p9_iget(b->dir->sb, &it->q, it->fid, &it->st, p9_i(it->dir)->qid_path);
		if (IS_ERR(it->i)) {
			it->err = (int)PTR_ERR(it->i);
			it->i = NULL;
		} else if (is_open) {
			set_open(it->i, it->fid);
		}
	}
}

/* Small files that will be read: not on a share that may be written, see ensure_open. */
static bool wants_data(const struct batch *b, const struct item *it)
{
	return (b->wants & P9_WANTS_DATA) && it->is_new && it->i && !p9_s(it->i)->may_change &&
	       S_ISREG(it->i->mode) && it->i->obj.size_bytes &&
	       it->i->obj.size_bytes <= P9_AHEAD_BLOCK;
}

static void open_files(struct batch *b)
{
	for (unsigned k = 0; k < b->nr; k++) {
		struct item *it = &b->items[k];

		if (wants_data(b, it) && p9_i(it->i)->read_fid == P9_NOFID)
			start(it, &it->open_r, p9_req_lopen(p9_s(b->dir), it->fid, O_LARGEFILE));
	}
	p9_kick(p9_s(b->dir));
	for (unsigned k = 0; k < b->nr; k++)
		if (b->items[k].open_r && open_wait(&b->items[k]))
			set_open(b->items[k].i, b->items[k].fid);
}

static void content_send(struct item *it)
{
	enum p9_type type = S_ISDIR(it->i->mode) ? P9_TREADDIR : P9_TREAD;
	struct msg_vec in;

	it->r = NULL;
	it->block = p9_block_new(it->i, P9_AHEAD_BLOCK);
	if (!it->block)
		return;
	it->r = p9_req_read(p9_s(it->i), type, p9_i(it->i)->read_fid, 0, it->block->room);
	if (!it->r) {
		kfree(it->block);
		return;
	}
	in = (struct msg_vec){it->block->data, it->block->room};
	p9_send_data(it->r, &in, 1);
}

static void content_wait(struct item *it)
{
	struct p9_block *c = it->block;
	long n = p9_wait_data(it->r, c->room);

	p9_free(it->r);
	if (n < 0) {
		kfree(c);
		return;
	}
	if (S_ISDIR(it->i->mode)) {
		c->is_last = (size_t)n + P9_ENTRY_MAX <= c->room;
		c = p9_block_done(c, (size_t)n);
		p9_dir_block_done(c, 0);
		p9_names_add(it->i, c);
		p9_block_put(c);
	} else if ((size_t)n == it->i->obj.size_bytes) {
		p9_head_add(it->i, p9_block_done(c, (size_t)n));
	} else {
		kfree(c);
	}
}

/* Names in directories that are open, data of small files. The first item is for its asker to
 * read. */
static void read_contents(struct batch *b)
{
	for (unsigned k = 0; k < b->nr; k++) {
		struct item *it = &b->items[k];

		it->block = NULL;
		it->r = NULL;
		if (!it->i || it->err || p9_i(it->i)->read_fid == P9_NOFID)
			continue;
		if (S_ISDIR(it->i->mode) ? b->wants & P9_WANTS_LISTS : wants_data(b, it))
			content_send(it);
	}
	p9_kick(p9_s(b->dir));
	for (unsigned k = 0; k < b->nr; k++)
		if (b->items[k].r)
			content_wait(&b->items[k]);
}

/* --- look-up --- */

static void add_item(struct batch *b, const struct p9_entry *e, struct p9_block *names,
		     struct inode *dir, struct dentry *parent)
{
	if (names)
		ref_get(&names->ref);
	b->items[b->nr++] = (struct item){.e = *e, .names = names, .dir = dir, .parent = parent};
}

static void choose_names(struct batch *b, struct dentry *parent, unsigned room)
{
	const struct p9_entry *first = &b->items[0].e;
	const size_t which = offsetof(struct p9_names, ahead);
	u32 off = place_get(b, which);
	struct p9_entry e;

	while (b->names && b->nr < room && p9_next_entry(b->names, &off, &e)) {
		if (!is_wanted(b, &e) ||
		    (e.len == first->len && !memcmp(e.name, first->name, e.len)) ||
		    dentry_is_known(parent, e.name, e.len))
			continue;
		add_item(b, &e, b->names, b->dir, parent);
	}
	if (b->names)
		place_set(b, which, off);
}

/* Directories in those that `b` has brought the names of. */
static struct batch *choose_below(const struct batch *b)
{
	struct batch *below = batch_new(b->dir, BATCH_MAX);

	if (!below)
		return NULL;
	below->wants = b->wants;
	for (unsigned k = 0; k < b->nr && below->nr < BATCH_MAX; k++) {
		const struct item *it = &b->items[k];
		struct p9_block *names = NULL;
		struct p9_entry e;
		u32 off = 0;

		if (it->is_new && it->de && S_ISDIR(it->i->mode))
			names = p9_dir_block_cached(it->i, 0);
		while (names && below->nr < BATCH_MAX && p9_next_entry(names, &off, &e))
			if (e.dtype == DT_DIRECTORY && is_wanted(b, &e) &&
			    !dentry_is_known(it->de, e.name, e.len))
				add_item(below, &e, names, it->i, it->de);
		p9_block_put(names);
	}
	return below;
}

/* Everything about the items; those behind the first `nr_asked` go into the cache unasked. */
static void bring(struct batch *b, bool more, unsigned nr_asked)
{
	walk_all(b);
	make_inodes(b);
	if (!more)
		return;
	open_files(b);
	read_contents(b);
	for (unsigned k = nr_asked; k < b->nr; k++) {
		struct item *it = &b->items[k];

		if (it->i)
			it->de = dentry_add(it->parent, it->e.name, it->e.len, inode_get(it->i));
	}
}

/*
 * Trees are read as a whole: with the directories that were brought come those in them. Not on a
 * share that may be written, where names may go while they are on their way.
 */
static void bring_below(const struct batch *b)
{
	struct batch *level[LEVELS_MAX];
	unsigned n = 0;

	if (p9_s(b->dir)->may_change || !(b->wants & P9_WANTS_LISTS))
		return;
	while (n < LEVELS_MAX) {
		level[n] = choose_below(n ? level[n - 1] : b);
		if (!level[n])
			break;
		bring(level[n], true, 0);
		if (!level[n++]->nr)
			break;
	}
	while (n)
		batch_free(level[--n]);
}

static int lookup(struct inode *dir, struct dentry *de, unsigned more)
{
	struct batch *b = batch_new(dir, 1 + more);
	struct p9_entry e = {.name = de->name, .len = de->name_len};
	struct item *first;
	int err;

	if (!b && more) {
		more = 0;
		b = batch_new(dir, 1);
	}
	if (!b)
		return -ENOMEM;
	first = &b->items[0];
	add_item(b, &e, NULL, dir, de->parent);
	if (more)
		choose_names(b, de->parent, 1 + more);
	bring(b, more, 1);
	err = first->err == -ENOENT ? 0 : first->err;
	if (first->i)
		note(dir, kind_of(first->i), true);
	if (!err) {
		dentry_set_inode(de, first->i ? inode_get(first->i) : NULL);
		de->private = (void *)now_mono_ns();
		first->de = dentry_get(de);
	}
	if (more)
		bring_below(b);
	batch_free(b);
	return err;
}

int p9_lookup_one(struct inode *dir, struct dentry *de)
{
	return lookup(dir, de, 0);
}

int p9_lookup(struct inode *dir, struct dentry *de)
{
	return lookup(dir, de, window(dir));
}

/* --- attributes again --- */

/* Whom nobody is writing to: then his attributes are what the host says. */
static bool can_refresh(const struct inode *i)
{
	return p9_is_stale(i) && p9_i(i)->write_fid == P9_NOFID;
}

static void choose_inodes(struct batch *b, unsigned room)
{
	const size_t which = offsetof(struct p9_names, again);
	u32 off = place_get(b, which);
	struct p9_entry e;

	while (b->names && b->nr < room && p9_next_entry(b->names, &off, &e)) {
		struct inode *i = is_wanted(b, &e) ? p9_find(p9_s(b->dir), e.qid_path) : NULL;

		if (!i)
			continue;
		if (i != b->items[0].i && can_refresh(i))
			b->items[b->nr++].i = i;
		else
			inode_put(i);
	}
	if (b->names)
		place_set(b, which, off);
}

static void refresh_all(struct batch *b)
{
	bool opens = b->wants & P9_WANTS_LISTS;

	for (unsigned k = 0; k < b->nr; k++) {
		struct item *it = &b->items[k];
		struct p9_inode *pi = p9_i(it->i);

		it->fid = pi->fid;
		it->seq = atomic_load(&pi->change_seq);
		getattr_send(b, it, pi->fid,
			     opens && S_ISDIR(it->i->mode) && pi->read_fid == P9_NOFID);
	}
	p9_kick(p9_s(b->dir));
	for (unsigned k = 0; k < b->nr; k++) {
		struct item *it = &b->items[k];
		struct p9_qid q;

		if (it->open_r && open_wait(it))
			set_open(it->i, it->fid);
		it->err = it->r ? p9_wait_getattr(it->r, &it->st, &q) : -ENOMEM;
		p9_free(it->r);
		if (!it->err)
			it->err = p9_apply(it->i, &it->st, &q, it->seq);
	}
}

int p9_refresh_more(struct inode *i)
{
	struct inode *dir;
	struct batch *b;
	unsigned more;
	int err;

	if (!p9_is_stale(i))
		return 0;
	dir = p9_find(p9_s(i), p9_i(i)->dir_qid);
	if (!dir)
		return p9_refresh(i);
	more = dir == i ? 0 : window(dir);
	b = more ? batch_new(dir, 1 + more) : NULL;
	if (b) {
		b->nr = 1;
		b->items[0].i = inode_get(i);
		choose_inodes(b, 1 + more);
		refresh_all(b);
		read_contents(b);
		err = b->items[0].err;
		batch_free(b);
	} else {
		err = p9_refresh(i);
	}
	note(dir, kind_of(i), true);
	inode_put(dir);
	return err;
}

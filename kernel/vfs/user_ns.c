#include "vfs/user_ns.h"
#include "vfs/internal.h"
#include <linux/sched.h>

#define LEVELS_MAX 32 /* user_namespaces(7) */
#define LINE_MAX   64

static spinlock_t map_lock = SPINLOCK_INIT(RANK_LEAF, "id maps");

static void free_ns(struct ns_common *ns)
{
	struct user_ns *u = user_ns_of(ns);

	for (unsigned i = 0; i < NR_ID_KINDS; i++)
		kfree(u->map[i].extents);
	kfree(u);
}

static struct ns_common *parent_of(struct ns_common *ns)
{
	return ns->owner ? &ns->owner->ns : NULL;
}

static const struct ns_type user_ns_type = {
	.name = "user",
	.kind = NS_USER,
	.flag = CLONE_NEWUSER,
	.free = free_ns,
	.parent = parent_of,
};

static struct id_extent all_ids = {0, 0, NO_KID};

struct user_ns init_user_ns = {
	.ns = {.ref = {1}, .ino = NS_FIRST_INO + 5, .id = 1, .type = &user_ns_type},
	.map = {{1, &all_ids}, {1, &all_ids}, {1, &all_ids}},
	.may_setgroups = true,
};

/* --- making and entering --- */

void cred_enter_user_ns(struct cred *c, struct user_ns *u)
{
	user_ns_get(u);
	user_ns_put(c->user_ns);
	c->user_ns = u;
	c->securebits = 0;
	c->cap_inheritable = c->cap_ambient = 0;
	c->cap_permitted = c->cap_effective = c->cap_bounding = BIT(CAP_LAST_CAP + 1) - 1;
}

int user_ns_create(struct cred *c, bool is_chrooted)
{
	struct user_ns *up = c->user_ns, *u;
	struct ns_common *ns;

	if (up->level > LEVELS_MAX)
		return -ENOSPC;
	if (is_chrooted)
		return fail(EPERM, "a new root would not be a limit any more");
	if (from_kuid(up, c->euid) == NO_KID || from_kgid(up, c->egid) == NO_KID)
		return fail(EPERM, "the maker has no ids");
	ns = ns_new(sizeof(*u), &user_ns_type, c);
	if (IS_ERR(ns))
		return (int)PTR_ERR(ns);
	u = user_ns_of(ns);
	u->level = up->level + 1;
	u->owner_uid = c->euid;
	u->owner_gid = c->egid;
	u->may_setgroups = READ_ONCE(up->may_setgroups);
	u->could_parent_setfcap = c->cap_effective >> CAP_SETFCAP & 1;
	for (unsigned i = 0; i < NR_NS_KINDS; i++)
		u->max_ns[i] = INT32_MAX;
	cred_enter_user_ns(c, u);
	user_ns_put(u);
	return 0;
}

/* --- ids --- */

static const struct id_extent *extents_of(const struct id_map *m, u32 *nr)
{
	*nr = __atomic_load_n(&m->nr, __ATOMIC_ACQUIRE);
	return m->extents;
}

/* All of [id, id + count) must lie in one extent. */
static u32 range_down(const struct id_map *m, u32 id, u32 count)
{
	u32 nr;
	const struct id_extent *e = extents_of(m, &nr);

	for (u32 i = 0; i < nr; i++, e++)
		if (id >= e->first && (u64)id + count <= (u64)e->first + e->count)
			return e->lower + (id - e->first);
	return NO_KID;
}

u32 user_ns_id_down(const struct user_ns *u, enum id_kind kind, u32 id)
{
	return id == NO_KID ? NO_KID : range_down(&u->map[kind], id, 1);
}

u32 user_ns_id_up(const struct user_ns *u, enum id_kind kind, u32 kid)
{
	u32 nr;
	const struct id_extent *e = extents_of(&u->map[kind], &nr);

	for (u32 i = 0; i < nr; i++, e++)
		if (kid >= e->lower && kid - e->lower < e->count)
			return e->first + (kid - e->lower);
	return NO_KID;
}

u32 user_ns_id_shown(const struct user_ns *u, enum id_kind kind, u32 kid)
{
	u32 id = user_ns_id_up(u, kind, kid);

	return id == NO_KID ? OVERFLOW_ID : id;
}

/* --- the files that set maps: user_namespaces(7), "Defining user and group ID mappings" --- */

/* Three numbers, blanks around them; *text moves to the next line, NULL at the end. */
static bool parse_line(char **text, struct id_extent *e)
{
	char *line = *text, *end = strchr(line, '\n');
	u64 v[3];

	*text = NULL;
	if (end) {
		*end = 0;
		if (end[1])
			*text = end + 1;
	}
	for (unsigned i = 0; i < ARRAY_SIZE(v); i++) {
		const char *stop;

		while (*line == ' ' || *line == '\t')
			line++;
		if (!parse_u64(line, 10, &v[i], &stop) || v[i] > NO_KID)
			return false;
		line += stop - line;
		if (*line && *line != ' ' && *line != '\t')
			return false;
	}
	while (*line == ' ' || *line == '\t')
		line++;
	*e = (struct id_extent){(u32)v[0], (u32)v[1], (u32)v[2]};
	return !*line && e->first != NO_KID && e->lower != NO_KID && e->count &&
	       (u64)e->first + e->count <= NO_KID && (u64)e->lower + e->count <= NO_KID;
}

static bool overlaps(const struct id_extent *a, const struct id_extent *b)
{
	return (a->first < b->first + b->count && b->first < a->first + a->count) ||
	       (a->lower < b->lower + b->count && b->lower < a->lower + a->count);
}

/* -EINVAL; `m` has room for ID_MAP_MAX. */
static int parse_map(struct id_map *m, char *text)
{
	while (text) {
		struct id_extent *e = &m->extents[m->nr];

		if (m->nr == ID_MAP_MAX || !parse_line(&text, e))
			return -EINVAL;
		for (u32 i = 0; i < m->nr; i++)
			if (overlaps(&m->extents[i], e))
				return -EINVAL;
		m->nr++;
	}
	return m->nr ? 0 : -EINVAL;
}

/* The parent's root is mapped: its files' capabilities would count, so CAP_SETFCAP is asked for. */
static bool may_map_root(const struct user_ns *u, const struct cred *opener, const struct id_map *m)
{
	bool has_root = false;

	for (u32 i = 0; i < m->nr; i++)
		has_root |= !m->extents[i].lower;
	if (!has_root)
		return true;
	if (opener->user_ns == u)
		return u->could_parent_setfcap;
	return cred_capable_in(opener, u->ns.owner, CAP_SETFCAP);
}

static bool is_permitted(const struct user_ns *u, enum id_kind kind, const struct cred *opener,
			 const struct cred *c, const struct id_map *m)
{
	const struct user_ns *up = u->ns.owner;
	unsigned cap = kind == ID_UID ? CAP_SETUID : CAP_SETGID;

	if (kind == ID_PROJID)
		return true;
	if (kind == ID_UID && !may_map_root(u, opener, m))
		return false;
	/* Anybody may give a number to what he is himself. */
	if (m->nr == 1 && m->extents[0].count == 1 && opener->euid == u->owner_uid) {
		u32 lower = m->extents[0].lower;

		if (kind == ID_UID && make_kuid(up, lower) == opener->euid)
			return true;
		if (kind == ID_GID && !u->may_setgroups && make_kgid(up, lower) == opener->egid)
			return true;
	}
	return cred_capable_in(c, up, cap) && cred_capable_in(opener, up, cap);
}

int user_ns_write_map(struct user_ns *u, enum id_kind kind, const struct cred *opener,
		      const struct cred *c, char *text)
{
	struct user_ns *up = u->ns.owner;
	struct id_map m = {0}, *to = &u->map[kind];
	int err;

	if (!up || (opener->user_ns != u && opener->user_ns != up))
		return -EPERM;
	m.extents = kcalloc(ID_MAP_MAX, sizeof(*m.extents), GFP_KERNEL);
	if (!m.extents)
		return -ENOMEM;
	err = to->nr ? -EPERM : 0;
	if (!err && kind != ID_PROJID && !cred_capable_in(opener, u, CAP_SYS_ADMIN))
		err = -EPERM;
	if (!err)
		err = parse_map(&m, text);
	if (err)
		goto out;
	spin_lock(&map_lock);
	if (to->nr || !is_permitted(u, kind, opener, c, &m))
		err = -EPERM;
	for (u32 i = 0; i < m.nr && !err; i++) {
		struct id_extent *e = &m.extents[i];

		e->lower = range_down(&up->map[kind], e->lower, e->count);
		if (e->lower == NO_KID)
			err = -EPERM;
	}
	if (!err) {
		to->extents = m.extents;
		m.extents = NULL;
		__atomic_store_n(&to->nr, m.nr, __ATOMIC_RELEASE);
	}
	spin_unlock(&map_lock);
out:
	kfree(m.extents);
	return err;
}

int user_ns_set_setgroups(struct user_ns *u, bool may)
{
	int err = 0;

	spin_lock(&map_lock);
	if (may)
		err = u->may_setgroups ? 0 : -EPERM;
	else if (u->map[ID_GID].nr)
		err = u->may_setgroups ? -EPERM : 0;
	else
		u->may_setgroups = false;
	spin_unlock(&map_lock);
	return err;
}

bool user_ns_may_setgroups(const struct user_ns *u)
{
	return READ_ONCE(u->map[ID_GID].nr) && READ_ONCE(u->may_setgroups);
}

/* --- capabilities --- */

bool user_ns_is_within(const struct user_ns *u, const struct user_ns *top)
{
	while (u && u != top)
		u = u->ns.owner;
	return u != NULL;
}

bool cred_capable_in(const struct cred *c, const struct user_ns *u, unsigned cap)
{
	for (; u; u = u->ns.owner) {
		if (u == c->user_ns)
			return c->cap_effective >> cap & 1;
		if (u->level <= c->user_ns->level)
			return false;
		if (u->ns.owner == c->user_ns && u->owner_uid == c->euid)
			return true;
	}
	return false;
}

bool cred_capable_over(const struct cred *c, const struct inode *i, unsigned cap)
{
	const struct user_ns *u = c->user_ns;

	if (!(c->cap_effective >> cap & 1))
		return false;
	return u == &init_user_ns ||
	       (from_kuid(u, i->uid) != NO_KID && from_kgid(u, i->gid) != NO_KID);
}

bool cred_caps_are_within(const struct cred *old, const struct cred *new)
{
	if (old->user_ns == new->user_ns)
		return !(new->cap_permitted & ~old->cap_permitted);
	/* Who makes a namespace has all capabilities in it anyway. */
	for (const struct user_ns *u = new->user_ns; u->ns.owner; u = u->ns.owner)
		if (u->ns.owner == old->user_ns && u->owner_uid == old->euid)
			return true;
	return false;
}

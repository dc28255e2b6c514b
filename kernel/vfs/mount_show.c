/* The mount tree as text (proc(5): mounts, mountinfo), and sync(2). */
#include "vfs/internal.h"
#include "vfs/mount_api.h"
#include "vfs/mount_impl.h"

#define LINE_SIZE 1024

struct line {
	char *buf;
	size_t len;
	size_t size;
};

static void put(struct line *l, const char *s)
{
	size_t n = strlen(s);

	if (n > l->size - 1 - l->len)
		n = l->size - 1 - l->len;
	memcpy(l->buf + l->len, s, n);
	l->len += n;
	l->buf[l->len] = 0;
}

/* Blanks and the like as octal, so that the fields stay fields (getmntent(3)). */
static void put_escaped(struct line *l, const char *s)
{
	char c[8];

	for (; *s; s++) {
		if (strchr(" \t\n\\#", *s))
			snprintf(c, sizeof(c), "\\%03o", (unsigned char)*s);
		else
			snprintf(c, sizeof(c), "%c", *s);
		put(l, c);
	}
}

static void put_mount_flags(struct line *l, unsigned long f)
{
	static const struct {
		unsigned long bit;
		const char *text;
	} names[] = {
		{MS_NOSUID, ",nosuid"},		  {MS_NODEV, ",nodev"},
		{MS_NOEXEC, ",noexec"},		  {MS_NOATIME, ",noatime"},
		{MS_NODIRATIME, ",nodiratime"},	  {MS_RELATIME, ",relatime"},
		{MS_NOSYMFOLLOW, ",nosymfollow"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (f & names[i].bit)
			put(l, names[i].text);
}

static void put_super_options(struct line *l, struct super_block *sb, char *tmp, size_t size)
{
	tmp[0] = 0;
	if (sb->ops->show_options && sb->ops->show_options(sb, tmp, size) >= 0)
		put(l, tmp);
}

static void format_mounts(struct line *l, struct mount *m, const char *at, char *tmp)
{
	bool ro = (m->flags | m->sb->flags) & MS_RDONLY;

	put_escaped(l, m->sb->source[0] ? m->sb->source : "none");
	put(l, " ");
	put_escaped(l, at);
	put(l, " ");
	put(l, m->sb->type->name);
	put(l, ro ? " ro" : " rw");
	put_mount_flags(l, m->flags);
	put_super_options(l, m->sb, tmp, 256);
	put(l, " 0 0\n");
}

/* proc(5), mountinfo: the optional fields. */
static void put_propagation(struct line *l, const struct mount *m, const struct mount *root)
{
	char text[32];

	if (m->group_id) {
		snprintf(text, sizeof(text), " shared:%d", m->group_id);
		put(l, text);
	}
	if (m->master) {
		int from = mount_dominating_group(m, root);

		snprintf(text, sizeof(text), " master:%d", m->master->group_id);
		put(l, text);
		if (from && from != m->master->group_id) {
			snprintf(text, sizeof(text), " propagate_from:%d", from);
			put(l, text);
		}
	}
	if (m->is_unbindable)
		put(l, " unbindable");
}

static void format_mountinfo(struct line *l, struct mount *m, const struct mount *root,
			     const char *at, char *tmp)
{
	struct path inside = {NULL, m->root}, top = {NULL, m->sb->root};
	char *name = tmp + 256;
	bool reachable;

	snprintf(tmp, 256, "%d %d %u:%u ", m->id, m->parent ? m->parent->id : m->id,
		 DEV_MAJOR(m->sb->dev), DEV_MINOR(m->sb->dev));
	put(l, tmp);
	name = path_name(&inside, &top, name, PATH_MAX_LEN, &reachable);
	put_escaped(l, IS_ERR(name) ? "/" : name);
	put(l, " ");
	put_escaped(l, at);
	put(l, m->flags & MS_RDONLY ? " ro" : " rw");
	put_mount_flags(l, m->flags);
	put_propagation(l, m, root);
	put(l, " - ");
	put(l, m->sb->type->name);
	put(l, " ");
	put_escaped(l, m->sb->source[0] ? m->sb->source : "none");
	put(l, m->sb->flags & MS_RDONLY ? " ro" : " rw");
	put_super_options(l, m->sb, tmp, 256);
	put(l, "\n");
}

void vfs_show_mounts(const struct path *root, bool mountinfo,
		     void (*emit)(void *arg, const char *line), void *arg)
{
	size_t text_size = 2 * PATH_MAX_LEN + LINE_SIZE;
	char *text = kmalloc(text_size, GFP_KERNEL);
	char *names = kmalloc(2 * PATH_MAX_LEN + 256, GFP_KERNEL);
	struct mount *m;

	if (!text || !names)
		goto out;
	mutex_lock(&mount_mutex);
	list_for_each_entry (m, &all_mounts, all_node) {
		struct path p = {m, m->root};
		struct line l = {text, 0, text_size};
		bool reachable;
		char *at;

		if (m->ns != root->mnt->ns)
			continue;
		at = path_name(&p, root, names, PATH_MAX_LEN, &reachable);

		if (IS_ERR(at) || !reachable)
			continue;
		if (mountinfo)
			format_mountinfo(&l, m, root->mnt, at, names + PATH_MAX_LEN);
		else
			format_mounts(&l, m, at, names + PATH_MAX_LEN);
		emit(arg, text);
	}
	mutex_unlock(&mount_mutex);
out:
	kfree(text);
	kfree(names);
}

/* --- statmount(2) --- */

/* A copy of `name` at the end of the texts so far. */
static char *keep_text(struct mount_info *out, size_t *used, const char *name)
{
	size_t n = strlen(name) + 1;
	char *at = out->text + *used;

	if (n > out->text_size - *used)
		return NULL;
	memcpy(at, name, n);
	*used += n;
	return at;
}

static char *keep_path(struct mount_info *out, size_t *used, const struct path *p,
		       const struct path *root)
{
	char *buf = kmalloc(PATH_MAX_LEN, GFP_KERNEL), *name, *kept = NULL;
	bool reachable;

	if (!buf)
		return NULL;
	name = path_name(p, root, buf, PATH_MAX_LEN, &reachable);
	if (!IS_ERR(name))
		kept = keep_text(out, used, name);
	kfree(buf);
	return kept;
}

static u64 propagation_of(const struct mount *m)
{
	u64 p = 0;

	p |= m->group_id ? MS_SHARED : 0;
	p |= m->master ? MS_SLAVE : 0;
	p |= m->is_unbindable ? MS_UNBINDABLE : 0;
	return p ? p : MS_PRIVATE;
}

int mount_describe(struct mount *m, const struct path *root, struct mount_info *out)
{
	const struct mount *up = m->parent && m != root->mnt ? m->parent : m;
	struct path point = {m, m->root}, inside = {NULL, m->root}, top = {NULL, m->sb->root};
	char options[256] = "";
	size_t used = 0;

	out->dev = m->sb->dev;
	out->magic = m->sb->magic;
	out->super_flags = (u32)(m->sb->flags & MS_RDONLY);
	out->id = m->unique_id;
	out->parent_id = up->unique_id;
	out->id_old = (u32)m->id;
	out->parent_id_old = (u32)up->id;
	out->attr = mount_attr_of_flags(m->flags);
	out->propagation = propagation_of(m);
	out->peer_group = (u32)m->group_id;
	out->master = m->master ? (u32)m->master->group_id : 0;
	out->propagate_from = (u32)mount_dominating_group(m, root->mnt);
	out->ns_id = m->ns ? m->ns->ns.id : 0;
	out->type = m->sb->type->name;
	if (m->sb->ops->show_options)
		m->sb->ops->show_options(m->sb, options, sizeof(options));
	out->root = keep_path(out, &used, &inside, &top);
	out->point = keep_path(out, &used, &point, root);
	out->options = keep_text(out, &used, options[0] == ',' ? options + 1 : options);
	return out->root && out->point && out->options ? 0 : -EOVERFLOW;
}

int vfs_sync_super(struct super_block *sb)
{
	inode_sync_all(sb);
	return sb->ops->sync ? sb->ops->sync(sb) : 0;
}

void vfs_sync_all(void)
{
	struct mount *m;

	mutex_lock(&mount_mutex);
	list_for_each_entry (m, &all_mounts, all_node) {
		vfs_sync_super(m->sb);
	}
	mutex_unlock(&mount_mutex);
}

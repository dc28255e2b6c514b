/* The mount tree as text (proc(5): mounts, mountinfo), and sync(2). */
#include "vfs/internal.h"
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

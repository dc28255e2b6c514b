#include "fs/procfs/procfs.h"
#include "proc/pidfd.h"
#include "proc/pid_ns.h"
#include "vfs/user_ns.h"
#include "core/time.h"
#include "fs/fs.h"
#include "lib/err.h"
#include "lib/printf.h"
#include "lib/string.h"
#include "mm/kmalloc.h"
#include <linux/capability.h>
#include <linux/fs.h>
#include <linux/magic.h>

#define PROC_ROOT_INO 1
#define MAX_STORE     4096

struct proc_inode {
	const struct proc_entry *entry;
	struct proc_who who;
};

static const struct inode_ops proc_dir_iops, proc_file_iops, proc_link_iops, proc_magic_iops;
static const struct file_ops proc_dir_fops, proc_file_fops;
extern const struct proc_entry proc_root;

static struct proc_inode *proc_i(const struct inode *i)
{
	return i->private;
}

int proc_nr(const struct proc_who *who, int pid)
{
	return who->ns ? pid_in_ns(who->ns, pid) : pid;
}

struct task *proc_task(const struct proc_who *who)
{
	struct task *t = task_find_pid(who->tid ? who->tid : who->pid);

	if (t && t->process->pid != who->pid) {
		task_put(t);
		return NULL;
	}
	return t;
}

/*
 * ptrace(2), "Ptrace access mode checking", PTRACE_MODE_READ with the ids of the file system: the
 * same ids throughout and a program that may be dumped, or CAP_SYS_PTRACE.
 */
bool proc_may_trace(struct task *t)
{
	const struct cred *me = current->vfs.cred, *c;
	struct mm *m;
	bool ok;

	if (t->process == current->process || cred_has_cap(me, CAP_SYS_PTRACE))
		return true;
	c = task_get_cred(t);
	ok = cred_may_ptrace(me->fsuid, me->fsgid, c);
	cred_put(c);
	m = ok ? task_get_mm(t) : NULL;
	if (m) {
		ok = mm_may_ptrace(m);
		mm_put(m);
	}
	return ok;
}

int proc_check_access(const struct proc_entry *e, const struct proc_who *who)
{
	struct task *t;
	bool ok;

	if (e->needs_cap)
		return cred_has_cap(current->vfs.cred, e->needs_cap) ? 0 : -EPERM;
	if (!e->needs_owner)
		return 0;
	t = proc_task(who);
	if (!t)
		return 0; /* the operation itself will say -ESRCH */
	ok = proc_may_trace(t);
	task_put(t);
	return ok ? 0 : e->is_eperm ? -EPERM : -EACCES;
}

/* --- the mount's options: who sees other users' processes. proc(5), hidepid --- */

struct proc_options {
	struct pid_ns *ns; /* reference; NULL: the first */
	u32 gid;
	u8 hidepid; /* 0, 1, 2, 4 */
	bool has_gid;
};

static bool is_hidden(struct super_block *sb, const struct proc_who *who, unsigned level)
{
	const struct proc_options *o = sb->private;
	struct task *t;
	bool ok;

	if (likely(!o || o->hidepid < level))
		return false;
	if (o->hidepid < 4 && cred_in_group(current->vfs.cred, o->gid))
		return false;
	t = proc_task(who);
	if (!t)
		return false;
	ok = proc_may_trace(t);
	task_put(t);
	return !ok;
}

/* --- inodes --- */

static u64 entry_ino(const struct proc_entry *e, const struct proc_who *who)
{
	u64 h = (u64)(uintptr_t)e * 2654435761u;

	if (e == &proc_root)
		return PROC_ROOT_INO;
	h ^= (u64)(u32)who->pid * 0x9e3779b1u ^ (u64)(u32)who->tid << 20 ^ (u64)(u32)who->fd << 8;
	return (h & 0xffffffff) | 0x100000000ul;
}

/* The root of where the program was executed, the machine's if that is another place than where its
 * user is. */
static u32 root_of(const struct cred *c, const struct mm *m)
{
	u32 root = make_kuid(c->user_ns, 0);

	return m->user_ns_id == c->user_ns->ns.id && root != NO_KID ? root : 0;
}

/* A task's files are its user's; root's while it may not be dumped, but for the directories that
 * all may search. proc(5). */
static void set_owner(struct inode *i, struct task *t)
{
	const struct cred *c = task_get_cred(t);
	struct mm *m = i->mode == (S_IFDIR | 0555) ? NULL : task_get_mm(t);
	bool is_roots = m && READ_ONCE(m->dumpable) != 1;

	i->uid = is_roots ? root_of(c, m) : c->euid;
	i->gid = is_roots ? 0 : c->egid;
	if (is_roots && i->uid)
		i->gid = make_kgid(c->user_ns, 0) == NO_KID ? 0 : make_kgid(c->user_ns, 0);
	if (m)
		mm_put(m);
	cred_put(c);
}

static struct inode *make_inode(struct super_block *sb, const struct proc_entry *e,
				const struct proc_who *who)
{
	struct proc_inode *pi = kzalloc(sizeof(*pi), GFP_KERNEL);
	struct inode *i = pi ? inode_new(sb, e->mode, entry_ino(e, who)) : NULL;
	struct task *t;

	if (!i) {
		kfree(pi);
		return NULL;
	}
	pi->entry = e;
	pi->who = *who;
	i->private = pi;
	i->nlink = S_ISDIR(e->mode) ? 2 : 1;
	if (who->pid && (t = proc_task(who))) {
		set_owner(i, t);
		task_put(t);
	}
	if (S_ISDIR(e->mode)) {
		i->ops = &proc_dir_iops;
		i->fops = &proc_dir_fops;
	} else if (S_ISLNK(e->mode)) {
		i->ops = e->follow ? &proc_magic_iops : &proc_link_iops;
	} else {
		i->ops = &proc_file_iops;
		i->fops = &proc_file_fops;
	}
	return i;
}

static int proc_lookup(struct inode *dir, struct dentry *de)
{
	struct proc_inode *pi = proc_i(dir);
	const struct proc_entry *found = NULL;
	struct proc_who who = pi->who;
	struct inode *i;

	if (who.pid && is_hidden(dir->sb, &who, 1))
		return -EPERM;
	for (const struct proc_entry *e = pi->entry->children; e && e->name; e++) {
		if (!strcmp(e->name, de->name)) {
			found = e;
			break;
		}
	}
	if (!found && pi->entry->find)
		found = pi->entry->find(&pi->who, de->name, &who);
	if (found && !pi->who.pid && who.pid && is_hidden(dir->sb, &who, 2))
		return -ENOENT;
	if (!found) /* not remembered as absent: processes come and go */
		return -ENOENT;
	i = make_inode(dir->sb, found, &who);
	if (!i)
		return -ENOMEM;
	if (who.pid)
		de->flags |= DE_NOCACHE;
	dentry_set_inode(de, i);
	return 0;
}

/* Entries of a process are good while the process lives; those of a descriptor while it may be
 * open. */
static bool proc_revalidate(struct dentry *de)
{
	struct proc_inode *pi = de->inode ? proc_i(de->inode) : NULL;
	struct task *t;

	if (!pi || pi->who.pid == 0)
		return true;
	if (pi->who.fd >= 0)
		return false;
	t = proc_task(&pi->who);
	if (!t)
		return false;
	set_owner(de->inode, t);
	task_put(t);
	return true;
}

static int proc_readlink(struct inode *i, char *buf, size_t size)
{
	struct proc_inode *pi = proc_i(i);
	int err = proc_check_access(pi->entry, &pi->who);

	return err ? err : pi->entry->readlink(&pi->who, buf, size);
}

static int proc_follow(struct inode *i, struct path *out)
{
	struct proc_inode *pi = proc_i(i);
	int err = proc_check_access(pi->entry, &pi->who);

	return err ? err : pi->entry->follow(&pi->who, out);
}

static int proc_no_setattr(struct inode *i, const struct iattr *a)
{
	/* open(O_TRUNC) of a writable entry means nothing here, as on Linux. */
	return a->valid & ~(ATTR_SIZE | ATTR_MTIME | ATTR_CTIME | ATTR_MTIME_NOW) ? -EPERM : 0;
}

static const struct inode_ops proc_dir_iops = {.lookup = proc_lookup,
					       .revalidate = proc_revalidate,
					       .setattr = proc_no_setattr};
static const struct inode_ops proc_file_iops = {.revalidate = proc_revalidate,
						.setattr = proc_no_setattr};
static const struct inode_ops proc_link_iops = {.readlink = proc_readlink,
						.revalidate = proc_revalidate,
						.setattr = proc_no_setattr};
/* Links that lead to what is open or in use, whatever their text says. */
static const struct inode_ops proc_magic_iops = {.readlink = proc_readlink,
						 .follow = proc_follow,
						 .revalidate = proc_revalidate,
						 .setattr = proc_no_setattr};

/* --- directories --- */

static unsigned mode_dtype(u32 mode)
{
	return mode >> 12 & 15;
}

/* Positions: 0 ".", 1 "..", then the static children, then what list() counts from its cookie 0 on.
 */
static int proc_readdir(struct file *f, struct dir_context *ctx)
{
	struct proc_inode *pi = proc_i(f->inode);
	const struct proc_entry *e = pi->entry->children;
	s64 pos = 2;
	u64 cookie, ino;
	unsigned dtype;
	char name[64];

	if (proc_check_access(pi->entry, &pi->who))
		return -EACCES;
	if (pi->who.pid && is_hidden(f->inode->sb, &pi->who, 1))
		return -EPERM;
	if (ctx->pos == 0) {
		if (!ctx->emit(ctx, ".", 1, f->inode->ino, 4, 1))
			return 0;
		ctx->pos = 1;
	}
	if (ctx->pos == 1) {
		if (!ctx->emit(ctx, "..", 2, PROC_ROOT_INO, 4, 2))
			return 0;
		ctx->pos = 2;
	}
	for (; e && e->name; e++, pos++) {
		if (pos < ctx->pos)
			continue;
		if (!ctx->emit(ctx, e->name, strlen(e->name), entry_ino(e, &pi->who),
			       mode_dtype(e->mode), pos + 1))
			return 0;
		ctx->pos = pos + 1;
	}
	if (!pi->entry->list)
		return 0;
	cookie = (u64)(ctx->pos - pos);
	while (pi->entry->list(&pi->who, &cookie, name, sizeof(name), &dtype, &ino)) {
		struct proc_who who = {.fd = -1};

		if (!pi->who.pid && pi->who.ns)
			who.pid = pid_from_ns(pi->who.ns, (int)cookie);
		else
			who.pid = (int)cookie;
		if (!pi->who.pid && is_hidden(f->inode->sb, &who, 2))
			continue;
		if (!ctx->emit(ctx, name, strlen(name), ino, dtype, pos + (s64)cookie))
			return 0;
		ctx->pos = pos + (s64)cookie;
	}
	return 0;
}

static s64 proc_llseek(struct file *f, s64 off, int whence)
{
	s64 pos = whence == SEEK_CUR ? f->pos + off : off;

	if ((whence != SEEK_SET && whence != SEEK_CUR) || pos < 0)
		return -EINVAL;
	f->pos = pos;
	return pos;
}

static const struct file_ops proc_dir_fops = {.readdir = proc_readdir, .llseek = proc_llseek};

/* --- files --- */

static int proc_open(struct inode *i, struct file *f)
{
	struct proc_inode *pi = proc_i(i);
	const struct proc_entry *e = pi->entry;
	int err = proc_check_access(e, &pi->who);

	if (err)
		return err;
	if ((f->mode & FMODE_WRITE) && !e->store && !e->write && !e->ctl)
		return -EACCES;
	if (e->open)
		return e->open(f, &pi->who);
	if (e->read)
		return 0;
	return proc_text_open(f);
}

static void proc_release(struct file *f)
{
	const struct proc_entry *e = proc_i(f->inode)->entry;

	if (e->release)
		e->release(f);
	else if (!e->read)
		proc_text_release(f);
}

static long proc_read(struct file *f, struct iter *it, s64 *pos)
{
	struct proc_inode *pi = proc_i(f->inode);
	const struct proc_entry *e = pi->entry;

	if (e->read)
		return e->read(f, &pi->who, it, pos);
	if (!e->show && !e->show_part && !e->ctl)
		return -EINVAL;
	return proc_text_read(f, e, &pi->who, it, pos);
}

static long proc_write_file(struct file *f, struct iter *it, s64 *pos)
{
	struct proc_inode *pi = proc_i(f->inode);
	size_t n = MIN(it->count, (size_t)MAX_STORE);
	char *text;
	long ret;

	if (pi->entry->write)
		return pi->entry->write(f, &pi->who, it, pos);
	if (!pi->entry->store && !pi->entry->ctl)
		return -EINVAL;
	text = iter_get_text(it, n);
	if (IS_ERR(text))
		return PTR_ERR(text);
	/* proc(5), sysctl_writes_strict: a number is written whole, from the start. */
	if (pi->entry->ctl)
		ret = *pos ? (long)n : proc_ctl_store(pi->entry->ctl, text, n);
	else
		ret = pi->entry->store(&pi->who, text, n);
	kfree(text);
	if (ret > 0)
		*pos += ret;
	return ret;
}

static const struct file_ops proc_file_fops = {.open = proc_open,
					       .release = proc_release,
					       .read = proc_read,
					       .write = proc_write_file,
					       .llseek = proc_llseek};

/* --- the mount --- */

static int proc_show_options(struct super_block *sb, char *buf, size_t size)
{
	static const char *const names[] = {"off", "noaccess", "invisible", "", "ptraceable"};
	const struct proc_options *o = sb->private;
	int n = 0;

	if (o && o->has_gid)
		n += scnprintf(buf, size, ",gid=%u", o->gid);
	if (o && o->hidepid)
		n += scnprintf(buf + n, size - (size_t)n, ",hidepid=%s", names[o->hidepid]);
	return n;
}

static bool parse_hidepid(const char *value, u8 *hidepid)
{
	static const struct {
		const char *name, *number;
		u8 level;
	} names[] = {{"off", "0", 0},
		     {"noaccess", "1", 1},
		     {"invisible", "2", 2},
		     {"ptraceable", "4", 4}};

	for (unsigned i = 0; i < ARRAY_SIZE(names); i++)
		if (!strcmp(value, names[i].name) || !strcmp(value, names[i].number)) {
			*hidepid = names[i].level;
			return true;
		}
	return false;
}

/* One option; -EINVAL for those that proc does not have. */
static int parse_option(struct proc_options *o, const char *option)
{
	u64 gid;

	if (!strncmp(option, "hidepid=", 8))
		return parse_hidepid(option + 8, &o->hidepid) ? 0 : -EINVAL;
	if (!strncmp(option, "gid=", 4)) {
		if (!parse_u64(option + 4, 10, &gid, NULL) || gid > 0xffffffff)
			return -EINVAL;
		o->gid = (u32)gid;
		o->has_gid = true;
		return 0;
	}
	return -EINVAL;
}

static int parse_options(struct proc_options *o, const char *options)
{
	char one[64];
	int err = 0;

	while (*options && !err) {
		const char *end = strchr(options, ',');
		size_t n = end ? (size_t)(end - options) : strlen(options);

		if (n >= sizeof(one))
			return -EINVAL;
		memcpy(one, options, n);
		one[n] = 0;
		if (n)
			err = parse_option(o, one);
		options += n + (end ? 1 : 0);
	}
	return err;
}

static int proc_remount(struct super_block *sb, const char *options)
{
	struct proc_options o =
		sb->private ? *(struct proc_options *)sb->private : (struct proc_options){0};
	int err = parse_options(&o, options);

	if (err)
		return err;
	if (!sb->private)
		sb->private = kzalloc(sizeof(o), GFP_KERNEL);
	if (!sb->private)
		return -ENOMEM;
	*(struct proc_options *)sb->private = o;
	return 0;
}

static void proc_put_super(struct super_block *sb)
{
	const struct proc_options *o = sb->private;

	if (o && o->ns)
		ns_put(&o->ns->ns);
	kfree(sb->private);
	sb->private = NULL;
}

static const struct super_ops proc_sops = {.evict_inode = inode_free_private,
					   .put_super = proc_put_super,
					   .remount = proc_remount,
					   .show_options = proc_show_options};

static struct super_block *proc_mount(struct fs_type *t, const char *source, unsigned long flags,
				      const char *options)
{
	struct pid_ns *ns = this_thread()->is_user ? current_pid_ns() : &init_pid_ns;
	struct proc_options o = {0};
	struct super_block *sb;
	struct inode *root;
	int err = parse_options(&o, options);

	if (err)
		return ERR_PTR(err);
	if (ns->level && !task_capable_in(ns->ns.owner, CAP_SYS_ADMIN))
		return ERR_PTR(-EPERM);
	if (!ns->level && !task_capable(CAP_SYS_ADMIN))
		return ERR_PTR(-EPERM);
	sb = super_new(t, &proc_sops, PROC_SUPER_MAGIC, flags);
	if (!sb)
		return ERR_PTR(-ENOMEM);
	if (*options || ns->level) {
		sb->private = kmalloc(sizeof(o), GFP_KERNEL);
		if (!sb->private)
			goto out_of_memory;
		if (ns->level) {
			ns_get(&ns->ns);
			o.ns = ns;
		}
		*(struct proc_options *)sb->private = o;
	}
	sb->user_ns = user_ns_get(ns->ns.owner);
	root = make_inode(sb, &proc_root, &(struct proc_who){.ns = o.ns, .fd = -1});
	sb->root = root ? dentry_make_root(sb, root) : NULL;
	if (sb->root)
		return sb;
out_of_memory:
	super_put(sb);
	return ERR_PTR(-ENOMEM);
}

static struct fs_type proc_type = {
	.name = "proc",
	.is_for_users = true,
	.must_be_visible = true,
	.mount = proc_mount,
};

/* Whose /proc/PID is it? */
static struct process *process_of_directory(struct file *f)
{
	struct proc_inode *pi;

	if (f->ops != &proc_dir_fops)
		return NULL;
	pi = proc_i(f->inode);
	return pi->entry->children == proc_pid_entries ? process_find_pid(pi->who.pid) : NULL;
}

int procfs_init(void)
{
	pidfd_of_directory = process_of_directory;
	fs_register(&proc_type);
	return 0;
}

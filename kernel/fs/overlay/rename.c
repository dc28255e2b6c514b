/* overlay: rename(2). */
#include "fs/overlay/overlay.h"
#include "lib/err.h"

struct move {
	struct super_block *sb;
	struct inode *odir, *ndir;
	struct dentry *ode, *nde; /* here */
	struct dentry *oup, *nup; /* the directories above */
	unsigned flags;
	bool is_dir;
	struct dentry *whiteout; /* to be put at the old place, under another name so far */
};

/* rename(2), EXDEV; Linux without redirect_dir: what is below cannot be found from a new place. */
static bool is_bound(const struct inode *i)
{
	return S_ISDIR(i->mode) && ovl_i(i)->nr_lower;
}

static int copy_all_up(struct move *m)
{
	int err = ovl_copy_up(m->ode, false);

	if (!err)
		err = ovl_copy_up_inode(m->odir);
	if (!err)
		err = ovl_copy_up_inode(m->ndir);
	if (!err && (m->flags & RENAME_EXCHANGE))
		err = ovl_copy_up(m->nde, false);
	m->oup = ovl_upper(m->odir);
	m->nup = ovl_upper(m->ndir);
	return err;
}

/* A moved directory must not show what lies below its new place. */
static int hide_below(const struct inode *dir, const struct dentry *de)
{
	if (!S_ISDIR(de->inode->mode) || !ovl_i(dir)->nr_lower)
		return 0;
	return ovl_set_opaque(ovl_upper(de->inode));
}

/* Make room where a directory goes: it replaces neither a whiteout nor a directory of whiteouts. */
static int clear_target(struct move *m)
{
	struct dentry *d;
	int err = 0;

	if (!m->is_dir)
		return 0;
	d = stack_lookup(m->nup, m->nde->name, m->nde->name_len);
	if (!d || IS_ERR(d))
		return IS_ERR(d) ? (int)PTR_ERR(d) : 0;
	if (ovl_is_whiteout(d->inode))
		err = stack_remove(m->nup, d);
	else if (S_ISDIR(d->inode->mode))
		err = ovl_clear_whiteouts(m->sb, d);
	dentry_put(d);
	return err;
}

/* The entry above by its name: of a file with several names, ovl_upper() is any of them. */
static struct dentry *upper_by_name(struct dentry *up, const struct dentry *de)
{
	struct dentry *d = stack_lookup(up, de->name, de->name_len);

	return d ? d : ERR_PTR(-ESTALE);
}

static int exchange(struct move *m)
{
	struct dentry *d;
	int err = hide_below(m->ndir, m->ode);

	if (!err)
		err = hide_below(m->odir, m->nde);
	if (err)
		return err;
	d = upper_by_name(m->oup, m->ode);
	if (IS_ERR(d))
		return (int)PTR_ERR(d);
	err = stack_rename(m->oup, d, m->nup, m->nde->name, m->nde->name_len, RENAME_EXCHANGE);
	dentry_put(d);
	return err;
}

static int move_over(struct move *m)
{
	struct dentry *d;
	int err = ovl_lower_has(m->odir, m->ode->name, m->ode->name_len);

	if (err < 0)
		return err;
	if (err) {
		m->whiteout = ovl_put_temp_whiteout(m->sb, m->oup);
		if (IS_ERR(m->whiteout)) {
			err = (int)PTR_ERR(m->whiteout);
			m->whiteout = NULL;
			return err;
		}
	}
	err = hide_below(m->ndir, m->ode);
	if (!err)
		err = clear_target(m);
	if (err)
		return err;
	d = upper_by_name(m->oup, m->ode);
	if (IS_ERR(d))
		return (int)PTR_ERR(d);
	err = stack_rename(m->oup, d, m->nup, m->nde->name, m->nde->name_len, 0);
	dentry_put(d);
	if (!err && m->whiteout)
		err = stack_rename(m->oup, m->whiteout, m->oup, m->ode->name, m->ode->name_len, 0);
	return err;
}

int ovl_rename(struct inode *odir, struct dentry *ode, struct inode *ndir, struct dentry *nde,
	       unsigned flags)
{
	struct move m = {.sb = odir->sb,
			 .odir = odir,
			 .ndir = ndir,
			 .ode = ode,
			 .nde = nde,
			 .flags = flags,
			 .is_dir = S_ISDIR(ode->inode->mode)};
	bool is_exchange = flags & RENAME_EXCHANGE;
	int err = 0;

	if (flags & ~(unsigned)(RENAME_NOREPLACE | RENAME_EXCHANGE))
		return -EINVAL;
	if (is_bound(ode->inode) || (is_exchange && is_bound(nde->inode)))
		return -EXDEV;
	if (!is_exchange && nde->inode && S_ISDIR(nde->inode->mode))
		err = ovl_check_empty(nde->inode);
	if (!err)
		err = copy_all_up(&m);
	if (!err)
		err = is_exchange ? exchange(&m) : move_over(&m);
	if (m.whiteout) {
		if (err)
			stack_remove(m.oup, m.whiteout);
		dentry_put(m.whiteout);
	}
	if (err)
		return err;
	ovl_copy_attributes(odir);
	ovl_copy_attributes(ndir);
	ovl_copy_attributes(ode->inode);
	if (nde->inode) {
		if (ovl_upper(nde->inode))
			ovl_copy_attributes(nde->inode);
		else
			nde->inode->nlink = 0;
	}
	return 0;
}

/*
 * Leases, fcntl(2): the holder is told when somebody opens or truncates the file, and the other
 * waits until the holder gave way or /proc/sys/fs/lease-break-time has passed. Called by
 * sys/fcntl.c, and where files are opened, truncated and freed.
 */
#include "vfs/lease.h"
#include "vfs/fown.h"
#include "vfs/internal.h"
#include <asm/siginfo.h>

#define NOT_BREAKING (-1)

struct lease {
	struct lease *next; /* of the inode */
	struct file *file;  /* not counted: ended when it is freed */
	int fd, type;
	int target; /* what it is to become, or NOT_BREAKING */
	u64 deadline_ns;
};

int lease_break_time_s = 45;
void (*fown_send)(const struct file *f, int fd, int reason);
static spinlock_t lease_lock = SPINLOCK_INIT(RANK_NOTIFY, "leases"); /* all of them */
static struct waitq lease_wait = WAITQ_INIT(lease_wait);

void fown_set_default(struct file *f, int pid, const struct cred *c)
{
	if (f->owner_pid)
		return;
	f->owner_type = pid < 0 ? F_OWNER_PGRP : F_OWNER_PID;
	f->owner_uid = c->uid;
	f->owner_euid = c->euid;
	f->owner_pid = pid < 0 ? -pid : pid;
}

static struct lease **find(struct inode *i, const struct file *f)
{
	struct lease **at = (struct lease **)&i->leases;

	while (*at && (*at)->file != f)
		at = &(*at)->next;
	return at;
}

/* Lock held: it becomes `type`; F_UNLCK frees it. */
static void change(struct lease **at, int type)
{
	struct lease *l = *at;

	l->type = type;
	l->target = NOT_BREAKING;
	if (type == F_UNLCK) {
		*at = l->next;
		kfree(l);
	}
	waitq_wake_all(&lease_wait);
}

int lease_get(struct file *f)
{
	struct lease *l;
	int type = F_UNLCK;

	spin_lock(&lease_lock);
	l = *find(f->inode, f);
	if (l)
		type = l->target == NOT_BREAKING ? l->type : l->target;
	spin_unlock(&lease_lock);
	return type;
}

/* fcntl(2): EAGAIN when others have it open in a way that conflicts. */
static bool is_open_by_others(const struct file *f, int type)
{
	const struct inode *i = f->inode;

	if (type == F_RDLCK)
		return atomic_load(&i->write_count) > 0;
	return atomic_load(&i->write_count) != !!(f->mode & FMODE_WRITER) ||
	       atomic_load(&i->read_count) != !!(f->mode & FMODE_READER);
}

/* Lock held. */
static int set_locked(struct file *f, int fd, int type, struct lease **fresh)
{
	struct lease **mine = find(f->inode, f), *l;

	if (is_open_by_others(f, type))
		return -EAGAIN;
	for (l = f->inode->leases; l; l = l->next)
		if (l->file != f && (type == F_WRLCK || l->target == F_UNLCK))
			return -EAGAIN;
	if (*mine) {
		change(mine, type);
		return 0;
	}
	l = *fresh;
	*fresh = NULL;
	*l = (struct lease){.next = f->inode->leases,
			    .file = f,
			    .fd = fd,
			    .type = type,
			    .target = NOT_BREAKING};
	f->inode->leases = l;
	return 0;
}

int lease_set(struct file *f, int fd, int type, const struct cred *c)
{
	struct inode *i = f->inode;
	struct lease *fresh, **mine;
	int err = 0;

	if (c->fsuid != i->uid && !cred_has_cap(c, CAP_LEASE))
		return -EACCES;
	if (!S_ISREG(i->mode))
		return -EINVAL;
	if (type != F_RDLCK && type != F_WRLCK && type != F_UNLCK)
		return -EINVAL;
	fresh = type == F_UNLCK ? NULL : kzalloc(sizeof(*fresh), GFP_KERNEL);
	if (type != F_UNLCK && !fresh)
		return -ENOMEM;
	spin_lock(&lease_lock);
	if (type == F_UNLCK) {
		mine = find(i, f);
		if (*mine)
			change(mine, F_UNLCK);
		else
			err = -EAGAIN;
	} else {
		err = set_locked(f, fd, type, &fresh);
	}
	spin_unlock(&lease_lock);
	kfree(fresh);
	return err;
}

void lease_release_file(struct file *f)
{
	struct lease **mine;

	spin_lock(&lease_lock);
	mine = find(f->inode, f);
	if (*mine)
		change(mine, F_UNLCK);
	spin_unlock(&lease_lock);
}

/* Lock held: tell who is in the way; who was told in time and did not move is moved. The time until
 * which to wait, or 0 when nobody is in the way. */
static u64 press(struct inode *i, bool is_write)
{
	struct lease **at = (struct lease **)&i->leases, *l;
	u64 until = 0;

	while ((l = *at)) {
		if (!is_write && l->type == F_RDLCK) {
			at = &l->next;
			continue;
		}
		if (l->target == NOT_BREAKING || (is_write && l->target == F_RDLCK)) {
			l->target = is_write ? F_UNLCK : F_RDLCK;
			l->deadline_ns = now_mono_ns() + (u64)lease_break_time_s * NSEC_PER_SEC + 1;
			if (fown_send)
				fown_send(l->file, l->fd, POLL_MSG);
		} else if (now_mono_ns() >= l->deadline_ns) {
			change(at, l->target);
			continue;
		}
		until = MAX(until, l->deadline_ns);
		at = &l->next;
	}
	return until;
}

static u64 press_locked(struct inode *i, bool is_write)
{
	u64 until;

	spin_lock(&lease_lock);
	until = press(i, is_write);
	spin_unlock(&lease_lock);
	return until;
}

int lease_break_slow(struct inode *i, bool is_write, bool may_wait)
{
	u64 until;
	int err;

	while ((until = press_locked(i, is_write))) {
		if (!may_wait)
			return -EAGAIN;
		err = wait_event_timeout(&lease_wait, !press_locked(i, is_write), until);
		if (err && err != -ETIMEDOUT)
			return err;
	}
	return 0;
}

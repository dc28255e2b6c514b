/*
 * Control data of sendmsg(2) and recvmsg(2): cmsg(3), unix(7). A struct cmsghdr is a length, a
 * level and a type; the length and the alignment have the caller's word size.
 */
#include "proc/pid_ns.h"
#include "sys/ids.h"
#include "proc/pidfd.h"
#include "sys/sock.h"
#include "sys/uaccess_time.h"
#include "vfs/netinfo.h"
#include <linux/capability.h>

struct cmsg {
	size_t len; /* header included */
	int level, type;
};
struct cmsg32 {
	u32 len;
	int level, type;
};

static inline size_t word(void)
{
	return arch_in_compat_syscall() ? sizeof(u32) : sizeof(u64);
}
static inline size_t header_bytes(void)
{
	return word() + 2 * sizeof(int);
}

static struct cmsg cmsg_at(const u8 *p)
{
	struct cmsg c;
	struct cmsg32 c32;

	if (!arch_in_compat_syscall()) {
		memcpy(&c, p, sizeof(c));
		return c;
	}
	memcpy(&c32, p, sizeof(c32));
	return (struct cmsg){c32.len, c32.level, c32.type};
}

/* --- sending --- */

static bool may_be(u32 id, u32 real, u32 effective, u32 saved, unsigned cap)
{
	return id == real || id == effective || id == saved || task_has_own_cap(cap);
}

/* unix(7), SCM_CREDENTIALS: one's own ids, or those a capability allows. */
static int take_ids(struct sock_control *c, const u8 *data, size_t len)
{
	const struct cred *me = current->vfs.cred;
	struct sock_ids ids;
	struct process *p;

	if (len != sizeof(ids))
		return -EINVAL;
	memcpy(&ids, data, sizeof(ids));
	ids.uid = uid_given(ids.uid);
	ids.gid = gid_given(ids.gid);
	if (ids.uid == NO_KID || ids.gid == NO_KID)
		return fail(EINVAL, "numbers of nobody");
	if (((int)ids.pid != current->process->vpid &&
	     !task_capable_in(current_pid_ns()->ns.owner, CAP_SYS_ADMIN)) ||
	    !may_be(ids.uid, me->uid, me->euid, me->suid, CAP_SETUID) ||
	    !may_be(ids.gid, me->gid, me->egid, me->sgid, CAP_SETGID))
		return -EPERM;
	p = process_find((int)ids.pid);
	if (!p)
		return -ESRCH;
	ids.pid = (u32)p->pid;
	process_put(p);
	c->ids = ids;
	c->has_ids = true;
	return 0;
}

static int take_files(struct sock_control *c, const u8 *data, size_t len)
{
	int fds[SCM_FILES_MAX];
	size_t nr = len / sizeof(int);

	if (nr > SCM_FILES_MAX)
		return -EINVAL;
	memcpy(fds, data, nr * sizeof(int));
	return scm_take(&current->vfs, fds, (u32)nr, &c->files);
}

static bool is_inet(const struct socket *s)
{
	return s->family == AF_INET || s->family == AF_INET6;
}

/* What only AF_UNIX passes, the families of IP overlook, as on Linux. */
static int not_unix(const struct socket *s)
{
	return is_inet(s) ? 0 : -EINVAL;
}

/* For the protocol, which knows what it means. As on Linux streams overlook it. */
static int take_extra(struct socket *s, struct sock_control *c, const struct cmsg *h,
		      const u8 *data, size_t len)
{
	if (!is_inet(s) || s->type == SOCK_STREAM || (h->level != SOL_IP && h->level != SOL_IPV6))
		return 0;
	if (len > SOCK_EXTRA_BYTES || c->extras->nr == SOCK_EXTRAS_MAX)
		return -EINVAL;
	sock_extras_add(c->extras, h->level, h->type, data, (u32)len);
	return 0;
}

static int take_one(struct socket *s, struct sock_control *c, const struct cmsg *h, const u8 *data)
{
	size_t len = h->len - header_bytes();

	if (h->level != SOL_SOCKET)
		return take_extra(s, c, h, data, len);
	switch (h->type) {
	case SCM_RIGHTS:
		return s->family == AF_UNIX ? take_files(c, data, len) : not_unix(s);
	case SCM_CREDENTIALS:
		return is_inet(s) ? 0 : take_ids(c, data, len);
	case SO_MARK: /* socket(7): of this packet */
		if (!is_inet(s) || len != sizeof(u32))
			return -EINVAL;
		return task_capable(CAP_NET_ADMIN) || task_capable(CAP_NET_RAW) ? 0 : -EPERM;
	}
	return -EINVAL;
}

static int parse(struct socket *s, struct sock_control *c, const u8 *p, size_t left)
{
	size_t header = header_bytes();
	int err = 0;

	while (!err && left >= header) {
		struct cmsg h = cmsg_at(p);
		size_t step;

		if (h.len < header || h.len > left)
			return -EINVAL;
		err = take_one(s, c, &h, p + header);
		step = MIN(ALIGN_UP(h.len, word()), left);
		p += step;
		left -= step;
	}
	return err;
}

int sock_control_get(struct socket *s, struct sock_control *c, struct sock_extras *extras,
		     uaddr_t control, size_t len)
{
	u8 *buf;
	int err;

	if (len > net_limits.optmem_max)
		return -ENOBUFS;
	buf = kmalloc(len, GFP_KERNEL);
	if (!buf)
		return -ENOBUFS;
	extras->nr = 0;
	c->extras = extras;
	err = copy_from_user(buf, control, len);
	if (!err)
		err = parse(s, c, buf, len);
	kfree(buf);
	if (err && c->files) {
		scm_drop(c->files);
		c->files = NULL;
	}
	return err;
}

/* --- receiving --- */

static void advance(struct control_area *a, size_t data_bytes)
{
	size_t n = MIN(ALIGN_UP(header_bytes() + data_bytes, word()), a->len);

	a->base = uaddr_add(a->base, n);
	a->len -= n;
	a->used += n;
}

static int put_header(struct control_area *a, int level, int type, size_t len)
{
	struct cmsg c = {len, level, type};
	struct cmsg32 c32 = {(u32)len, level, type};

	return arch_in_compat_syscall() ? copy_to_user(a->base, &c32, sizeof(c32))
					: copy_to_user(a->base, &c, sizeof(c));
}

/* One control message, cut to the room there is. */
static void put_at(struct sock_msg *m, struct control_area *a, int level, int type,
		   const void *data, size_t n)
{
	size_t header = header_bytes(), len = header + n;

	if (!a->base.v || a->len < header) {
		m->out_flags |= MSG_CTRUNC;
		return;
	}
	if (len > a->len) {
		m->out_flags |= MSG_CTRUNC;
		len = a->len;
	}
	if (put_header(a, level, type, len) ||
	    copy_to_user(uaddr_add(a->base, header), data, len - header))
		return;
	advance(a, n);
}

static void put(struct sock_msg *m, struct control_area *a, int type, const void *data, size_t n)
{
	put_at(m, a, SOL_SOCKET, type, data, n);
}

static void put_files(struct sock_msg *m, struct control_area *a)
{
	struct scm_files *f = m->control.files;
	struct fdtable *t = current->vfs.files;
	size_t header = header_bytes();
	u32 room = a->base.v && a->len > header ? (u32)((a->len - header) / sizeof(int)) : 0;
	u32 nr = 0;

	while (nr < f->nr && nr < room) {
		int fd = fd_alloc(t, 0, current->vfs.limit_nofile, m->flags & MSG_CMSG_CLOEXEC);

		if (fd < 0)
			break;
		if (copy_to_user(uaddr_add(a->base, header + nr * sizeof(int)), &fd, sizeof(fd))) {
			fd_cancel(t, (unsigned)fd);
			break;
		}
		fd_install(t, (unsigned)fd, file_get(f->file[nr]));
		nr++;
	}
	if (nr && !put_header(a, SOL_SOCKET, SCM_RIGHTS, header + nr * sizeof(int)))
		advance(a, nr * sizeof(int));
	if (nr < f->nr)
		m->out_flags |= MSG_CTRUNC;
}

static void put_ids(struct sock_msg *m, struct control_area *a, const struct sock_ids *ids)
{
	struct sock_ids seen = {(u32)pid_seen((int)ids->pid), uid_seen(ids->uid),
				gid_seen(ids->gid)};

	put(m, a, SCM_CREDENTIALS, &seen, sizeof(seen));
}

static void put_pidfd(struct sock_msg *m, struct control_area *a)
{
	struct process *p = NULL;
	long fd = -ESRCH;
	int number;

	if (!a->base.v || a->len < header_bytes() + sizeof(int)) {
		m->out_flags |= MSG_CTRUNC;
		return;
	}
	if (m->control.has_ids && m->control.ids.pid)
		p = process_find_pid((int)m->control.ids.pid);
	if (p) {
		fd = file_install(pidfd_file(p, O_RDWR), true);
		process_put(p);
	}
	number = (int)fd;
	put(m, a, SCM_PIDFD, &number, sizeof(number));
}

static void put_stamp(struct socket *s, struct sock_msg *m, struct control_area *a)
{
	u64 sec = m->control.stamp_ns / NSEC_PER_SEC, rest = m->control.stamp_ns % NSEC_PER_SEC;
	bool is_ns = s->options & SOCK_OPT_TIMESTAMPNS, is_64 = s->options & SOCK_OPT_TIMESTAMP_64;
	u64 pair[2] = {sec, is_ns ? rest : rest / NSEC_PER_USEC};
	u32 short_pair[2] = {(u32)pair[0], (u32)pair[1]};
	int type = is_ns ? (is_64 ? SO_TIMESTAMPNS_NEW : SO_TIMESTAMPNS_OLD)
			 : (is_64 ? SO_TIMESTAMP_NEW : SO_TIMESTAMP_OLD);

	if (!is_64 && arch_in_compat_syscall())
		put(m, a, type, short_pair, sizeof(short_pair));
	else
		put(m, a, type, pair, sizeof(pair));
}

void sock_control_put(struct socket *s, struct sock_msg *m, struct control_area *a)
{
	static const struct sock_ids nobody = {0, 65534, 65534};
	struct sock_control *c = &m->control;

	if (c->stamp_ns && (s->options & (SOCK_OPT_TIMESTAMP | SOCK_OPT_TIMESTAMPNS)))
		put_stamp(s, m, a);
	if (s->options & SOCK_OPT_PASSCRED)
		put_ids(m, a, c->has_ids ? &c->ids : &nobody);
	if (c->files) {
		put_files(m, a);
		scm_drop(c->files);
		c->files = NULL;
	}
	if (s->options & SOCK_OPT_PASSPIDFD)
		put_pidfd(m, a);
	for (u32 i = 0; i < c->extras->nr; i++) {
		const struct sock_extra *x = &c->extras->e[i];

		put_at(m, a, x->level, x->type, x->data, x->len);
	}
}

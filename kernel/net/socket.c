/*
 * Sockets as open files, and the table of families. Called by sys/socket.c and, for read, write,
 * poll and ioctl, through file_ops; next is the family's struct sock_ops.
 */
#include "net/families.h"
#include "net/net_ns.h"
#include "core/time.h"
#include "lib/printf.h"
#include "vfs/netinfo.h"

void (*socket_caller)(struct sock_ids *ids);
struct ns_common *(*socket_caller_ns)(void);
bool (*socket_capable)(const struct user_ns *u, unsigned cap);

static const struct net_family *const families[] = {
	&unix_family,
#ifdef CONFIG_INET
	&inet_family,
	&inet6_family,
#endif
	&netlink_family,
};

void net_init(void)
{
	net_ns_init();
#ifdef CONFIG_INET
	inet_init();
#endif
}

static const struct net_family *find_family(int family)
{
	for (size_t i = 0; i < ARRAY_SIZE(families); i++)
		if (families[i]->family == family)
			return families[i];
	return NULL;
}

void socket_init(struct socket *s, const struct sock_ops *ops, int family, int type)
{
	s->ops = ops;
	ref_init(&s->ref, 1);
	s->family = (u16)family;
	s->type = (u16)type;
	s->sndbuf_bytes = net_limits.wmem_default;
	s->rcvbuf_bytes = net_limits.rmem_default;
	s->rcvlowat = 1;
	s->peek_off = -1;
	s->incoming_cpu = -1;
	waitq_init(&s->rd_wait);
	waitq_init(&s->wr_wait);
}

struct socket *socket_create(int family, int type, int protocol)
{
	const struct net_family *f = find_family(family);
	struct ns_common *ns = socket_caller_ns();
	struct socket *s;

	if (!f)
		return ERR_PTR(-EAFNOSUPPORT);
	/* Packets are those of the one stack, which is the first namespace's. */
	if (type == SOCK_RAW && f->family != AF_NETLINK && ns != &init_net)
		return ERR_PTR(-EPROTONOSUPPORT);
	s = f->create(type, protocol);
	if (IS_ERR(s) || likely(ns == &init_net))
		return s;
	socket_set_ns(s, ns);
	if (f->set_down)
		f->set_down(s);
	return s;
}

int socket_pair(int family, struct socket *a, struct socket *b)
{
	const struct net_family *f = find_family(family);

	return f && f->pair ? f->pair(a, b) : -EOPNOTSUPP;
}

u64 socket_deadline(u64 timeo_ns)
{
	return timeo_ns ? now_mono_ns() + timeo_ns : 0;
}

int socket_wait_error(int err, u64 deadline_ns)
{
	if (err == -ETIMEDOUT)
		return -EAGAIN;
	return err == -ERESTARTSYS && deadline_ns ? -EINTR : err;
}

void socket_wake_all(struct socket *s)
{
	waitq_wake_all(&s->rd_wait);
	waitq_wake_all(&s->wr_wait);
}

/* --- file operations --- */

static long sock_read(struct file *f, struct iter *it, s64 *pos)
{
	struct socket *s = f->private;
	struct sock_msg m;
	long n;

	(void)pos;
	if (unlikely(!it->count))
		return 0; /* a read of nothing does not wait, unlike recv(2) */
	m.it = it;
	m.flags = file_nonblock(f, it) ? MSG_DONTWAIT : 0;
	m.out_flags = 0;
	m.name = NULL;
	m.name_len = 0;
	m.control.files = NULL;
	m.control.extras = NULL;
	m.control.has_ids = false;
	m.control.stamp_ns = 0;
	n = s->ops->recv(s, &m);
	if (unlikely(m.control.files))
		scm_drop(m.control.files);
	return n;
}

static long sock_write(struct file *f, struct iter *it, s64 *pos)
{
	struct socket *s = f->private;
	struct sock_msg m;

	(void)pos;
	m.it = it;
	m.flags = file_nonblock(f, it) ? MSG_DONTWAIT : 0;
	m.name = NULL;
	m.name_len = 0;
	m.control.files = NULL;
	m.control.extras = NULL;
	m.control.has_ids = false;
	return s->ops->send(s, NULL, &m);
}

static unsigned sock_poll(struct file *f, struct poll_table *pt)
{
	struct socket *s = f->private;

	return s->ops->poll(s, pt);
}

static long sock_ioctl(struct file *f, unsigned cmd, void *arg, unsigned long value)
{
	struct socket *s = f->private;

	(void)value;
	long ret = s->ops->ioctl ? s->ops->ioctl(s, cmd, arg) : -ENOTTY;

	return ret == -ENOTTY && arg ? socket_ifreq(s, cmd, arg) : ret;
}

static void sock_release(struct file *f)
{
	struct socket *s = f->private;

	s->ops->close(s); /* s->file is NULL from here on */
	socket_put(s);
}

const struct file_ops socket_file_ops = {
	.read = sock_read,
	.write = sock_write,
	.poll = sock_poll,
	.ioctl = sock_ioctl,
	.release = sock_release,
};

struct file *socket_file(struct socket *s, u32 o_flags)
{
	struct inode *inode = inode_new_anon(S_IFSOCK | 0777);
	struct file *f;
	char name[32];

	if (!inode) {
		s->ops->close(s);
		socket_put(s);
		return ERR_PTR(-ENOMEM);
	}
	scnprintf(name, sizeof(name), "socket:[%lu]", (unsigned long)inode->ino);
	f = file_anon(inode, &socket_file_ops, O_RDWR | (o_flags & O_NONBLOCK), name);
	if (IS_ERR(f)) {
		s->ops->close(s);
		socket_put(s);
		return f;
	}
	f->mode |= FMODE_STREAM;
	if (s->type != SOCK_STREAM)
		f->mode |= FMODE_NOSIGPIPE;
	f->private = s;
	s->file = f;
	s->ino = inode->ino;
	return f;
}

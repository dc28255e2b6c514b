/*
 * socket(2) and its family but for data (sendrecv.c) and options (sockopt.c). Each finds the
 * socket, moves the address between user and kernel, and goes on in net/.
 */
#include "sys/sock.h"
#include "vfs/netinfo.h"
#include "vfs/user_ns.h"

#define MADE_FLAGS (SOCK_CLOEXEC | SOCK_NONBLOCK)

struct socket *sock_get(int fd, struct fdref *r, long *err)
{
	struct socket *s;

	*r = fd_get(current->vfs.files, (unsigned)fd);
	if (unlikely(!r->file)) {
		*err = -EBADF;
		return NULL;
	}
	s = socket_of(r->file);
	if (unlikely(!s)) {
		fd_put(*r);
		*err = -ENOTSOCK;
	}
	return s;
}

int sock_addr_get(void *to, uaddr_t from, int len)
{
	if (len < 0 || len > (int)SOCK_ADDR_MAX)
		return -EINVAL;
	memset(to, 0, sizeof(__kernel_sa_family_t));
	return len ? copy_from_user(to, from, (size_t)len) : 0;
}

int sock_addr_put(uaddr_t to, uaddr_t len_at, const void *addr, int len)
{
	int room;

	if (copy_from_user(&room, len_at, sizeof(room)))
		return -EFAULT;
	if (room < 0)
		return -EINVAL;
	if (copy_to_user(to, addr, (size_t)MIN(room, len)))
		return -EFAULT;
	return copy_to_user(len_at, &len, sizeof(len));
}

static void caller_ids(struct sock_ids *ids)
{
	const struct cred *c = current->vfs.cred;

	*ids = (struct sock_ids){(u32)current->process->pid, c->euid, c->egid};
}

static bool caller_capable(const struct user_ns *u, unsigned cap)
{
	return cred_capable_in(current->vfs.cred, u, cap);
}

static struct ns_common *caller_ns(void)
{
	return current->vfs.ns->ns[NS_NET];
}

void sock_start(void)
{
	socket_caller = caller_ids;
	socket_capable = caller_capable;
	socket_caller_ns = caller_ns;
}

/* --- making them --- */

static int check_type(int type)
{
	if ((type & ~SOCK_TYPE_MASK) & ~MADE_FLAGS)
		return -EINVAL;
	return 0;
}

/* The family first, then the type: socket(2), EAFNOSUPPORT and EINVAL. */
static struct socket *create(int family, int type, int protocol)
{
	if (family < 0 || family >= SOCK_FAMILY_LIMIT)
		return ERR_PTR(-EAFNOSUPPORT);
	if ((type & SOCK_TYPE_MASK) >= SOCK_TYPE_LIMIT)
		return ERR_PTR(-EINVAL);
	sock_start();
	return socket_create(family, type & SOCK_TYPE_MASK, protocol);
}

static u32 file_flags(int type)
{
	return type & SOCK_NONBLOCK ? O_NONBLOCK : 0;
}

long sys_socket(int family, int type, int protocol)
{
	struct socket *s;
	int err = check_type(type);

	if (err)
		return err;
	s = create(family, type, protocol);
	if (IS_ERR(s))
		return PTR_ERR(s);
	return file_install(socket_file(s, file_flags(type)), type & SOCK_CLOEXEC);
}

static void drop_socket(struct socket *s)
{
	s->ops->close(s);
	socket_put(s);
}

/* Two connected files. */
static int make_pair(int family, int type, int protocol, struct file *files[2])
{
	struct socket *a = create(family, type, protocol), *b;
	int err;

	if (IS_ERR(a))
		return (int)PTR_ERR(a);
	b = create(family, type, protocol);
	if (IS_ERR(b)) {
		drop_socket(a);
		return (int)PTR_ERR(b);
	}
	err = socket_pair(family, a, b);
	if (err) {
		drop_socket(a);
		drop_socket(b);
		return err;
	}
	files[0] = socket_file(a, file_flags(type));
	if (IS_ERR(files[0])) {
		drop_socket(b);
		return (int)PTR_ERR(files[0]);
	}
	files[1] = socket_file(b, file_flags(type));
	if (IS_ERR(files[1])) {
		file_put(files[0]);
		return (int)PTR_ERR(files[1]);
	}
	return 0;
}

long sys_socketpair(int family, int type, int protocol, uaddr_t fds)
{
	struct fdtable *t = current->vfs.files;
	struct file *files[2] = {NULL, NULL};
	int numbers[2], n, err = check_type(type);

	if (err)
		return err;
	/* Linux takes two numbers and writes them before it looks at the family. */
	for (n = 0; n < 2; n++) {
		numbers[n] = fd_alloc(t, 0, current->vfs.limit_nofile, type & SOCK_CLOEXEC);
		if (numbers[n] < 0) {
			err = numbers[n];
			break;
		}
	}
	if (!err)
		err = copy_to_user(fds, numbers, sizeof(numbers));
	if (!err)
		err = make_pair(family, type, protocol, files);
	if (err) {
		while (n > 0)
			fd_cancel(t, (unsigned)numbers[--n]);
		return err;
	}
	fd_install(t, (unsigned)numbers[0], files[0]);
	fd_install(t, (unsigned)numbers[1], files[1]);
	return 0;
}

/* --- names and connections --- */

long sys_bind(int fd, uaddr_t addr, int addrlen)
{
	u8 address[SOCK_ADDR_MAX];
	struct fdref r;
	long err;
	struct socket *s = sock_get(fd, &r, &err);

	if (!s)
		return err;
	err = sock_addr_get(address, addr, addrlen);
	if (!err)
		err = s->ops->bind ? s->ops->bind(s, &current->vfs, address, addrlen) : -EOPNOTSUPP;
	fd_put(r);
	return err;
}

long sys_listen(int fd, int backlog)
{
	struct fdref r;
	long err;
	struct socket *s = sock_get(fd, &r, &err);

	if (!s)
		return err;
	if ((unsigned)backlog > net_limits.somaxconn)
		backlog = (int)net_limits.somaxconn;
	err = s->ops->listen ? s->ops->listen(s, backlog) : -EOPNOTSUPP;
	fd_put(r);
	return err;
}

/* The address is looked at before the question whether this is a socket. */
long sys_connect(int fd, uaddr_t addr, int addrlen)
{
	u8 address[SOCK_ADDR_MAX];
	struct fdref r = fd_get(current->vfs.files, (unsigned)fd);
	struct socket *s;
	long err;

	if (!r.file)
		return -EBADF;
	err = sock_addr_get(address, addr, addrlen);
	s = socket_of(r.file);
	if (!err && !s)
		err = -ENOTSOCK;
	if (!err)
		err = s->ops->connect ? s->ops->connect(s, &current->vfs, address, addrlen,
							r.file->flags & O_NONBLOCK)
				      : -EOPNOTSUPP;
	fd_put(r);
	return err;
}

/* A connection as an open file; its peer's address goes to the user. */
static struct file *accept_file(struct file *f, uaddr_t addr, uaddr_t addrlen, int flags)
{
	struct socket *s = socket_of(f), *fresh;
	u8 address[SOCK_ADDR_MAX];
	struct file *made;
	int n;

	if (!s)
		return ERR_PTR(-ENOTSOCK);
	fresh = s->ops->accept ? s->ops->accept(s, f->flags & O_NONBLOCK) : ERR_PTR(-EOPNOTSUPP);
	if (IS_ERR(fresh))
		return (void *)fresh;
	made = socket_file(fresh, file_flags(flags));
	if (IS_ERR(made) || !addr.v)
		return made;
	n = fresh->ops->name(fresh, address, true);
	if (n < 0)
		n = -ECONNABORTED;
	else
		n = sock_addr_put(addr, addrlen, address, n);
	if (!n)
		return made;
	file_put(made);
	return ERR_PTR(n);
}

long sys_accept4(int fd, uaddr_t addr, uaddr_t addrlen, int flags)
{
	struct fdtable *t = current->vfs.files;
	struct fdref r = fd_get(t, (unsigned)fd);
	struct file *f;
	int number;

	if (!r.file)
		return -EBADF;
	if (flags & ~MADE_FLAGS) {
		fd_put(r);
		return -EINVAL;
	}
	number = fd_alloc(t, 0, current->vfs.limit_nofile, flags & SOCK_CLOEXEC);
	if (number < 0) {
		fd_put(r);
		return number;
	}
	f = accept_file(r.file, addr, addrlen, flags);
	fd_put(r);
	if (IS_ERR(f)) {
		fd_cancel(t, (unsigned)number);
		return PTR_ERR(f);
	}
	fd_install(t, (unsigned)number, f);
	return number;
}

long sys_accept(int fd, uaddr_t addr, uaddr_t addrlen)
{
	return sys_accept4(fd, addr, addrlen, 0);
}

static long get_name(int fd, uaddr_t addr, uaddr_t addrlen, bool of_peer)
{
	u8 address[SOCK_ADDR_MAX];
	struct fdref r;
	long n;
	struct socket *s = sock_get(fd, &r, &n);

	if (!s)
		return n;
	n = s->ops->name(s, address, of_peer);
	if (n >= 0)
		n = sock_addr_put(addr, addrlen, address, (int)n);
	fd_put(r);
	return n;
}

long sys_getsockname(int fd, uaddr_t addr, uaddr_t addrlen)
{
	return get_name(fd, addr, addrlen, false);
}

/* bash asks it of its standard input, to know whether a remote shell daemon started it. */
long sys_getpeername(int fd, uaddr_t addr, uaddr_t addrlen)
{
	return get_name(fd, addr, addrlen, true);
}

long sys_shutdown(int fd, int how)
{
	static const u32 which[] = {SOCK_SHUT_RCV, SOCK_SHUT_SND, SOCK_SHUT_ALL};
	struct fdref r;
	long err;
	struct socket *s = sock_get(fd, &r, &err);

	if (!s)
		return err;
	if (how < SHUT_RD || how > SHUT_RDWR)
		err = -EINVAL;
	else
		err = s->ops->shutdown ? s->ops->shutdown(s, which[how]) : -EOPNOTSUPP;
	fd_put(r);
	return err;
}

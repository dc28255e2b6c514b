/*
 * send(2), recv(2) and their families. Called through sys_call_table; each describes the user's
 * memory with a struct sock_msg and goes on in the socket's sock_ops.
 */
#include "sys/sock.h"
#include "sys/uaccess_time.h"

#define MAX_RW_BYTES 0x7ffff000UL
#define UIO_MAX_IOV  1024
#define CONTROL_MAX  0x7fffffffUL
/* Of send's flags these are the kernel's own. */
#define INTERNAL_SEND 0x00370000u

static void msg_init(struct sock_msg *m, struct iter *it, unsigned flags)
{
	m->it = it;
	m->flags = flags;
	m->out_flags = 0;
	m->name = NULL;
	m->name_len = 0;
	m->control.files = NULL;
	m->control.extras = NULL;
	m->control.has_ids = false;
	m->control.stamp_ns = 0;
}

static inline u32 call_flags(const struct file *f, unsigned flags)
{
	return f->flags & O_NONBLOCK ? flags | MSG_DONTWAIT : flags;
}

/* send(2): "The SIGPIPE signal is generated ... stream", but with MSG_NOSIGNAL. */
static long do_send(struct socket *s, struct sock_msg *m)
{
	long n = s->ops->send(s, &current->vfs, m);

	if (unlikely(n == -EPIPE) && s->type == SOCK_STREAM && !(m->flags & MSG_NOSIGNAL))
		current->vfs.send_signal(SIGPIPE);
	if (unlikely(m->control.files))
		scm_drop(m->control.files);
	return n;
}

/* --- one buffer --- */

static inline bool buffer_ok(uaddr_t buf, size_t len)
{
	return len <= MAX_RW_BYTES && arch_access_ok(buf, len);
}

long sys_sendto(int fd, uaddr_t buf, size_t len, unsigned flags, uaddr_t addr, int addrlen)
{
	u8 name[SOCK_ADDR_MAX] __aligned(8);
	struct sock_msg m;
	struct socket *s;
	struct fdref r;
	struct iter it;
	long n;

	len = MIN(len, MAX_RW_BYTES);
	if (unlikely(!buffer_ok(buf, len)))
		return -EFAULT;
	s = sock_get(fd, &r, &n);
	if (unlikely(!s))
		return n;
	iter_user(&it, buf, len);
	msg_init(&m, &it, call_flags(r.file, flags & ~INTERNAL_SEND));
	n = 0;
	if (addr.v) {
		n = sock_addr_get(name, addr, addrlen);
		m.name = name;
		m.name_len = addrlen;
	}
	if (!n)
		n = do_send(s, &m);
	fd_put(r);
	return n;
}

long sys_recvfrom(int fd, uaddr_t buf, size_t len, unsigned flags, uaddr_t addr, uaddr_t addrlen)
{
	u8 name[SOCK_ADDR_MAX] __aligned(8);
	struct sock_msg m;
	struct socket *s;
	struct fdref r;
	struct iter it;
	long n;
	int err;

	len = MIN(len, MAX_RW_BYTES);
	if (unlikely(!buffer_ok(buf, len)))
		return -EFAULT;
	s = sock_get(fd, &r, &n);
	if (unlikely(!s))
		return n;
	iter_user(&it, buf, len);
	msg_init(&m, &it, call_flags(r.file, flags));
	if (addr.v)
		m.name = name;
	n = s->ops->recv(s, &m);
	if (n >= 0 && addr.v) {
		err = sock_addr_put(addr, addrlen, name, m.name_len);
		if (err)
			n = err;
	}
	if (unlikely(m.control.files))
		scm_drop(m.control.files);
	fd_put(r);
	return n;
}

/* --- struct msghdr --- */

struct msghdr_k {
	uaddr_t name;
	int namelen;
	uaddr_t iov;
	size_t iovlen;
	uaddr_t control;
	size_t controllen;
	unsigned flags;
};

/* As the C library has them; the kernel's headers leave them to it. */
struct user_msghdr {
	u64 name;
	s32 namelen, pad;
	u64 iov, iovlen, control, controllen;
	u32 flags, pad2;
};
struct user_msghdr32 {
	u32 name;
	s32 namelen;
	u32 iov, iovlen, control, controllen, flags;
};
_Static_assert(sizeof(struct user_msghdr) == 56, "struct msghdr");
_Static_assert(sizeof(struct user_msghdr32) == 28, "struct msghdr of i386");
#define HDR_OFFSET(field)                                                           \
	(arch_in_compat_syscall() ? __builtin_offsetof(struct user_msghdr32, field) \
				  : __builtin_offsetof(struct user_msghdr, field))

static size_t msghdr_bytes(void)
{
	return arch_in_compat_syscall() ? sizeof(struct user_msghdr32) : sizeof(struct user_msghdr);
}

static int msghdr_get(struct msghdr_k *h, uaddr_t from)
{
	struct user_msghdr m;
	struct user_msghdr32 m32;

	if (arch_in_compat_syscall()) {
		if (copy_from_user(&m32, from, sizeof(m32)))
			return -EFAULT;
		m = (struct user_msghdr){.name = m32.name,
					 .namelen = m32.namelen,
					 .iov = m32.iov,
					 .iovlen = m32.iovlen,
					 .control = m32.control,
					 .controllen = m32.controllen};
	} else if (copy_from_user(&m, from, sizeof(m))) {
		return -EFAULT;
	}
	*h = (struct msghdr_k){.name = uaddr(m.name),
			       .namelen = m.name ? m.namelen : 0,
			       .iov = uaddr(m.iov),
			       .iovlen = m.iovlen,
			       .control = uaddr(m.control),
			       .controllen = m.controllen};
	if (h->namelen < 0)
		return -EINVAL;
	h->namelen = MIN(h->namelen, (int)SOCK_ADDR_MAX);
	return h->iovlen > UIO_MAX_IOV ? -EMSGSIZE : 0;
}

static int put_word(uaddr_t to, size_t value)
{
	return arch_in_compat_syscall() ? arch_put_user32(to, (u32)value)
					: arch_put_user64(to, value);
}

static long send_header(struct socket *s, struct file *f, uaddr_t msg, unsigned flags)
{
	u8 name[SOCK_ADDR_MAX] __aligned(8);
	struct sock_extras extras;
	struct iter_seg fast[8], *seg;
	struct msghdr_k h;
	struct sock_msg m;
	struct iter it;
	long n = msghdr_get(&h, msg);

	if (n)
		return n;
	msg_init(&m, &it, call_flags(f, flags & ~INTERNAL_SEND));
	if (h.namelen) {
		if (copy_from_user(name, h.name, (size_t)h.namelen))
			return -EFAULT;
		m.name = name;
		m.name_len = h.namelen;
	}
	n = iovec_get(h.iov, h.iovlen, fast, &seg);
	if (n < 0)
		return n;
	iter_user_vec(&it, seg, h.iovlen, (size_t)n);
	n = 0;
	if (h.controllen > CONTROL_MAX)
		n = -ENOBUFS;
	else if (h.controllen)
		n = sock_control_get(s, &m.control, &extras, h.control, h.controllen);
	if (!n)
		n = do_send(s, &m);
	if (seg != fast)
		kfree(seg);
	return n;
}

static int put_results(uaddr_t msg, const struct msghdr_k *h, const struct sock_msg *m,
		       const struct control_area *a)
{
	unsigned flags = m->out_flags | (m->flags & MSG_CMSG_CLOEXEC);
	int err = 0;

	if (h->name.v)
		err = sock_addr_put(h->name, uaddr_add(msg, HDR_OFFSET(namelen)), m->name,
				    m->name_len);
	if (!err)
		err = arch_put_user32(uaddr_add(msg, HDR_OFFSET(flags)), flags);
	if (!err)
		err = put_word(uaddr_add(msg, HDR_OFFSET(controllen)), a->used);
	return err;
}

static long recv_header(struct socket *s, struct file *f, uaddr_t msg, unsigned flags)
{
	u8 name[SOCK_ADDR_MAX] __aligned(8);
	struct sock_extras extras;
	struct iter_seg fast[8], *seg;
	struct control_area area;
	struct msghdr_k h;
	struct sock_msg m;
	struct iter it;
	long n = msghdr_get(&h, msg);
	int err;

	if (n)
		return n;
	n = iovec_get(h.iov, h.iovlen, fast, &seg);
	if (n < 0)
		return n;
	iter_user_vec(&it, seg, h.iovlen, (size_t)n);
	msg_init(&m, &it, call_flags(f, flags));
	extras.nr = 0;
	m.control.extras = &extras;
	if (h.name.v)
		m.name = name;
	n = s->ops->recv(s, &m);
	if (n >= 0) {
		area = (struct control_area){h.control, h.controllen, 0};
		sock_control_put(s, &m, &area);
		err = put_results(msg, &h, &m, &area);
		if (err)
			n = err;
	}
	if (m.control.files)
		scm_drop(m.control.files);
	if (seg != fast)
		kfree(seg);
	return n;
}

/* A flag of the kernel's own: a caller is a 32-bit program. */
static bool is_refused(unsigned flags)
{
	return flags & MSG_CMSG_COMPAT;
}

long sys_sendmsg(int fd, uaddr_t msg, unsigned flags)
{
	struct fdref r;
	struct socket *s;
	long n = -EINVAL;

	if (is_refused(flags))
		return n;
	s = sock_get(fd, &r, &n);
	if (!s)
		return n;
	n = send_header(s, r.file, msg, flags);
	fd_put(r);
	return n;
}

long sys_recvmsg(int fd, uaddr_t msg, unsigned flags)
{
	struct fdref r;
	struct socket *s;
	long n = -EINVAL;

	if (is_refused(flags))
		return n;
	s = sock_get(fd, &r, &n);
	if (!s)
		return n;
	n = recv_header(s, r.file, msg, flags);
	fd_put(r);
	return n;
}

/* --- several messages: struct mmsghdr is a msghdr and a length --- */

static uaddr_t nth(uaddr_t msgs, unsigned i)
{
	size_t step = ALIGN_UP(msghdr_bytes() + sizeof(u32),
			       arch_in_compat_syscall() ? sizeof(u32) : sizeof(u64));

	return uaddr_add(msgs, i * step);
}

static int put_count(uaddr_t msg, long n)
{
	return arch_put_user32(uaddr_add(msg, msghdr_bytes()), (u32)n);
}

long sys_sendmmsg(int fd, uaddr_t msgs, unsigned vlen, unsigned flags)
{
	struct fdref r;
	struct socket *s;
	unsigned done = 0;
	long n = -EINVAL;

	if (is_refused(flags))
		return n;
	s = sock_get(fd, &r, &n);
	if (!s)
		return n;
	n = 0;
	vlen = MIN(vlen, (unsigned)UIO_MAX_IOV);
	while (done < vlen) {
		n = send_header(s, r.file, nth(msgs, done), flags);
		if (n >= 0)
			n = put_count(nth(msgs, done), n);
		if (n < 0)
			break;
		done++;
		if (thread_signal_pending())
			break;
		cond_resched();
	}
	fd_put(r);
	return done ? (long)done : n;
}

/* recvmmsg(2): the timeout "is checked only after the receipt of each datagram". */
static long recv_several(struct socket *s, struct file *f, uaddr_t msgs, unsigned vlen,
			 unsigned flags, u64 deadline_ns)
{
	unsigned done = 0;
	long n = socket_take_error(s);

	while (!n && done < vlen) {
		n = recv_header(s, f, nth(msgs, done), flags & ~(unsigned)MSG_WAITFORONE);
		if (n >= 0)
			n = put_count(nth(msgs, done), n);
		if (n < 0)
			break;
		done++;
		if (flags & MSG_WAITFORONE)
			flags |= MSG_DONTWAIT;
		if (deadline_ns && now_mono_ns() >= deadline_ns)
			break;
		cond_resched();
	}
	if (!done)
		return n;
	/* What stopped it is told to the next call. */
	if (n < 0 && n != -EAGAIN && n != -ERESTARTSYS && n != -EINTR)
		atomic_store(&s->error, (int)-n);
	return (long)done;
}

long sys_recvmmsg(int fd, uaddr_t msgs, unsigned vlen, unsigned flags, uaddr_t timeout)
{
	u64 timeout_ns = 0, start = 0, now;
	struct fdref r;
	struct socket *s;
	long n = -EINVAL;

	if (is_refused(flags))
		return n;
	if (timeout.v) {
		n = timespec_get(timeout, &timeout_ns);
		if (n)
			return n;
		start = now_mono_ns();
	}
	s = sock_get(fd, &r, &n);
	if (!s)
		return n;
	n = recv_several(s, r.file, msgs, MIN(vlen, (unsigned)UIO_MAX_IOV), flags,
			 timeout.v ? start + timeout_ns : 0);
	fd_put(r);
	if (n > 0 && timeout.v) {
		now = now_mono_ns() - start;
		if (timespec_put(timeout, timeout_ns > now ? timeout_ns - now : 0))
			return -EFAULT;
	}
	return n;
}

/*
 * ioctl(2). The table says how large the argument of a command is and which way it goes, so that
 * drivers see kernel memory only; a command that is not listed reaches file_ops.ioctl with the bare
 * value.
 */
#include "abi/linux/missing.h"
#include "net/socket.h"
#include "sys/syscall.h"
#include "vfs/ns.h"
#include <asm/ioctls.h>
#include <asm/termbits.h>
#include <asm/termios.h>
#include <linux/fs.h>
#include <linux/ioctl.h>
#include <linux/nsfs.h>
#include <linux/random.h>
#include <linux/seccomp.h>
#include <linux/sockios.h>

#define IFREQ_BYTES   sizeof(struct ifreq_k)
#define ARG_IN	      1u
#define ARG_OUT	      2u
#define ARG_BYTES_MAX 80 /* bytes */

struct ioctl_row {
	u32 cmd;
	u8 dir;
	u8 size;
};

static const struct ioctl_row rows[] = {
	{TCGETS, ARG_OUT, sizeof(struct termios)},
	{TCSETS, ARG_IN, sizeof(struct termios)},
	{TCSETSW, ARG_IN, sizeof(struct termios)},
	{TCSETSF, ARG_IN, sizeof(struct termios)},
	{TCGETS2, ARG_OUT, sizeof(struct termios2)},
	{TCSETS2, ARG_IN, sizeof(struct termios2)},
	{TCSETSW2, ARG_IN, sizeof(struct termios2)},
	{TCSETSF2, ARG_IN, sizeof(struct termios2)},
	{TCGETA, ARG_OUT, sizeof(struct termio)},
	{TCSETA, ARG_IN, sizeof(struct termio)},
	{TCSETAW, ARG_IN, sizeof(struct termio)},
	{TCSETAF, ARG_IN, sizeof(struct termio)},
	{TIOCGWINSZ, ARG_OUT, sizeof(struct winsize)},
	{TIOCSWINSZ, ARG_IN, sizeof(struct winsize)},
	{TIOCGPGRP, ARG_OUT, sizeof(int)},
	{TIOCSPGRP, ARG_IN, sizeof(int)},
	{TIOCGSID, ARG_OUT, sizeof(int)},
	{TIOCOUTQ, ARG_OUT, sizeof(int)},
	{FIONREAD, ARG_OUT, sizeof(int)},
	{TIOCSTI, ARG_IN, sizeof(char)},
	{TIOCMGET, ARG_OUT, sizeof(int)},
	{TIOCMBIS, ARG_IN, sizeof(int)},
	{TIOCMBIC, ARG_IN, sizeof(int)},
	{TIOCMSET, ARG_IN, sizeof(int)},
	{TIOCGSOFTCAR, ARG_OUT, sizeof(int)},
	{TIOCSSOFTCAR, ARG_IN, sizeof(int)},
	{TIOCGLCKTRMIOS, ARG_OUT, sizeof(struct termios)},
	{TIOCSLCKTRMIOS, ARG_IN, sizeof(struct termios)},
	{TIOCPKT, ARG_IN, sizeof(int)},
	{TIOCGETD, ARG_OUT, sizeof(int)},
	{TIOCSETD, ARG_IN, sizeof(int)},
	{TIOCGPTN, ARG_OUT, sizeof(unsigned)},
	{TIOCSPTLCK, ARG_IN, sizeof(int)},
	{TIOCGPTLCK, ARG_OUT, sizeof(int)},
	{TIOCGPKT, ARG_OUT, sizeof(int)},
	{TIOCGEXCL, ARG_OUT, sizeof(int)},
	{TIOCGDEV, ARG_OUT, sizeof(unsigned)},
	{RNDGETENTCNT, ARG_OUT, sizeof(int)},
	{SECCOMP_IOCTL_NOTIF_RECV, ARG_IN | ARG_OUT, sizeof(struct seccomp_notif)},
	{SECCOMP_IOCTL_NOTIF_SEND, ARG_IN, sizeof(struct seccomp_notif_resp)},
	{SECCOMP_IOCTL_NOTIF_ID_VALID, ARG_IN, sizeof(u64)},
	{SECCOMP_IOR(2, u64), ARG_IN, sizeof(u64)},
	{SECCOMP_IOCTL_NOTIF_ADDFD, ARG_IN, sizeof(struct seccomp_notif_addfd)},
	{SIOCATMARK, ARG_OUT, sizeof(int)},
	{SIOCGIFNAME, ARG_IN | ARG_OUT, IFREQ_BYTES},
	{SIOCGIFINDEX, ARG_IN | ARG_OUT, IFREQ_BYTES},
	{SIOCGIFFLAGS, ARG_IN | ARG_OUT, IFREQ_BYTES},
	{SIOCSIFFLAGS, ARG_IN, IFREQ_BYTES},
	{SIOCGIFADDR, ARG_IN | ARG_OUT, IFREQ_BYTES},
	{SIOCGIFNETMASK, ARG_IN | ARG_OUT, IFREQ_BYTES},
	{SIOCGIFBRDADDR, ARG_IN | ARG_OUT, IFREQ_BYTES},
	{SIOCGIFMTU, ARG_IN | ARG_OUT, IFREQ_BYTES},
	{SIOCGIFHWADDR, ARG_IN | ARG_OUT, IFREQ_BYTES},
	{SIOCGIFTXQLEN, ARG_IN | ARG_OUT, IFREQ_BYTES},
	{SIOCGIFMETRIC, ARG_IN | ARG_OUT, IFREQ_BYTES},
	{FIGETBSZ, ARG_OUT, sizeof(int)},
};

static const struct ioctl_row *find_row(unsigned cmd)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (rows[i].cmd == cmd)
			return &rows[i];
	return NULL;
}

static long call_ops(struct file *f, unsigned cmd, void *arg, unsigned long value)
{
	long ret = f->ops->ioctl ? f->ops->ioctl(f, cmd, arg, value) : -ENOTTY;

	return ret == -ENOIOCTLCMD ? -ENOTTY : ret;
}

static long listed(struct file *f, const struct ioctl_row *row, unsigned long value)
{
	char arg[ARG_BYTES_MAX] __aligned(8);
	long ret;

	memset(arg, 0, row->size);
	if ((row->dir & ARG_IN) && copy_from_user(arg, uaddr(value), row->size))
		return -EFAULT;
	ret = call_ops(f, row->cmd, arg, value);
	if (ret >= 0 && (row->dir & ARG_OUT) && copy_to_user(uaddr(value), arg, row->size))
		return -EFAULT;
	return ret;
}

/* FIONBIO, FIOASYNC: the argument says on or off. */
static long set_flag(struct file *f, u32 flag, uaddr_t arg)
{
	int on;

	if (copy_from_user(&on, arg, sizeof(on)))
		return -EFAULT;
	if (on)
		atomic_or(&f->flags, flag);
	else
		atomic_and(&f->flags, ~flag);
	return 0;
}

static long owner_ioctl(struct file *f, unsigned cmd, uaddr_t arg)
{
	int who = file_get_owner(f);

	if (cmd == FIOGETOWN || cmd == SIOCGPGRP)
		return copy_to_user(arg, &who, sizeof(who));
	return copy_from_user(&who, arg, sizeof(who)) ? -EFAULT : file_set_owner(f, who);
}

/* netdevice(7), SIOCGIFCONF: the interfaces with an IPv4 address, which is lo. */
static long list_interfaces(const struct socket *s, uaddr_t arg)
{
	struct {
		int bytes, unused;
		u64 list;
	} conf;
	struct ifreq_k lo = {.name = "lo", .pad = {AF_INET, 0, 0, 0, 127, 0, 0, 1}};

	if (arch_in_compat_syscall())
		return -ENOTTY;
	if (copy_from_user(&conf, arg, sizeof(conf)))
		return -EFAULT;
	if (s->ns) {
		conf.bytes = 0; /* lo is down, and has none */
	} else if (!conf.list) {
		conf.bytes = sizeof(lo); /* what there would be */
	} else if (conf.bytes < (int)sizeof(lo)) {
		conf.bytes = 0;
	} else {
		conf.bytes = sizeof(lo);
		if (copy_to_user(uaddr(conf.list), &lo, sizeof(lo)))
			return -EFAULT;
	}
	return copy_to_user(arg, &conf.bytes, sizeof(conf.bytes));
}

static long ioctl_file(struct file *f, unsigned fd, unsigned cmd, unsigned long arg)
{
	const struct ioctl_row *row;
	bool done;
	long ret;

	switch (cmd) {
	case FIOCLEX:
		return fd_set_cloexec(current->vfs.files, fd, true);
	case FIONCLEX:
		return fd_set_cloexec(current->vfs.files, fd, false);
	case FIONBIO:
		return set_flag(f, O_NONBLOCK, uaddr(arg));
	case FIOASYNC:
		ret = set_flag(f, FASYNC, uaddr(arg));
		f->async_fd = (int)fd;
		file_set_async(f, f->flags & FASYNC, current->process->pid, current->real_cred);
		return ret;
	case FIOSETOWN:
	case SIOCSPGRP:
	case FIOGETOWN:
	case SIOCGPGRP:
		return S_ISSOCK(f->inode->mode) ? owner_ioctl(f, cmd, uaddr(arg)) : -ENOTTY;
	case NS_GET_USERNS:
	case NS_GET_PARENT:
	case NS_GET_NSTYPE:
	case NS_GET_OWNER_UID:
	case NS_GET_MNTNS_ID:
		return file_ns(f) ? ns_file_ioctl(file_ns(f), cmd, uaddr(arg)) : -ENOTTY;
	case SIOCGIFCONF:
		return socket_of(f) ? list_interfaces(socket_of(f), uaddr(arg)) : -ENOTTY;
	}
	ret = file_ioctl(f, cmd, arg, &done);
	if (done)
		return ret;
	row = f->ops->ioctl ? find_row(cmd) : NULL;
	return row ? listed(f, row, arg) : call_ops(f, cmd, NULL, arg);
}

long sys_ioctl(int fd, unsigned int cmd, unsigned long arg)
{
	struct fdref r = fd_get(current->vfs.files, (unsigned)fd);
	long ret;

	if (!r.file)
		return -EBADF;
	ret = ioctl_file(r.file, (unsigned)fd, cmd, arg);
	fd_put(r);
	return ret;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* socketcall(2) and ipc(2): one number for all calls on sockets, one for all of System V IPC. Next:
 * the handlers in kernel/sys/, which lay structures out as 32-bit programs have them. */
#include "sys/sysvipc.h"
#include "gen/syscalls_i386.h"
#include <linux/ipc.h>
#include <linux/net.h>

/* --- socketcall(2) --- */

#define SOCKET_CALLS (SYS_SENDMMSG + 1)

static const u8 nr_args[SOCKET_CALLS] = {
	[SYS_SOCKET] = 3,   [SYS_BIND] = 3,	   [SYS_CONNECT] = 3,	  [SYS_LISTEN] = 2,
	[SYS_ACCEPT] = 3,   [SYS_GETSOCKNAME] = 3, [SYS_GETPEERNAME] = 3, [SYS_SOCKETPAIR] = 4,
	[SYS_SEND] = 4,	    [SYS_RECV] = 4,	   [SYS_SENDTO] = 6,	  [SYS_RECVFROM] = 6,
	[SYS_SHUTDOWN] = 2, [SYS_SETSOCKOPT] = 5,  [SYS_GETSOCKOPT] = 5,  [SYS_SENDMSG] = 3,
	[SYS_RECVMSG] = 3,  [SYS_ACCEPT4] = 4,	   [SYS_RECVMMSG] = 5,	  [SYS_SENDMMSG] = 4,
};

static long socket_transfer(u32 call, const u32 *v)
{
	int fd = (int)v[0];

	switch (call) {
	case SYS_SEND:
		return sys_sendto(fd, uaddr(v[1]), v[2], v[3], uaddr(0), 0);
	case SYS_RECV:
		return sys_recvfrom(fd, uaddr(v[1]), v[2], v[3], uaddr(0), uaddr(0));
	case SYS_SENDTO:
		return sys_sendto(fd, uaddr(v[1]), v[2], v[3], uaddr(v[4]), (int)v[5]);
	case SYS_RECVFROM:
		return sys_recvfrom(fd, uaddr(v[1]), v[2], v[3], uaddr(v[4]), uaddr(v[5]));
	case SYS_SENDMSG:
		return sys_sendmsg(fd, uaddr(v[1]), v[2]);
	case SYS_RECVMSG:
		return sys_recvmsg(fd, uaddr(v[1]), v[2]);
	case SYS_SENDMMSG:
		return sys_sendmmsg(fd, uaddr(v[1]), v[2], v[3]);
	default: /* SYS_RECVMMSG */
		return sys_recvmmsg(fd, uaddr(v[1]), v[2], v[3], uaddr(v[4]));
	}
}

long sys_compat_socketcall(const struct compat_args *a)
{
	u32 v[6], call = a->v[0];

	if (call >= SOCKET_CALLS || !nr_args[call])
		return -EINVAL;
	if (copy_from_user(v, uaddr(a->v[1]), nr_args[call] * sizeof(u32)))
		return -EFAULT;
	switch (call) {
	case SYS_SOCKET:
		return sys_socket((int)v[0], (int)v[1], (int)v[2]);
	case SYS_BIND:
		return sys_bind((int)v[0], uaddr(v[1]), (int)v[2]);
	case SYS_CONNECT:
		return sys_connect((int)v[0], uaddr(v[1]), (int)v[2]);
	case SYS_LISTEN:
		return sys_listen((int)v[0], (int)v[1]);
	case SYS_ACCEPT:
		return sys_accept4((int)v[0], uaddr(v[1]), uaddr(v[2]), 0);
	case SYS_ACCEPT4:
		return sys_accept4((int)v[0], uaddr(v[1]), uaddr(v[2]), (int)v[3]);
	case SYS_GETSOCKNAME:
		return sys_getsockname((int)v[0], uaddr(v[1]), uaddr(v[2]));
	case SYS_GETPEERNAME:
		return sys_getpeername((int)v[0], uaddr(v[1]), uaddr(v[2]));
	case SYS_SOCKETPAIR:
		return sys_socketpair((int)v[0], (int)v[1], (int)v[2], uaddr(v[3]));
	case SYS_SHUTDOWN:
		return sys_shutdown((int)v[0], (int)v[1]);
	case SYS_SETSOCKOPT:
		return sys_setsockopt((int)v[0], (int)v[1], (int)v[2], uaddr(v[3]), (int)v[4]);
	case SYS_GETSOCKOPT:
		return sys_getsockopt((int)v[0], (int)v[1], (int)v[2], uaddr(v[3]), uaddr(v[4]));
	}
	return socket_transfer(call, v);
}

/* --- ipc(2): call, first, second, third, ptr, fifth; the upper half of call is a version --- */

#define IPC_64_FLAG 0x100u

struct ipc_call {
	u32 version;
	int first;
	u32 second, third, ptr, fifth;
};

static long sem_call(u32 call, const struct ipc_call *c)
{
	u32 arg;

	switch (call) {
	case SEMOP:
		return sys_semop(c->first, uaddr(c->ptr), c->second);
	case SEMGET:
		return sys_semget(c->first, (int)c->second, (int)c->third);
	case SEMTIMEDOP:
		return sys_semtimedop(c->first, uaddr(c->ptr), c->second, uaddr(c->fifth));
	}
	if (!c->ptr)
		return -EINVAL;
	if (arch_get_user32(&arg, uaddr(c->ptr)))
		return -EFAULT;
	if (!(c->third & IPC_64_FLAG))
		return fail(EINVAL, "the structures from before IPC_64 are not served");
	return sem_control(c->first, (int)c->second, (int)(c->third & ~IPC_64_FLAG), arg);
}

static long receive(const struct ipc_call *c)
{
	u32 kludge[2]; /* version 0: the buffer and the type, in memory */

	if (c->version)
		return sys_msgrcv(c->first, uaddr(c->ptr), c->second, (s32)c->fifth, (int)c->third);
	if (!c->ptr)
		return -EINVAL;
	if (copy_from_user(kludge, uaddr(c->ptr), sizeof(kludge)))
		return -EFAULT;
	return sys_msgrcv(c->first, uaddr(kludge[0]), c->second, (s32)kludge[1], (int)c->third);
}

static long msg_call(u32 call, const struct ipc_call *c)
{
	switch (call) {
	case MSGSND:
		return sys_msgsnd(c->first, uaddr(c->ptr), c->second, (int)c->third);
	case MSGRCV:
		return receive(c);
	case MSGGET:
		return sys_msgget(c->first, (int)c->second);
	}
	if (!(c->second & IPC_64_FLAG))
		return fail(EINVAL, "the structures from before IPC_64 are not served");
	return msg_control(c->first, (int)(c->second & ~IPC_64_FLAG), uaddr(c->ptr));
}

static long attach(const struct ipc_call *c)
{
	long addr;

	if (c->version == 1)
		return -EINVAL;
	addr = sys_shmat(c->first, c->ptr, (int)c->second);
	if ((unsigned long)addr >= (unsigned long)-4095L)
		return addr;
	return arch_put_user32(uaddr(c->third), (u32)addr);
}

static long shm_call(u32 call, const struct ipc_call *c)
{
	switch (call) {
	case SHMAT:
		return attach(c);
	case SHMDT:
		return sys_shmdt(c->ptr);
	case SHMGET:
		return sys_shmget(c->first, c->second, (int)c->third);
	}
	if (!(c->second & IPC_64_FLAG))
		return fail(EINVAL, "the structures from before IPC_64 are not served");
	return shm_control(c->first, (int)(c->second & ~IPC_64_FLAG), uaddr(c->ptr));
}

long sys_compat_ipc(const struct compat_args *a)
{
	const struct ipc_call c = {a->v[0] >> 16, (int)a->v[1], a->v[2], a->v[3], a->v[4], a->v[5]};
	u32 call = a->v[0] & 0xffff;

	switch (call) {
	case SEMOP:
	case SEMGET:
	case SEMCTL:
	case SEMTIMEDOP:
		return sem_call(call, &c);
	case MSGSND:
	case MSGRCV:
	case MSGGET:
	case MSGCTL:
		return msg_call(call, &c);
	case SHMAT:
	case SHMDT:
	case SHMGET:
	case SHMCTL:
		return shm_call(call, &c);
	}
	return -ENOSYS;
}

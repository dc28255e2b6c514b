/* SPDX-License-Identifier: Apache-2.0 */
/* socketcall(2), ipc(2) and the message calls with 64-bit times, in 32-bit layouts. */
#include "../../sys/test.h"
#include <mqueue.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/un.h>

enum {
	SOCKET = 1,
	BIND,
	CONNECT,
	LISTEN,
	ACCEPT,
	GETSOCKNAME,
	GETPEERNAME,
	SOCKETPAIR,
	SEND,
	RECV,
	SENDTO,
	RECVFROM,
	SHUTDOWN,
	SETSOCKOPT,
	GETSOCKOPT,
	SENDMSG,
	RECVMSG,
	ACCEPT4,
	RECVMMSG,
	SENDMMSG
};

static long socketcall(int call, long a, long b, long c, long d, long e, long f)
{
	long args[6] = {a, b, c, d, e, f};

	return syscall(SYS_socketcall, call, args);
}
#define CALL(call, ...) CALL_6(call, __VA_ARGS__, 0, 0, 0, 0, 0)
#define CALL_6(call, a, b, c, d, e, f, ...) \
	socketcall(call, (long)(a), (long)(b), (long)(c), (long)(d), (long)(e), (long)(f))

static void pass_descriptor(int from, int to)
{
	union {
		char bytes[CMSG_SPACE(sizeof(int))];
		struct cmsghdr header;
	} control;
	char text[8] = "", data[] = "hello";
	struct iovec iov = {data, 5}, in = {text, sizeof(text)};
	struct msghdr m = {.msg_iov = &iov,
			   .msg_iovlen = 1,
			   .msg_control = &control,
			   .msg_controllen = sizeof(control)};
	int fd = open("passed", O_RDWR | O_CREAT, 0600), got = -1;
	struct stat a, b;

	control.header = (struct cmsghdr){CMSG_LEN(sizeof(int)), SOL_SOCKET, SCM_RIGHTS};
	memcpy(CMSG_DATA(&control.header), &fd, sizeof(fd));
	T_EQ(CALL(SENDMSG, from, &m, 0), 5);
	memset(&control, 0, sizeof(control));
	m.msg_iov = &in;
	T_EQ(CALL(RECVMSG, to, &m, 0), 5);
	T_STR(text, "hello");
	T_EQ(m.msg_controllen, CMSG_LEN(sizeof(int)));
	T_EQ(control.header.cmsg_len, CMSG_LEN(sizeof(int)));
	T_EQ(control.header.cmsg_type, SCM_RIGHTS);
	memcpy(&got, CMSG_DATA(&control.header), sizeof(got));
	T_OK(fstat(got, &a));
	T_OK(fstat(fd, &b));
	T_EQ(a.st_ino, b.st_ino);
	close(got);
	close(fd);
}

static void check_pair(void)
{
	struct mmsghdr several[2] = {{{0}, 0}};
	struct iovec iov[2];
	struct timeval tv = {3, 500000}, tv_got;
	char buf[16] = "", two[2][4] = {"", ""};
	int fds[2] = {-1, -1}, type = 0;
	socklen_t len = sizeof(type);
	struct {
		int64_t sec, nsec;
	} timeout = {5, 0};

	T_OK(CALL(SOCKETPAIR, AF_UNIX, SOCK_SEQPACKET, 0, fds));
	T_EQ(CALL(SEND, fds[0], "abc", 3, 0), 3);
	T_EQ(CALL(RECV, fds[1], buf, sizeof(buf), 0), 3);
	T_STR(buf, "abc");
	T_OK(CALL(GETSOCKOPT, fds[0], SOL_SOCKET, SO_TYPE, &type, &len));
	T_EQ(type, SOCK_SEQPACKET);
	T_OK(CALL(SETSOCKOPT, fds[0], SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof(tv)));
	len = sizeof(tv_got);
	T_OK(CALL(GETSOCKOPT, fds[0], SOL_SOCKET, SO_RCVTIMEO, &tv_got, &len));
	T_EQ(len, 8);
	T_TRUE(tv_got.tv_sec == 3 && tv_got.tv_usec >= 490000);
	pass_descriptor(fds[0], fds[1]);
	for (int i = 0; i < 2; i++) {
		iov[i] = (struct iovec){i ? "yy" : "x", (size_t)i + 1};
		several[i].msg_hdr.msg_iov = &iov[i];
		several[i].msg_hdr.msg_iovlen = 1;
	}
	T_EQ(CALL(SENDMMSG, fds[0], several, 2, 0), 2);
	T_EQ(several[1].msg_len, 2);
	for (int i = 0; i < 2; i++)
		iov[i] = (struct iovec){two[i], 4};
	T_EQ(CALL(RECVMMSG, fds[1], several, 1, 0, NULL), 1);
	T_EQ(syscall(SYS_recvmmsg_time64, fds[1], several + 1, 1, 0, &timeout), 1);
	T_TRUE(two[0][0] == 'x' && two[1][1] == 'y');
	T_TRUE(timeout.sec == 4 || timeout.sec == 5);
	T_OK(CALL(SHUTDOWN, fds[0], SHUT_RDWR));
	T_EQ(CALL(RECVFROM, fds[1], buf, sizeof(buf), 0, NULL, NULL), 0);
	close(fds[0]);
	close(fds[1]);
}

static void check_server(void)
{
	struct sockaddr_un addr = {.sun_family = AF_UNIX, .sun_path = "server"}, name;
	socklen_t len = sizeof(name);
	int s = (int)CALL(SOCKET, AF_UNIX, SOCK_STREAM, 0), c, a;

	T_OK(CALL(BIND, s, &addr, sizeof(addr)));
	T_OK(CALL(LISTEN, s, 2));
	c = (int)CALL(SOCKET, AF_UNIX, SOCK_STREAM, 0);
	T_OK(CALL(CONNECT, c, &addr, sizeof(addr)));
	a = (int)CALL(ACCEPT, s, NULL, NULL);
	T_CMP(a, >=, 0);
	T_OK(CALL(GETPEERNAME, c, &name, &len));
	T_STR(name.sun_path, "server");
	len = sizeof(name);
	T_OK(CALL(GETSOCKNAME, s, &name, &len));
	T_STR(name.sun_path, "server");
	close(c);
	close(a);
	c = (int)CALL(SOCKET, AF_UNIX, SOCK_STREAM, 0);
	T_OK(CALL(CONNECT, c, &addr, sizeof(addr)));
	a = (int)CALL(ACCEPT4, s, NULL, NULL, SOCK_CLOEXEC);
	T_EQ(fcntl(a, F_GETFD), FD_CLOEXEC);
	close(s);
	close(c);
	close(a);
	T_ERR(syscall(SYS_socketcall, 0, &addr), EINVAL);
	T_ERR(syscall(SYS_socketcall, 21, &addr), EINVAL);
	T_ERR(syscall(SYS_socketcall, -1, &addr), EINVAL);
	T_ERR(syscall(SYS_socketcall, SOCKET, 8), EFAULT);
	T_ERR(CALL(SOCKET, 999, SOCK_STREAM, 0), EAFNOSUPPORT);
}

#define IPC(call, a, b, c, ptr, fifth) syscall(SYS_ipc, call, a, b, c, ptr, fifth)
#define IPC_64_FLAG		       0x100

static void check_semaphores(void)
{
	struct sembuf up = {0, 1, 0}, down = {0, -3, 0};
	struct timespec32 {
		int32_t sec, nsec;
	} t = {0, 10000000};
	struct {
		int64_t sec, nsec;
	} t64 = {0, 10000000};
	union {
		int val;
		void *buf;
	} arg = {.val = 2};
	uint32_t ds[16];
	int id = (int)IPC(2, IPC_PRIVATE, 1, 0600, 0, 0);

	T_CMP(id, >=, 0);
	T_OK(IPC(3, id, 0, SETVAL | IPC_64_FLAG, &arg, 0));
	T_OK(IPC(1, id, 1, 0, &up, 0));
	T_EQ(IPC(3, id, 0, GETVAL | IPC_64_FLAG, &arg, 0), 3);
	T_OK(IPC(1, id, 1, 0, &down, 0));
	T_ERR(IPC(4, id, 1, 0, &down, &t), EAGAIN);
	T_ERR(syscall(SYS_semtimedop_time64, id, &down, 1, &t64), EAGAIN);
	arg.buf = ds;
	memset(ds, 0xff, sizeof(ds));
	T_OK(IPC(3, id, 0, IPC_STAT | IPC_64_FLAG, &arg, 0));
	T_EQ(ds[1], getuid());
	T_EQ(ds[13], 1); /* sem_nsems */
	T_ERR(IPC(3, id, 0, IPC_STAT | IPC_64_FLAG, 0, 0), EINVAL);
	T_ERR(IPC(3, id, 0, IPC_STAT | IPC_64_FLAG, 8, 0), EFAULT);
	T_OK(IPC(3, id, 0, IPC_RMID | IPC_64_FLAG, &arg, 0));
}

static void check_messages(void)
{
	struct {
		int32_t type;
		char text[8];
	} out = {7, "text"}, in = {0};
	struct {
		void *msg;
		int32_t type;
	} kludge = {&in, 7};
	uint32_t ds[22];
	int id = (int)IPC(13, IPC_PRIVATE, 0600, 0, 0, 0);

	T_CMP(id, >=, 0);
	T_OK(IPC(11, id, 5, 0, &out, 0));
	T_OK(IPC(14, id, IPC_STAT | IPC_64_FLAG, 0, ds, 0));
	T_EQ(ds[16], 1); /* msg_qnum */
	T_EQ(IPC(12, id, 8, 0, &kludge, 0), 5);
	T_EQ(in.type, 7);
	T_STR(in.text, "text");
	T_OK(IPC(11, id, 5, 0, &out, 0));
	memset(&in, 0, sizeof(in));
	T_EQ(IPC(12 | 1 << 16, id, 8, IPC_NOWAIT, &in, -8), 5);
	T_STR(in.text, "text");
	T_ERR(IPC(12, id, 8, 0, 0, 0), EINVAL);
	T_ERR(IPC(12, id, 8, 0, 8, 0), EFAULT);
	T_OK(IPC(14, id, IPC_RMID | IPC_64_FLAG, 0, 0, 0));
}

static void check_memory(void)
{
	uint32_t ds[21], *at = NULL;
	int id = (int)IPC(23, IPC_PRIVATE, 5000, 0600, 0, 0);

	T_CMP(id, >=, 0);
	T_OK(IPC(21, id, 0, &at, 0, 0));
	T_TRUE(at != NULL);
	if (!at)
		return;
	*at = 42;
	T_OK(IPC(24, id, IPC_STAT | IPC_64_FLAG, 0, ds, 0));
	T_EQ(ds[9], 5000); /* shm_segsz */
	T_EQ(ds[18], 1);   /* shm_nattch */
	T_ERR(IPC(21 | 1 << 16, id, 0, &at, 0, 0), EINVAL);
	T_OK(IPC(22, 0, 0, 0, at, 0));
	T_OK(IPC(24, id, IPC_RMID | IPC_64_FLAG, 0, 0, 0));
	T_ERR(IPC(99, 0, 0, 0, 0, 0), ENOSYS);
	T_ERR(IPC(0, 0, 0, 0, 0, 0), ENOSYS);
}

static void check_mqueue(void)
{
	struct mq_attr attr = {.mq_maxmsg = 1, .mq_msgsize = 16}, got;
	struct {
		int64_t sec, nsec;
	} past = {1, 0};
	char buf[16];
	mqd_t q = mq_open("/lstar-i386", O_CREAT | O_RDWR, 0600, &attr);

	if (q == (mqd_t)-1 && errno == ENOSYS) {
		T_SKIP_ONE("no message queues");
		return;
	}
	T_CMP(q, >=, 0);
	mq_unlink("/lstar-i386");
	T_OK(mq_getattr(q, &got));
	T_EQ(got.mq_msgsize, 16);
	T_EQ(got.mq_maxmsg, 1);
	T_OK(syscall(SYS_mq_timedsend_time64, q, "x", 1, 3, NULL));
	T_ERR(syscall(SYS_mq_timedsend_time64, q, "x", 1, 3, &past), ETIMEDOUT);
	T_EQ(syscall(SYS_mq_timedreceive_time64, q, buf, 16, NULL, &past), 1);
	T_ERR(syscall(SYS_mq_timedreceive_time64, q, buf, 16, NULL, &past), ETIMEDOUT);
	mq_close(q);
}

TEST_MAIN
{
	check_pair();
	check_server();
	check_semaphores();
	check_messages();
	check_memory();
	check_mqueue();
}

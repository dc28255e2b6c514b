/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <pthread.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define NR	      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr))
#define ARG0	      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[0]))
#define RET(k)	      BPF_STMT(BPF_RET | BPF_K, k)
#define ALLOW	      RET(SECCOMP_RET_ALLOW)
/* Does `action` with one call, allows the others. */
#define ON(nr, action)                                                                \
	{                                                                             \
		NR, BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, nr, 0, 1), RET(action), ALLOW \
	}

static long seccomp(unsigned op, unsigned flags, void *args)
{
	return syscall(SYS_seccomp, op, flags, args);
}

static long install(struct sock_filter *insns, unsigned nr, unsigned flags)
{
	struct sock_fprog prog = {(unsigned short)nr, insns};

	return seccomp(SECCOMP_SET_MODE_FILTER, flags, &prog);
}
#define INSTALL(f)	 install(f, ARRAY_SIZE(f), 0)
#define INSTALL_AS(f, x) install(f, ARRAY_SIZE(f), x)

static void no_new_privs(void)
{
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
}

static void test_errors(void)
{
	struct sock_filter allow[] = {ALLOW};
	struct sock_fprog prog = {1, allow}, empty = {0, allow}, bad = {1, (void *)16};
	struct seccomp_notif_sizes sizes;
	uint32_t action = SECCOMP_RET_USER_NOTIF;

	T_ERR(seccomp(99, 0, NULL), EINVAL);
	T_ERR(seccomp(SECCOMP_SET_MODE_STRICT, 1, NULL), EINVAL);
	T_ERR(seccomp(SECCOMP_SET_MODE_STRICT, 0, &prog), EINVAL);
	T_ERR(seccomp(SECCOMP_SET_MODE_FILTER, 0, NULL), EFAULT);
	T_ERR(seccomp(SECCOMP_SET_MODE_FILTER, 0, (void *)16), EFAULT);
	T_ERR(seccomp(SECCOMP_SET_MODE_FILTER, 1 << 20, &prog), EINVAL);
	T_ERR(seccomp(SECCOMP_SET_MODE_FILTER, 0, &empty), EINVAL);
	T_ERR(seccomp(SECCOMP_GET_ACTION_AVAIL, 1, &action), EINVAL);
	T_EQ(seccomp(SECCOMP_GET_ACTION_AVAIL, 0, &action), 0);
	action = 0x12340000;
	T_ERR(seccomp(SECCOMP_GET_ACTION_AVAIL, 0, &action), EOPNOTSUPP);
	T_ERR(seccomp(SECCOMP_GET_ACTION_AVAIL, 0, NULL), EFAULT);
	T_EQ(seccomp(SECCOMP_GET_NOTIF_SIZES, 0, &sizes), 0);
	T_EQ(sizes.seccomp_notif, sizeof(struct seccomp_notif));
	T_EQ(sizes.seccomp_notif_resp, sizeof(struct seccomp_notif_resp));
	T_EQ(sizes.seccomp_data, sizeof(struct seccomp_data));
	T_EQ(prctl(PR_GET_SECCOMP), 0);
	T_ERR(prctl(PR_SET_SECCOMP, 99, 0), EINVAL);
	T_ERR(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, NULL), EFAULT);
	T_AS_USER
	{
		T_ERR(INSTALL(allow), EACCES);
		no_new_privs();
		T_ERR(seccomp(SECCOMP_SET_MODE_FILTER, 0, &bad), EFAULT);
		T_EQ(INSTALL(allow), 0);
		T_EQ(prctl(PR_GET_SECCOMP), 2);
		T_ERR(seccomp(SECCOMP_SET_MODE_STRICT, 0, NULL), EINVAL);
		T_EQ(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &prog), 0);
	}
}

#define REFUSED(...)                                     \
	do {                                             \
		struct sock_filter f_[] = {__VA_ARGS__}; \
		T_ERR(INSTALL(f_), EINVAL);              \
	} while (0)

/* Programs that are not taken. */
static void test_check(void)
{
	no_new_privs();
	REFUSED(NR);						      /* falls off its end */
	REFUSED(BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 64), ALLOW);	      /* beyond the data */
	REFUSED(BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 2), ALLOW);	      /* not aligned */
	REFUSED(BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 0), ALLOW);	      /* bytes */
	REFUSED(BPF_STMT(BPF_LD | BPF_W | BPF_IND, 0), ALLOW);	      /* indexed */
	REFUSED(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 1, 0), ALLOW); /* out of the program */
	REFUSED(BPF_STMT(BPF_JMP | BPF_JA, 5), ALLOW);
	REFUSED(BPF_STMT(BPF_JMP | BPF_JA, -1U), ALLOW);
	REFUSED(BPF_STMT(BPF_ALU | BPF_DIV | BPF_K, 0), ALLOW);
	REFUSED(BPF_STMT(BPF_ALU | BPF_MOD | BPF_K, 3), ALLOW);
	REFUSED(BPF_STMT(BPF_ALU | BPF_LSH | BPF_K, 32), ALLOW);
	REFUSED(BPF_STMT(BPF_ST, 16), ALLOW);
	REFUSED(BPF_STMT(BPF_LD | BPF_MEM, 3), ALLOW); /* nothing was stored there */
	REFUSED(BPF_STMT(0xffff, 0), ALLOW);
	REFUSED(BPF_STMT(BPF_RET | BPF_X, 0));
	T_CHILD
	{
		struct sock_filter f[] = {BPF_STMT(BPF_LD | BPF_IMM, 40),
					  BPF_STMT(BPF_ST, 2),
					  BPF_STMT(BPF_LDX | BPF_MEM, 2),
					  BPF_STMT(BPF_ALU | BPF_ADD | BPF_X, 0),
					  BPF_STMT(BPF_ALU | BPF_SUB | BPF_K, 38),
					  BPF_STMT(BPF_MISC | BPF_TAX, 0),
					  NR,
					  BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_getppid, 0, 2),
					  BPF_STMT(BPF_MISC | BPF_TXA, 0),
					  BPF_STMT(BPF_ALU | BPF_OR | BPF_K, SECCOMP_RET_ERRNO),
					  BPF_STMT(BPF_RET | BPF_A, 0),
					  ALLOW};

		f[7].jf = 3;
		T_EQ(INSTALL(f), 0);
		T_ERR(syscall(SYS_getppid), 42);
	}
}

static void test_errno(void)
{
	T_CHILD
	{
		struct sock_filter f[] = ON(SYS_getppid, SECCOMP_RET_ERRNO | 7);
		struct sock_filter g[] = ON(SYS_getppid, SECCOMP_RET_ERRNO | 9);
		struct sock_filter large[] = ON(SYS_getuid, SECCOMP_RET_ERRNO | 0xffff);
		struct sock_filter zero[] = ON(SYS_getgid, SECCOMP_RET_ERRNO);
		char text[4096], *at;

		no_new_privs();
		T_EQ(INSTALL(f), 0);
		T_ERR(syscall(SYS_getppid), 7);
		/* The newest counts among equals. */
		T_EQ(INSTALL(g), 0);
		T_ERR(syscall(SYS_getppid), 9);
		T_EQ(INSTALL(large), 0);
		T_ERR(syscall(SYS_getuid), 4095);
		T_EQ(INSTALL(zero), 0);
		T_EQ(syscall(SYS_getgid), 0);
		T_CHILD
		{
			T_ERR(syscall(SYS_getppid), 9);
		}
		text[t_read_file("/proc/self/status", text, sizeof(text) - 1)] = 0;
		at = strstr(text, "Seccomp:\t");
		T_TRUE(at && at[9] == '2');
		at = strstr(text, "Seccomp_filters:\t");
		T_TRUE(at && at[17] == '4');
	}
	/* Arguments. */
	T_CHILD
	{
		struct sock_filter f[] = {NR,
					  BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_close, 0, 3),
					  ARG0,
					  BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, 1000, 0, 1),
					  RET(SECCOMP_RET_ERRNO | EXDEV),
					  ALLOW};

		no_new_privs();
		T_EQ(INSTALL(f), 0);
		T_ERR(close(999), EBADF);
		T_ERR(close(1000), EXDEV);
	}
}

static volatile siginfo_t seen;

static void on_sigsys(int sig, siginfo_t *si, void *context)
{
	(void)sig;
	(void)context;
	seen = *si;
}

static void test_trap(void)
{
	T_CHILD
	{
		struct sock_filter f[] = ON(SYS_getppid, SECCOMP_RET_TRAP | 123);
		struct sigaction sa = {.sa_sigaction = on_sigsys, .sa_flags = SA_SIGINFO};
		siginfo_t si;

		no_new_privs();
		sigaction(SIGSYS, &sa, NULL);
		T_EQ(INSTALL(f), 0);
		T_EQ(syscall(SYS_getppid), SYS_getppid);
		si = *(siginfo_t *)&seen;
		T_EQ(si.si_signo, SIGSYS);
		T_EQ(si.si_code, 1); /* SYS_SECCOMP */
		T_EQ(si.si_errno, 123);
		T_EQ(si.si_syscall, SYS_getppid);
		T_EQ(si.si_arch, AUDIT_ARCH_X86_64);
		T_TRUE(si.si_call_addr != NULL);
	}
}

static void *trap_thread(void *arg)
{
	struct sock_filter f[] = ON(SYS_getppid, SECCOMP_RET_KILL_THREAD);

	INSTALL(f);
	syscall(SYS_getppid);
	*(int *)arg = 1;
	return NULL;
}

static int end_of(uint32_t action)
{
	pid_t pid = T_NEED(fork());
	int status = 0;

	if (!pid) {
		struct sock_filter f[] = ON(SYS_getppid, 0);
		struct rlimit none = {0, 0};

		f[2].k = action;
		setrlimit(RLIMIT_CORE, &none);
		signal(SIGSYS, SIG_IGN); /* does not help */
		no_new_privs();
		INSTALL(f);
		syscall(SYS_getppid);
		_exit(1);
	}
	waitpid(pid, &status, 0);
	return status & 0x7f;
}

static void test_kill(void)
{
	T_EQ(end_of(SECCOMP_RET_KILL_PROCESS), SIGSYS);
	T_EQ(end_of(SECCOMP_RET_KILL_THREAD), SIGSYS);
	T_EQ(end_of(0x12340000), 0 + SIGSYS); /* an action nobody knows */
	T_CHILD
	{
		pthread_t thread;
		int went_on = 0;

		no_new_privs();
		pthread_create(&thread, NULL, trap_thread, &went_on);
		t_sleep_ms(100);
		T_EQ(went_on, 0);
	}
	T_CHILD_STATUS(SIGKILL)
	{
		seccomp(SECCOMP_SET_MODE_STRICT, 0, NULL);
		syscall(SYS_getppid);
	}
	T_CHILD_STATUS(T_EXITED(3))
	{
		prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT);
		syscall(SYS_write, -1, "", 0);
		syscall(SYS_exit, 3);
	}
}

static int stage;

static void *wait_and_call(void *arg)
{
	while (!__atomic_load_n(&stage, __ATOMIC_SEQ_CST))
		t_sleep_ms(1);
	*(long *)arg = syscall(SYS_getppid) < 0 ? errno : 0;
	return NULL;
}

static void *own_filter(void *arg)
{
	struct sock_filter f[] = {ALLOW};

	INSTALL(f);
	*(pid_t *)arg = (pid_t)syscall(SYS_gettid);
	while (!__atomic_load_n(&stage, __ATOMIC_SEQ_CST))
		t_sleep_ms(1);
	return NULL;
}

static void test_tsync(void)
{
	T_CHILD
	{
		struct sock_filter f[] = ON(SYS_getppid, SECCOMP_RET_ERRNO | EXDEV);
		pthread_t thread;
		long got = 0;

		no_new_privs();
		pthread_create(&thread, NULL, wait_and_call, &got);
		T_EQ(INSTALL_AS(f, SECCOMP_FILTER_FLAG_TSYNC), 0);
		__atomic_store_n(&stage, 1, __ATOMIC_SEQ_CST);
		pthread_join(thread, NULL);
		T_EQ(got, EXDEV);
	}
	T_CHILD
	{
		struct sock_filter f[] = {ALLOW};
		pthread_t thread;
		volatile pid_t tid = 0;

		no_new_privs();
		pthread_create(&thread, NULL, own_filter, (void *)&tid);
		while (!tid)
			t_sleep_ms(1);
		T_EQ(INSTALL_AS(f, SECCOMP_FILTER_FLAG_TSYNC), tid);
		T_ERR(INSTALL_AS(f, SECCOMP_FILTER_FLAG_TSYNC | SECCOMP_FILTER_FLAG_TSYNC_ESRCH),
		      ESRCH);
		__atomic_store_n(&stage, 1, __ATOMIC_SEQ_CST);
		pthread_join(thread, NULL);
	}
}

static void test_limit(void)
{
	T_CHILD
	{
		static struct sock_filter f[4000];
		int n = 0, err;

		for (unsigned i = 0; i < ARRAY_SIZE(f); i++)
			f[i] = (struct sock_filter)ALLOW;
		no_new_privs();
		while (!INSTALL(f))
			n++;
		err = errno;
		T_EQ(err, ENOMEM);
		T_CMP(n, >=, 4); /* Linux counts its own translation */
		T_CMP(n, <=, 8);
	}
}

static void test_trace(void)
{
	pid_t child = T_NEED(fork());
	int status = 0;
	unsigned long message = 0;

	if (!child) {
		struct sock_filter f[] = ON(SYS_getppid, SECCOMP_RET_TRACE | 77);

		no_new_privs();
		INSTALL(f);
		if (syscall(SYS_getppid) != -1 || errno != ENOSYS)
			_exit(1); /* nobody traces */
		ptrace(PTRACE_TRACEME, 0, 0, 0);
		raise(SIGSTOP);
		_exit(syscall(SYS_getppid) == getppid() ? 0 : 2);
	}
	T_EQ(waitpid(child, &status, 0), child);
	T_EQ(status, SIGSTOP << 8 | 0x7f);
	T_OK(ptrace(PTRACE_SETOPTIONS, child, 0, PTRACE_O_TRACESECCOMP));
	T_OK(ptrace(PTRACE_CONT, child, 0, 0));
	for (int i = 0; i < 2; i++) {
		T_EQ(waitpid(child, &status, 0), child);
		T_EQ(status, PTRACE_EVENT_SECCOMP << 16 | SIGTRAP << 8 | 0x7f);
		T_OK(ptrace(PTRACE_GETEVENTMSG, child, 0, &message));
		T_EQ(message, 77);
		T_OK(ptrace(PTRACE_CONT, child, 0, 0));
	}
	T_WAIT(child, T_EXITED(0));
}

/* A supervisor answers for the kernel. */
static pid_t supervised(long nr, void (*body)(void), int *listener)
{
	int fds[2];
	pid_t child;
	char path[64];

	T_OK(pipe(fds));
	child = T_NEED(fork());
	if (!child) {
		struct sock_filter f[] = ON(0, SECCOMP_RET_USER_NOTIF);
		long fd;

		f[1].k = (uint32_t)nr;
		no_new_privs();
		fd = INSTALL_AS(f, SECCOMP_FILTER_FLAG_NEW_LISTENER);
		if (write(fds[1], &fd, sizeof(fd)) < 0)
			_exit(99);
		t_sleep_ms(50);
		body();
		_exit(0);
	}
	(void)path;
	{
		long fd = -1;
		int pidfd = (int)T_OK(syscall(SYS_pidfd_open, child, 0));

		T_EQ(read(fds[0], &fd, sizeof(fd)), sizeof(fd));
		T_CMP(fd, >=, 0);
		*listener = (int)T_OK(syscall(SYS_pidfd_getfd, pidfd, fd, 0));
		close(pidfd);
	}
	close(fds[0]);
	close(fds[1]);
	return child;
}

static void three_calls(void)
{
	if (syscall(SYS_getppid) != 4711)
		_exit(1);
	if (syscall(SYS_getppid) != -1 || errno != EXDEV)
		_exit(2);
	if (syscall(SYS_getppid) != getppid())
		_exit(3);
}

static void want_fd(void)
{
	char c = 0;
	long fd = syscall(SYS_getppid);

	_exit(fd == 77 && read(77, &c, 1) == 1 && c == 'x' ? 0 : 4);
}

static void receive(int fd, struct seccomp_notif *n)
{
	memset(n, 0, sizeof(*n));
	T_OK(ioctl(fd, SECCOMP_IOCTL_NOTIF_RECV, n));
}

static void test_notify(void)
{
	struct seccomp_notif n;
	struct seccomp_notif_resp r = {0};
	struct pollfd p = {.events = POLLIN | POLLOUT};
	int fd;
	pid_t child = supervised(SYS_getppid, three_calls, &fd);

	p.fd = fd;
	T_EQ(poll(&p, 1, 2000), 1);
	T_EQ(p.revents, POLLIN);
	n.id = 1;
	T_ERR(ioctl(fd, SECCOMP_IOCTL_NOTIF_RECV, &n), EINVAL);
	receive(fd, &n);
	T_EQ(n.pid, child);
	T_EQ(n.data.nr, SYS_getppid);
	T_EQ(n.data.arch, AUDIT_ARCH_X86_64);
	T_EQ(poll(&p, 1, 0), 1);
	T_EQ(p.revents, POLLOUT);
	T_EQ(ioctl(fd, SECCOMP_IOCTL_NOTIF_ID_VALID, &n.id), 0);
	r.id = n.id + 99;
	T_ERR(ioctl(fd, SECCOMP_IOCTL_NOTIF_SEND, &r), ENOENT);
	r.id = n.id;
	r.flags = 2;
	T_ERR(ioctl(fd, SECCOMP_IOCTL_NOTIF_SEND, &r), EINVAL);
	r.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
	r.val = 1;
	T_ERR(ioctl(fd, SECCOMP_IOCTL_NOTIF_SEND, &r), EINVAL);
	r.flags = 0;
	r.val = 4711;
	T_OK(ioctl(fd, SECCOMP_IOCTL_NOTIF_SEND, &r));
	receive(fd, &n);
	T_ERR(ioctl(fd, SECCOMP_IOCTL_NOTIF_ID_VALID, &r.id), ENOENT);
	r = (struct seccomp_notif_resp){.id = n.id, .error = -EXDEV};
	T_OK(ioctl(fd, SECCOMP_IOCTL_NOTIF_SEND, &r));
	receive(fd, &n);
	r = (struct seccomp_notif_resp){.id = n.id, .flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE};
	T_OK(ioctl(fd, SECCOMP_IOCTL_NOTIF_SEND, &r));
	/* getppid() of the comparison asks once more. */
	receive(fd, &n);
	r.id = n.id;
	T_OK(ioctl(fd, SECCOMP_IOCTL_NOTIF_SEND, &r));
	T_WAIT(child, T_EXITED(0));
	T_EQ(poll(&p, 1, 2000), 1);
	T_TRUE(p.revents & POLLHUP);
	close(fd);
}

static void test_addfd(void)
{
	struct seccomp_notif n;
	struct seccomp_notif_resp r = {0};
	struct seccomp_notif_addfd a = {0};
	int fd, fds[2];
	pid_t child = supervised(SYS_getppid, want_fd, &fd);

	T_OK(pipe(fds));
	T_EQ(write(fds[1], "x", 1), 1);
	receive(fd, &n);
	a.id = n.id;
	a.srcfd = 9999;
	T_ERR(ioctl(fd, SECCOMP_IOCTL_NOTIF_ADDFD, &a), EBADF);
	a.srcfd = (uint32_t)fds[0];
	a.newfd = 77;
	T_ERR(ioctl(fd, SECCOMP_IOCTL_NOTIF_ADDFD, &a), EINVAL);
	a.flags = SECCOMP_ADDFD_FLAG_SETFD;
	a.newfd_flags = O_NONBLOCK;
	T_ERR(ioctl(fd, SECCOMP_IOCTL_NOTIF_ADDFD, &a), EINVAL);
	a.newfd_flags = 0;
	T_EQ(ioctl(fd, SECCOMP_IOCTL_NOTIF_ADDFD, &a), 77);
	r.id = n.id;
	r.val = 77;
	T_OK(ioctl(fd, SECCOMP_IOCTL_NOTIF_SEND, &r));
	T_WAIT(child, T_EXITED(0));
	close(fd);
}

/* Without anybody to ask the calls fail. */
static void test_no_listener(void)
{
	T_CHILD
	{
		struct sock_filter f[] = ON(SYS_getppid, SECCOMP_RET_USER_NOTIF);
		int fd;

		no_new_privs();
		fd = (int)T_OK(INSTALL_AS(f, SECCOMP_FILTER_FLAG_NEW_LISTENER));
		T_ERR(INSTALL_AS(f, SECCOMP_FILTER_FLAG_NEW_LISTENER), EBUSY);
		close(fd);
		T_ERR(syscall(SYS_getppid), ENOSYS);
		T_ERR(INSTALL_AS(f, SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV), EINVAL);
		T_ERR(INSTALL_AS(f, SECCOMP_FILTER_FLAG_NEW_LISTENER | SECCOMP_FILTER_FLAG_TSYNC),
		      EINVAL);
	}
}

TEST_MAIN
{
	test_errors();
	T_CHILD
	{
		test_check();
	}
	test_errno();
	test_trap();
	test_kill();
	test_tsync();
	test_limit();
	test_trace();
	test_notify();
	test_addfd();
	test_no_listener();
}

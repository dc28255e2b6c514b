/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"
#include <linux/kcmp.h>
#include <sched.h>
#include <sys/epoll.h>

enum { C_FILE, C_VM, C_FILES, C_FS, C_SIGHAND, C_IO, C_SYSVSEM, C_EPOLL };
#define kcmp(a, b, type, i, j) ((int)syscall(SYS_kcmp, a, b, type, (long)(i), (long)(j)))

static int ready[2];

static int thread_like(void *unused)
{
	char c;

	(void)unused;
	(void)!read(ready[0], &c, 1);
	return 0;
}

/* A file, and what an epoll watches. */
static void test_epoll(int a, int b)
{
	struct epoll_event event = {.events = EPOLLIN};
	struct kcmp_epoll_slot slot = {0};
	int me = getpid(), fds[2], efd = T_OK(epoll_create1(0)), other;
	long slot_at = (long)&slot;

	T_OK(pipe(fds));
	other = T_OK(dup(fds[0]));
	T_OK(epoll_ctl(efd, EPOLL_CTL_ADD, fds[0], &event));
	slot = (struct kcmp_epoll_slot){.efd = (unsigned)efd, .tfd = (unsigned)fds[0]};
	T_EQ(kcmp(me, me, C_EPOLL, fds[0], slot_at), 0);
	T_EQ(kcmp(me, me, C_EPOLL, other, slot_at), 0);
	T_CMP(kcmp(me, me, C_EPOLL, a, slot_at), >, 0);
	slot.toff = 1;
	T_ERR(kcmp(me, me, C_EPOLL, fds[0], slot_at), ENOENT);
	/* The number is used again while the first file is watched still. */
	T_OK(dup2(fds[1], fds[0]));
	T_OK(epoll_ctl(efd, EPOLL_CTL_ADD, fds[0], &event));
	slot.toff = 0;
	T_TRUE((kcmp(me, me, C_EPOLL, other, slot_at) == 0) !=
	       (kcmp(me, me, C_EPOLL, fds[1], slot_at) == 0));
	slot.toff = 1;
	T_TRUE((kcmp(me, me, C_EPOLL, other, slot_at) == 0) !=
	       (kcmp(me, me, C_EPOLL, fds[1], slot_at) == 0));
	slot.toff = 2;
	T_ERR(kcmp(me, me, C_EPOLL, other, slot_at), ENOENT);
	slot = (struct kcmp_epoll_slot){.efd = (unsigned)efd, .tfd = 999};
	T_ERR(kcmp(me, me, C_EPOLL, a, slot_at), ENOENT);
	slot.efd = (unsigned)b;
	T_ERR(kcmp(me, me, C_EPOLL, a, slot_at), EINVAL);
	slot.efd = 999;
	T_ERR(kcmp(me, me, C_EPOLL, a, slot_at), EBADF);
	slot.efd = (unsigned)efd;
	T_ERR(kcmp(me, me, C_EPOLL, 999, slot_at), EBADF);
	T_EFAULT_NULL(p, kcmp(me, me, C_EPOLL, a, (long)p));
	close(efd);
}

TEST_MAIN
{
	static char stack[65536];
	int me = getpid(), pid, a, b, r, s;

	t_touch("f");
	T_NEED(pipe(ready));
	a = T_OK(open("f", O_RDONLY));
	b = T_OK(open("f", O_RDONLY));
	T_EQ(kcmp(me, me, C_FILE, a, a), 0);
	T_EQ(kcmp(me, me, C_FILE, a, dup(a)), 0);
	r = kcmp(me, me, C_FILE, a, b);
	s = kcmp(me, me, C_FILE, b, a);
	T_TRUE((r == 1 && s == 2) || (r == 2 && s == 1));
	T_ERR(kcmp(me, me, C_FILE, a, 999), EBADF);
	T_ERR(kcmp(me, me, C_FILE, -1, a), EBADF);
	for (int type = C_VM; type <= C_SYSVSEM; type++)
		T_EQ(kcmp(me, me, type, 0, 0), 0);
	T_ERR(kcmp(me, me, 8, 0, 0), EINVAL);
	test_epoll(a, b);
	T_ERR(kcmp(me, me, -1, 0, 0), EINVAL);
	T_ERR(kcmp(me, 0x7ffffff0, C_VM, 0, 0), ESRCH);
	T_ERR(kcmp(0x7ffffff0, me, C_VM, 0, 0), ESRCH);
	T_ERR(kcmp(0, me, C_VM, 0, 0), ESRCH);
	pid = clone(thread_like, stack + sizeof(stack),
		    CLONE_VM | CLONE_FILES | CLONE_FS | CLONE_SIGHAND | SIGCHLD, NULL);
	T_EQ(kcmp(me, pid, C_VM, 0, 0), 0);
	T_EQ(kcmp(me, pid, C_FILES, 0, 0), 0);
	T_EQ(kcmp(me, pid, C_FS, 0, 0), 0);
	T_EQ(kcmp(me, pid, C_SIGHAND, 0, 0), 0);
	T_EQ(kcmp(me, pid, C_FILE, a, a), 0);
	t_end(pid);
	pid = fork();
	if (!pid)
		_exit(thread_like(NULL));
	for (int type = C_VM; type <= C_SIGHAND; type++)
		T_NE(kcmp(me, pid, type, 0, 0), 0);
	T_EQ(kcmp(me, pid, C_FILE, a, a), 0);
	t_end(pid);
	if (t_is_root()) {
		T_AS_USER
		{
			T_ERR(kcmp(getpid(), getppid(), C_VM, 0, 0), EPERM);
		}
	}
}

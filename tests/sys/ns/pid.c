/* SPDX-License-Identifier: Apache-2.0 */
/* pid_namespaces(7): numbers, process 1 and its end, /proc. */
#include "test.h"
#include "ns_common.h"
#include <linux/sched.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>

static volatile siginfo_t got;

static void on_signal(int sig, siginfo_t *si, void *context)
{
	(void)sig;
	(void)context;
	got = *si;
}

static void catch (int sig)
{
	struct sigaction sa = {.sa_sigaction = on_signal, .sa_flags = SA_SIGINFO};

	sigaction(sig, &sa, NULL);
}

static void numbers(void)
{
	int child = T_OK(sys_clone(CLONE_NEWPID)), status;

	if (!child) {
		int inner;

		T_EQ(getpid(), 1);
		T_EQ(syscall(SYS_gettid), 1);
		T_EQ(getppid(), 0);
		T_EQ(getpgid(0), 0);
		T_EQ(getsid(0), 0);
		T_ERR(getpgid(2), ESRCH);
		T_EQ(kill(1, 0), 0);
		T_ERR(kill(2, 0), ESRCH);
		T_ERR(kill(-1, 0), ESRCH);
		inner = T_OK(fork());
		if (!inner) {
			T_EQ(getpid(), 2);
			T_EQ(getppid(), 1);
			T_EQ(setsid(), 2);
			T_EQ(getsid(0), 2);
			T_EQ(getpgrp(), 2);
			T_EQ(getpgid(1), 0);
			_exit(7);
		}
		T_EQ(inner, 2);
		T_EQ(waitpid(2, &status, 0), 2);
		T_EQ(WEXITSTATUS(status), 7);
		T_ERR(waitpid(2, &status, 0), ECHILD);
		T_EQ(setpgid(0, 0), 0);
		T_EQ(getpgrp(), 1);
		_exit(0);
	}
	T_CMP(child, >, 1);
	T_WAIT(child, 0);
}

static void unshared(void)
{
	T_CHILD
	{
		unsigned long own = ns_number("self", "pid");
		int me = getpid(), first, second;

		T_NEED(sys_unshare(CLONE_NEWPID));
		T_EQ(getpid(), me);
		T_EQ(ns_number("self", "pid"), own);
		/* Nobody is in it yet. */
		T_EQ(ns_number("self", "pid_for_children"), 0);
		T_ERR(sys_unshare(CLONE_NEWPID), EINVAL);
		T_ERR(syscall(SYS_clone, CLONE_THREAD | CLONE_SIGHAND | CLONE_VM, 0, 0, 0, 0),
		      EINVAL);
		first = T_OK(fork());
		if (!first) {
			T_EQ(getpid(), 1);
			T_NE(ns_number("self", "pid"), own);
			pause();
			_exit(0);
		}
		T_NE(ns_number("self", "pid_for_children"), own);
		T_NE(ns_number("self", "pid_for_children"), 0);
		second = T_OK(fork());
		if (!second)
			_exit(getpid() == 2 && getppid() == 0 ? 0 : 1);
		T_WAIT(second, 0);
		kill(first, SIGKILL);
		waitpid(first, NULL, 0);
		/* Its process 1 is gone: nothing is born in it. */
		T_ERR(fork(), ENOMEM);
	}
}

/* What process 1 takes from its members, and from outside. */
static void signals(void)
{
	int ready[2], status, child;
	char c;

	T_OK(pipe(ready));
	child = T_OK(sys_clone(CLONE_NEWPID));
	if (!child) {
		T_OK(kill(1, SIGKILL));
		T_OK(kill(1, SIGTERM));
		T_OK(kill(1, SIGSTOP));
		catch (SIGUSR1);
		T_OK(kill(1, SIGUSR1));
		T_EQ(got.si_pid, 1);
		T_CHILD
		{
			T_OK(kill(1, SIGKILL));
			T_OK(kill(1, SIGUSR1));
		}
		T_EQ(got.si_pid, 2);
		catch (SIGUSR2);
		T_EQ(write(ready[1], "r", 1), 1);
		while (!got.si_signo || got.si_signo != SIGUSR2)
			t_sleep_ms(1);
		T_EQ(got.si_pid, 0);
		T_EQ(write(ready[1], "s", 1), 1);
		for (;;)
			pause();
	}
	T_EQ(read(ready[0], &c, 1), 1);
	T_OK(kill(child, SIGTERM)); /* no handler: not from outside either */
	T_OK(kill(child, SIGUSR2));
	T_EQ(read(ready[0], &c, 1), 1);
	T_OK(kill(child, SIGSTOP));
	T_EQ(waitpid(child, &status, WUNTRACED), child);
	T_TRUE(WIFSTOPPED(status));
	T_OK(kill(child, SIGKILL));
	T_EQ(waitpid(child, &status, 0), child);
	T_TRUE(WIFSIGNALED(status));
	close(ready[0]);
	close(ready[1]);
}

/* All end with process 1, and before it can be waited for. */
static void end_of_all(void)
{
	int alive[2], child;
	char c;

	T_OK(pipe(alive));
	child = T_OK(sys_clone(CLONE_NEWPID));
	if (!child) {
		for (int i = 0; i < 5; i++)
			if (!fork()) {
				signal(SIGTERM, SIG_IGN);
				if (i & 1)
					setsid();
				if (!fork())
					pause();
				pause();
			}
		if (!sys_clone(CLONE_NEWPID)) {
			if (!fork())
				pause();
			pause();
		}
		close(alive[0]);
		t_sleep_ms(20);
		_exit(5);
	}
	close(alive[1]);
	T_WAIT(child, T_EXITED(5));
	T_EQ(read(alive[0], &c, 1), 0);
	close(alive[0]);
}

static void orphans(void)
{
	int child = T_OK(sys_clone(CLONE_NEWPID)), status;

	if (!child) {
		int go[2], mid;
		char c = 0;

		T_OK(pipe(go));
		mid = T_OK(fork());
		if (!mid) {
			if (!fork()) {
				while (getppid() != 1)
					t_sleep_ms(1);
				_exit(write(go[1], "1", 1) == 1 ? 9 : 1);
			}
			_exit(0);
		}
		T_WAIT(mid, 0);
		T_EQ(read(go[0], &c, 1), 1);
		T_EQ(waitpid(-1, &status, 0), 3);
		T_EQ(WEXITSTATUS(status), 9);
		_exit(0);
	}
	T_WAIT(child, 0);
}

static void credentials(void)
{
	union {
		struct cmsghdr h;
		char room[CMSG_SPACE(sizeof(struct ucred))];
	} control;
	char c;
	struct iovec iov = {&c, 1};
	struct msghdr m = {.msg_iov = &iov,
			   .msg_iovlen = 1,
			   .msg_control = &control,
			   .msg_controllen = sizeof(control)};
	struct ucred u;
	int pair[2], on = 1, child;

	T_OK(socketpair(AF_UNIX, SOCK_DGRAM, 0, pair));
	T_OK(setsockopt(pair[0], SOL_SOCKET, SO_PASSCRED, &on, sizeof(on)));
	child = T_OK(sys_clone(CLONE_NEWPID));
	if (!child)
		_exit(write(pair[1], "x", 1) == 1 ? 0 : 1);
	T_EQ(recvmsg(pair[0], &m, 0), 1);
	memcpy(&u, CMSG_DATA(&control.h), sizeof(u));
	T_EQ(u.pid, child);
	T_WAIT(child, 0);
	close(pair[0]);
	close(pair[1]);
}

static void proc_mount(void)
{
	T_OK(mkdir("p", 0755));
	T_CHILD
	{
		int child;

		T_NEED(sys_unshare(CLONE_NEWNS));
		T_NEED(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL));
		child = T_OK(sys_clone(CLONE_NEWPID));
		if (!child) {
			char text[64];
			ssize_t n;

			T_OK(mount("proc", "p", "proc", 0, NULL));
			n = readlink("p/self", text, sizeof(text) - 1);
			T_CMP(n, >, 0);
			text[n > 0 ? n : 0] = 0;
			T_STR(text, "1");
			T_TRUE(t_exists("p/1/status"));
			T_TRUE(!t_exists("p/2"));
			T_TRUE(strstr(read_text("p/self/status"), "\nNSpid:\t1\n") != NULL);
			T_TRUE(strstr(read_text("p/self/status"), "\nPPid:\t0\n") != NULL);
			T_TRUE(strstr(read_text("/proc/self/status"), "\t1\nNSpgid") != NULL);
			T_CHILD
			{
				T_TRUE(!strncmp(read_text("p/self/stat"), "2 (", 3));
			}
			_exit(0);
		}
		T_WAIT(child, 0);
		/* The mount outlives it, and is empty. */
		T_TRUE(!t_exists("p/1"));
		T_TRUE(!t_exists("p/self/status"));
		T_OK(umount("p"));
	}
	T_OK(rmdir("p"));
}

static void entered(void)
{
	int go[2], ready[2], child, fd, own = T_OK(ns_open("self", "pid"));
	char name[24], c;

	T_OK(pipe(go));
	T_OK(pipe(ready));
	child = T_OK(sys_clone(CLONE_NEWPID));
	if (!child) {
		close(go[1]);
		T_EQ(ioctl(own, NS_GET_NSTYPE), CLONE_NEWPID);
		T_ERR(sys_setns(own, CLONE_NEWPID), EINVAL);
		if (write(ready[1], "r", 1) != 1)
			_exit(1);
		_exit(read(go[0], &c, 1) ? 2 : 0);
	}
	T_EQ(read(ready[0], &c, 1), 1);
	snprintf(name, sizeof(name), "%d", child);
	fd = T_OK(ns_open(name, "pid"));
	T_NE(fd_number(fd), fd_number(own));
	T_CHILD
	{
		int me = getpid(), inner, up;

		T_OK(sys_setns(fd, CLONE_NEWPID));
		T_EQ(getpid(), me);
		inner = T_OK(fork());
		if (!inner)
			_exit(getpid() == 2 && !getppid() && !kill(1, 0) ? 0 : 1);
		T_CMP(inner, >, 2);
		T_WAIT(inner, 0);
		up = T_OK(ioctl(fd, NS_GET_PARENT));
		T_EQ(fd_number(up), fd_number(own));
		T_OK(sys_setns(own, 0));
		inner = T_OK(fork());
		if (!inner)
			_exit(getppid() == me ? 0 : 1);
		T_WAIT(inner, 0);
	}
	T_ERR(ioctl(own, NS_GET_PARENT), EPERM);
	T_ERR(ioctl(own, NS_GET_OWNER_UID, &child), EINVAL);
	close(go[1]);
	close(go[0]);
	T_WAIT(child, 0);
	close(fd);
	close(own);
}

static void reboots(void)
{
	int child = T_OK(sys_clone(CLONE_NEWPID));

	if (!child) {
		T_ERR(syscall(SYS_reboot, 0xfee1dead, 672274793, 0x89abcdef, 0), EINVAL);
		if (!fork())
			syscall(SYS_reboot, 0xfee1dead, 672274793, 0x4321fedc, 0);
		for (;;)
			pause();
	}
	T_WAIT(child, SIGINT);
	child = T_OK(sys_clone(CLONE_NEWPID));
	if (!child) {
		syscall(SYS_reboot, 0xfee1dead, 672274793, 0x01234567, 0);
		_exit(1);
	}
	T_WAIT(child, SIGHUP);
}

static void chosen(void)
{
	int tids[2] = {1, 20000}, child;
	struct clone_args a = {.flags = CLONE_NEWPID,
			       .exit_signal = SIGCHLD,
			       .set_tid = (uintptr_t)tids,
			       .set_tid_size = 2};

	child = (int)syscall(SYS_clone3, &a, sizeof(a));
	if (!child)
		_exit(getpid() == 1 ? 0 : 1);
	T_EQ(child, 20000);
	T_WAIT(child, 0);
	tids[0] = 2;
	T_ERR(syscall(SYS_clone3, &a, sizeof(a)), EINVAL);
	tids[0] = 1;
	a.set_tid_size = 3;
	T_ERR(syscall(SYS_clone3, &a, sizeof(a)), EINVAL);
}

TEST_MAIN
{
	T_NEED_ROOT();
	T_NEED_UNSHARE(CLONE_NEWPID);
	numbers();
	unshared();
	signals();
	end_of_all();
	orphans();
	credentials();
	proc_mount();
	entered();
	chosen();
	reboots();
	T_ERR(syscall(SYS_clone, CLONE_NEWPID | CLONE_THREAD | CLONE_SIGHAND | CLONE_VM, 0, 0, 0,
		      0),
	      EINVAL);
	T_AS_USER
	{
		T_ERR(sys_unshare(CLONE_NEWPID), EPERM);
		T_OK(sys_unshare(CLONE_NEWUSER | CLONE_NEWPID));
		T_CHILD
		{
			T_EQ(getpid(), 1);
		}
	}
}

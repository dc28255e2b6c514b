/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include <linux/futex.h>
#include <sched.h>

#define STACK_SIZE 65536

static char stack[STACK_SIZE] __attribute__((aligned(16)));
static volatile int word;
static volatile int sig_count;
static pid_t ptid, ctid;

static int as_child(int (*fn)(void *), int flags)
{
	return clone(fn, stack + STACK_SIZE, flags, NULL, &ptid, NULL, &ctid);
}

static int set_word(void *arg)
{
	(void)arg;
	word = 1;
	return 3;
}

static int change_fs(void *arg)
{
	(void)arg;
	if (chdir("sub"))
		return 1;
	umask(077);
	return 0;
}

static int open_file(void *arg)
{
	(void)arg;
	return open("/", O_RDONLY);
}

static int parent_is(void *arg)
{
	(void)arg;
	word = getppid();
	return 0;
}

static int check_ctid(void *arg)
{
	(void)arg;
	return ctid == getpid() ? 0 : 1;
}

static int wait_a_bit(void *arg)
{
	(void)arg;
	t_sleep_ms(100);
	return 0;
}

static int as_thread(void *arg)
{
	(void)arg;
	word = syscall(SYS_getpid) == getppid() ? -1 : (int)syscall(SYS_gettid);
	syscall(SYS_exit, 0);
	return 0;
}

static int set_handler(void *arg)
{
	(void)arg;
	signal(SIGUSR2, SIG_IGN);
	return 0;
}

static void on_signal(int sig)
{
	(void)sig;
	sig_count++;
}

static long raw(unsigned long flags)
{
	long pid = syscall(SYS_clone, flags, 0, 0, 0, 0);

	if (!pid)
		_exit(0);
	if (pid > 0)
		waitpid((pid_t)pid, NULL, __WALL);
	return pid;
}

static void test_errors(void)
{
	T_ERR(raw(CLONE_SIGHAND | SIGCHLD), EINVAL);
	T_ERR(raw(CLONE_THREAD | SIGCHLD), EINVAL);
	T_ERR(raw(CLONE_THREAD | CLONE_VM | SIGCHLD), EINVAL);
	T_ERR(raw(CLONE_FS | CLONE_NEWNS | SIGCHLD), EINVAL);
	T_ERR(raw(CLONE_FS | CLONE_NEWUSER | SIGCHLD), EINVAL);
	T_ERR(raw(CLONE_PIDFD | CLONE_PARENT_SETTID | SIGCHLD), EINVAL);
	T_ERR(raw(CLONE_PIDFD | CLONE_DETACHED | SIGCHLD), EINVAL);
	if (t_is_root())
		T_AS_USER
		{
			T_ERR(raw(CLONE_NEWUTS | SIGCHLD), EPERM);
			T_ERR(raw(CLONE_NEWNS | SIGCHLD), EPERM);
		}
	if (syscall(SYS_pidfd_open, getpid(), 0) < 0 && errno == ENOSYS)
		T_SKIP_ONE("no pidfds");
	else
		T_ERR(syscall(SYS_clone, CLONE_PIDFD | SIGCHLD, 0, 16, 0, 0), EFAULT);
	/* CLONE_DETACHED alone is ignored, CLONE_UNTRACED too. */
	T_CMP(raw(CLONE_DETACHED | CLONE_UNTRACED | SIGCHLD), >, 0);
}

static void test_sharing(void)
{
	int status, fd;
	pid_t pid;

	word = 0;
	pid = T_OK(as_child(set_word, SIGCHLD));
	T_WAIT(pid, T_EXITED(3));
	T_EQ(word, 0);
	pid = T_OK(as_child(set_word, CLONE_VM | SIGCHLD));
	T_WAIT(pid, T_EXITED(3));
	T_EQ(word, 1);

	T_OK(mkdir("sub", 0755));
	pid = T_OK(as_child(change_fs, SIGCHLD));
	T_WAIT(pid, 0);
	T_TRUE(t_exists("sub"));
	pid = T_OK(as_child(change_fs, CLONE_FS | SIGCHLD));
	T_WAIT(pid, 0);
	T_TRUE(!t_exists("sub"));
	T_EQ(umask(022), 077);
	T_OK(chdir(".."));

	pid = T_OK(as_child(open_file, SIGCHLD));
	T_EQ(waitpid(pid, &status, 0), pid);
	fd = WEXITSTATUS(status);
	T_ERR(fcntl(fd, F_GETFD), EBADF);
	pid = T_OK(as_child(open_file, CLONE_FILES | SIGCHLD));
	T_EQ(waitpid(pid, &status, 0), pid);
	T_EQ(WEXITSTATUS(status), fd);
	T_EQ(fcntl(fd, F_GETFD), 0);
	T_OK(close(fd));

	signal(SIGUSR2, SIG_DFL);
	pid = T_OK(as_child(set_handler, CLONE_VM | SIGCHLD));
	T_WAIT(pid, 0);
	T_TRUE(signal(SIGUSR2, SIG_DFL) == SIG_DFL);
	pid = T_OK(as_child(set_handler, CLONE_VM | CLONE_SIGHAND | SIGCHLD));
	T_WAIT(pid, 0);
	T_TRUE(signal(SIGUSR2, SIG_DFL) == SIG_IGN);

	/* CLONE_PARENT: a brother, not a child. */
	pid = T_OK(as_child(set_word, CLONE_VM | CLONE_PARENT | SIGCHLD));
	T_ERR(waitpid(pid, &status, 0), ECHILD);
	T_CHILD
	{
		pid_t me = getppid();

		pid = as_child(parent_is, CLONE_VM | CLONE_VFORK | CLONE_PARENT | SIGCHLD);
		T_EQ(word, me);
	}
	while (waitpid(-1, &status, 0) > 0)
		;
}

static void test_tids(void)
{
	long start;
	pid_t pid;

	ptid = ctid = 0;
	pid = T_OK(as_child(check_ctid, CLONE_PARENT_SETTID | CLONE_CHILD_SETTID | SIGCHLD));
	T_EQ(ptid, pid);
	T_EQ(ctid, 0); /* in the child's memory only */
	T_WAIT(pid, 0);
	pid = T_OK(as_child(check_ctid, CLONE_VM | CLONE_CHILD_SETTID | SIGCHLD));
	T_WAIT(pid, 0);
	T_EQ(ctid, pid);

	/* CLONE_CHILD_CLEARTID: a zero and a futex wake at the end. */
	ctid = 77;
	pid = T_OK(as_child(wait_a_bit, CLONE_VM | CLONE_CHILD_CLEARTID | SIGCHLD));
	while (__atomic_load_n(&ctid, __ATOMIC_SEQ_CST) == 77)
		syscall(SYS_futex, &ctid, FUTEX_WAIT, 77, NULL);
	T_EQ(ctid, 0);
	T_WAIT(pid, 0);

	start = t_now_ms();
	pid = T_OK(as_child(wait_a_bit, CLONE_VFORK | SIGCHLD));
	T_CMP(t_now_ms() - start, >=, 99);
	T_WAIT(pid, 0);

	/* A thread: same process, own id, no child to wait for. */
	word = 0;
	ctid = 77;
	pid = T_OK(as_child(as_thread, CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND |
					       CLONE_THREAD | CLONE_CHILD_CLEARTID));
	while (__atomic_load_n(&ctid, __ATOMIC_SEQ_CST) == 77)
		syscall(SYS_futex, &ctid, FUTEX_WAIT, 77, NULL);
	T_EQ(word, pid);
	T_ERR(waitpid(pid, NULL, __WALL), ECHILD);
}

static void test_exit_signal(void)
{
	int status;
	pid_t pid;

	signal(SIGUSR1, on_signal);
	pid = T_OK(as_child(set_word, SIGUSR1));
	/* Its end does not count for a plain wait. */
	while (!sig_count)
		t_sleep_ms(1);
	T_ERR(waitpid(pid, &status, 0), ECHILD);
	T_EQ(waitpid(pid, &status, __WCLONE), pid);
	T_EQ(sig_count, 1);
	pid = T_OK(as_child(set_word, 0));
	T_EQ(waitpid(pid, &status, __WALL), pid);
	T_EQ(status, T_EXITED(3));
	/* An ignored SIGCHLD reaps only those whose signal it is. */
	signal(SIGCHLD, SIG_IGN);
	pid = T_OK(as_child(set_word, SIGUSR1));
	T_EQ(waitpid(pid, &status, __WALL), pid);
	signal(SIGCHLD, SIG_DFL);
}

/* Raw: nothing of the C library works in the child with another thread pointer. */
static void test_tls(void)
{
	static uint64_t block[4] = {0x1122334455667788};
	register long r10 __asm__("r10") = 0;
	register void *r8 __asm__("r8") = block;
	long pid;

	__asm__ volatile("syscall\n"
			 "test %%rax, %%rax\n"
			 "jnz 1f\n"
			 "mov %%fs:0, %%rdi\n"
			 "sub %%rbx, %%rdi\n"
			 "mov $60, %%eax\n"
			 "syscall\n"
			 "1:"
			 : "=a"(pid)
			 : "a"(SYS_clone), "D"(CLONE_SETTLS | SIGCHLD), "S"(0), "d"(0), "r"(r10),
			   "r"(r8), "b"(block[0])
			 : "rcx", "r11", "memory");
	T_CMP(pid, >, 0);
	T_WAIT((pid_t)pid, 0);
	T_ERR(syscall(SYS_clone, CLONE_SETTLS | SIGCHLD, 0, 0, 0, 0xffffffff81000000UL), EPERM);
}

TEST_MAIN
{
	test_errors();
	test_sharing();
	test_tids();
	test_exit_signal();
	test_tls();
}

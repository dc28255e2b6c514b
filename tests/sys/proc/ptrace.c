/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include <elf.h>
#include <pthread.h>
#include <sched.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/user.h>

#define STOPPED(sig)	  ((sig) << 8 | 0x7f)
#define EVENT(event, sig) ((event) << 16 | STOPPED(sig))

static volatile long word = 0x1234;

static int wait_status(pid_t pid)
{
	int status = -1;

	return waitpid(pid, &status, __WALL) == pid ? status : -1;
}

/* A child that asks to be traced, stopped by its own SIGSTOP. */
static pid_t traced_child(void (*body)(void))
{
	pid_t child = T_NEED(fork());

	if (!child) {
		ptrace(PTRACE_TRACEME, 0, NULL, NULL);
		raise(SIGSTOP);
		body();
		_exit(0);
	}
	T_EQ(wait_status(child), STOPPED(SIGSTOP));
	return child;
}

static void do_nothing(void)
{
}

static void do_wait(void)
{
	for (;;)
		pause();
}

static void test_errors(void)
{
	pid_t child = traced_child(do_wait), other;
	siginfo_t si;

	T_ERR(ptrace(PTRACE_ATTACH, getpid(), 0, 0), EPERM);
	T_ERR(ptrace(PTRACE_ATTACH, 0x3ffffff0, 0, 0), ESRCH);
	T_ERR(ptrace(PTRACE_ATTACH, 0, 0, 0), ESRCH);
	T_ERR(ptrace(PTRACE_ATTACH, child, 0, 0), EPERM);
	T_ERR(ptrace(PTRACE_SEIZE, child, 0, 0), EPERM);
	T_ERR(ptrace(PTRACE_SEIZE, child, 1, 0), EIO);
	T_ERR(ptrace(PTRACE_SEIZE, child, 0, 1UL << 30), EIO);
	T_ERR(ptrace(9999, child, 0, 0), EIO);
	T_ERR(ptrace(PTRACE_CONT, child, 0, 65), EIO);
	T_ERR(ptrace(PTRACE_SYSCALL, child, 0, -1), EIO);
	T_ERR(ptrace(PTRACE_SETOPTIONS, child, 0, 1UL << 28), EINVAL);
	T_ERR(ptrace(PTRACE_PEEKUSER, child, 4, 0), EIO);
	T_ERR(ptrace(PTRACE_PEEKUSER, child, 4096, 0), EIO);
	T_ERR(ptrace(PTRACE_POKEUSER, child, 4096, 0), EIO);
	T_OK(ptrace(PTRACE_POKEUSER, child, offsetof(struct user, u_debugreg[0]), 1));
	T_OK(ptrace(PTRACE_POKEUSER, child, offsetof(struct user, u_debugreg[0]), 2));
	T_EQ(ptrace(PTRACE_PEEKUSER, child, offsetof(struct user, u_debugreg[0]), 0), 2);
	T_ERR(ptrace(PTRACE_POKEUSER, child, offsetof(struct user, u_debugreg[3]), 1UL << 63),
	      EINVAL);
	T_EQ(ptrace(PTRACE_PEEKUSER, child, offsetof(struct user, u_debugreg[3]), 0), 0);
	T_ERR(ptrace(PTRACE_PEEKDATA, child, 0, 0), EIO);
	T_ERR(ptrace(PTRACE_POKEDATA, child, 0, 0), EIO);
	T_ERR(ptrace(PTRACE_GETREGS, child, 0, 16), EFAULT);
	T_ERR(ptrace(PTRACE_SETREGS, child, 0, 16), EFAULT);
	T_ERR(ptrace(PTRACE_GETSIGINFO, child, 0, 16), EFAULT);
	T_ERR(ptrace(PTRACE_INTERRUPT, child, 0, 0), EIO);
	T_ERR(ptrace(PTRACE_LISTEN, child, 0, 0), EIO);
	/* Not ours; not stopped. */
	other = T_NEED(fork());
	if (!other)
		do_wait();
	T_ERR(ptrace(PTRACE_CONT, other, 0, 0), ESRCH);
	T_ERR(ptrace(PTRACE_KILL, other, 0, 0), ESRCH);
	T_OK(ptrace(PTRACE_CONT, child, 0, 0));
	T_ERR(ptrace(PTRACE_CONT, child, 0, 0), ESRCH);
	T_ERR(ptrace(PTRACE_GETSIGINFO, child, 0, &si), ESRCH);
	t_end(child);
	T_CHILD
	{
		T_EQ(ptrace(PTRACE_TRACEME, 0, 0, 0), 0);
		T_ERR(ptrace(PTRACE_TRACEME, 0, 0, 0), EPERM);
	}
	if (t_is_root())
		T_AS_USER
		{
			T_ERR(ptrace(PTRACE_ATTACH, other, 0, 0), EPERM);
			T_ERR(ptrace(PTRACE_ATTACH, 1, 0, 0), EPERM);
		}
	t_end(other);
}

static void do_signals(void)
{
	t_count_signal(SIGUSR1, 0);
	signal(SIGUSR2, SIG_IGN);
	raise(SIGUSR1);
	raise(SIGUSR2);
	raise(SIGTERM);
	_exit(t_signals[SIGUSR1] == 1 ? 7 : 8);
}

/* Every signal stops it, ignored ones too; the tracer says what becomes of them. */
static void test_signals(void)
{
	pid_t child = traced_child(do_signals);
	siginfo_t si;
	int status;

	T_OK(ptrace(PTRACE_GETSIGINFO, child, 0, &si));
	T_EQ(si.si_signo, SIGSTOP);
	T_EQ(si.si_pid, child);
	T_OK(ptrace(PTRACE_CONT, child, 0, 0));
	T_EQ(wait_status(child), STOPPED(SIGUSR1));
	T_OK(ptrace(PTRACE_GETSIGINFO, child, 0, &si));
	T_EQ(si.si_code, SI_TKILL);
	T_OK(ptrace(PTRACE_CONT, child, 0, SIGUSR1));
	T_EQ(wait_status(child), STOPPED(SIGUSR2));
	T_OK(ptrace(PTRACE_CONT, child, 0, SIGUSR2));
	T_EQ(wait_status(child), STOPPED(SIGTERM));
	T_OK(ptrace(PTRACE_CONT, child, 0, 0));
	T_EQ(wait_status(child), T_EXITED(7));
	/* What is not held back ends it. */
	child = traced_child(do_signals);
	T_OK(ptrace(PTRACE_CONT, child, 0, 0));
	T_EQ(wait_status(child), STOPPED(SIGUSR1));
	T_OK(ptrace(PTRACE_CONT, child, 0, SIGKILL));
	T_EQ(wait_status(child), SIGKILL);
	/* waitid calls it trapped. */
	child = T_NEED(fork());
	if (!child) {
		ptrace(PTRACE_TRACEME, 0, 0, 0);
		raise(SIGSTOP);
		_exit(0);
	}
	T_EQ(waitid(P_PID, (id_t)child, &si, WSTOPPED | WNOWAIT), 0);
	T_EQ(si.si_code, CLD_TRAPPED);
	T_EQ(si.si_status, SIGSTOP);
	T_EQ(waitid(P_PID, (id_t)child, &si, WSTOPPED), 0);
	T_EQ(waitpid(child, &status, WNOHANG), 0);
	T_OK(ptrace(PTRACE_KILL, child, 0, 0));
	T_EQ(wait_status(child), SIGKILL);
}

static void test_memory(void)
{
	pid_t child = traced_child(do_wait);
	char path[64];
	long value;
	int fd;

	errno = 0;
	T_EQ(ptrace(PTRACE_PEEKDATA, child, &word, 0), 0x1234);
	T_OK(ptrace(PTRACE_POKEDATA, child, &word, 0x5678));
	T_EQ(ptrace(PTRACE_PEEKTEXT, child, &word, 0), 0x5678);
	T_EQ(word, 0x1234);
	/* Code, which the program itself could not write. */
	value = ptrace(PTRACE_PEEKTEXT, child, do_nothing, 0);
	T_OK(ptrace(PTRACE_POKETEXT, child, do_nothing, (value & ~0xffL) | 0xcc));
	T_EQ(ptrace(PTRACE_PEEKTEXT, child, do_nothing, 0) & 0xff, 0xcc);
	snprintf(path, sizeof(path), "/proc/%d/mem", child);
	fd = T_OK(open(path, O_RDWR));
	T_EQ(pread(fd, &value, sizeof(value), (off_t)&word), sizeof(value));
	T_EQ(value, 0x5678);
	value = 99;
	T_EQ(pwrite(fd, &value, sizeof(value), (off_t)&word), sizeof(value));
	T_EQ(ptrace(PTRACE_PEEKDATA, child, &word, 0), 99);
	T_ERR(pread(fd, &value, sizeof(value), 0), EIO);
	close(fd);
	t_end(child);
}

static void do_registers(void)
{
	long rbx = 0x1111, result;

	__asm__ volatile("int3\n\tmovq %%rbx, %0" : "=r"(result), "+b"(rbx));
	_exit(result == 0x2222 ? 5 : 6);
}

static void test_registers(void)
{
	pid_t child = traced_child(do_registers);
	struct user_fpregs_struct fp;
	struct user_regs_struct regs, again;
	struct iovec iov = {&again, sizeof(again)};
	siginfo_t si;

	T_OK(ptrace(PTRACE_CONT, child, 0, 0));
	T_EQ(wait_status(child), STOPPED(SIGTRAP));
	T_OK(ptrace(PTRACE_GETSIGINFO, child, 0, &si));
	T_EQ(si.si_code, SI_KERNEL);
	T_OK(ptrace(PTRACE_GETREGS, child, 0, &regs));
	T_EQ(regs.rbx, 0x1111);
	T_EQ(regs.cs, 0x33);
	T_EQ(regs.ss, 0x2b);
	T_EQ(regs.orig_rax, -1);
	T_EQ(ptrace(PTRACE_PEEKUSER, child, offsetof(struct user, regs.rip), 0), regs.rip);
	T_EQ(ptrace(PTRACE_PEEKTEXT, child, regs.rip - 1, 0) & 0xff, 0xcc);
	T_OK(ptrace(PTRACE_GETREGSET, child, NT_PRSTATUS, &iov));
	T_EQ(iov.iov_len, sizeof(again));
	T_MEM(&regs, &again, sizeof(regs));
	iov.iov_len = 16;
	T_OK(ptrace(PTRACE_GETREGSET, child, NT_PRSTATUS, &iov));
	T_EQ(iov.iov_len, 16);
	iov.iov_len = 15;
	T_ERR(ptrace(PTRACE_GETREGSET, child, NT_PRSTATUS, &iov), EINVAL);
	T_OK(ptrace(PTRACE_GETFPREGS, child, 0, &fp));
	T_EQ(fp.mxcsr & 0xffc0, 0x1f80);
	fp.mxcsr |= 0x80000000;
	T_ERR(ptrace(PTRACE_SETFPREGS, child, 0, &fp), EINVAL);
	fp.mxcsr &= 0x7fffffff;
	fp.xmm_space[0] = 77;
	T_OK(ptrace(PTRACE_SETFPREGS, child, 0, &fp));
	memset(&fp, 0, sizeof(fp));
	T_OK(ptrace(PTRACE_GETFPREGS, child, 0, &fp));
	T_EQ(fp.xmm_space[0], 77);
	regs.cs = 0x10;
	T_ERR(ptrace(PTRACE_SETREGS, child, 0, &regs), EIO);
	regs.cs = 0x33;
	regs.rbx = 0x2222;
	T_OK(ptrace(PTRACE_SETREGS, child, 0, &regs));
	T_OK(ptrace(PTRACE_CONT, child, 0, 0));
	T_EQ(wait_status(child), T_EXITED(5));
}

static void do_calls(void)
{
	syscall(SYS_getppid);
	syscall(SYS_close, 12345);
	_exit(syscall(SYS_getppid) == 4711 ? 9 : 10);
}

static void test_syscalls(void)
{
	pid_t child = traced_child(do_calls);
	struct __ptrace_syscall_info info;
	struct user_regs_struct regs;
	unsigned long message;

	T_OK(ptrace(PTRACE_SETOPTIONS, child, 0, PTRACE_O_TRACESYSGOOD));
	T_EQ(ptrace(PTRACE_GET_SYSCALL_INFO, child, sizeof(info), &info), 24);
	T_EQ(info.op, PTRACE_SYSCALL_INFO_NONE);
	do {
		T_OK(ptrace(PTRACE_SYSCALL, child, 0, 0));
		T_EQ(wait_status(child), STOPPED(SIGTRAP | 0x80));
		T_OK(ptrace(PTRACE_GETREGS, child, 0, &regs));
	} while (regs.orig_rax != SYS_getppid);
	T_EQ((long)regs.rax, -ENOSYS);
	T_OK(ptrace(PTRACE_GETEVENTMSG, child, 0, &message));
	T_EQ(message, 1);
	T_CMP(ptrace(PTRACE_GET_SYSCALL_INFO, child, sizeof(info), &info), >=, 80);
	T_EQ(info.op, PTRACE_SYSCALL_INFO_ENTRY);
	T_EQ(info.arch, 0xc000003e);
	T_EQ(info.entry.nr, SYS_getppid);
	T_EQ(info.instruction_pointer, regs.rip);
	T_OK(ptrace(PTRACE_SYSCALL, child, 0, 0));
	T_EQ(wait_status(child), STOPPED(SIGTRAP | 0x80));
	T_CMP(ptrace(PTRACE_GET_SYSCALL_INFO, child, sizeof(info), &info), >=, 33);
	T_EQ(info.op, PTRACE_SYSCALL_INFO_EXIT);
	T_EQ(info.exit.rval, getpid());
	T_EQ(info.exit.is_error, 0);
	/* The second: its error. */
	T_OK(ptrace(PTRACE_SYSCALL, child, 0, 0));
	T_EQ(wait_status(child), STOPPED(SIGTRAP | 0x80));
	T_OK(ptrace(PTRACE_SYSCALL, child, 0, 0));
	T_EQ(wait_status(child), STOPPED(SIGTRAP | 0x80));
	T_CMP(ptrace(PTRACE_GET_SYSCALL_INFO, child, sizeof(info), &info), >=, 33);
	T_EQ(info.exit.rval, -EBADF);
	T_EQ(info.exit.is_error, 1);
	/* The third is not done at all; the tracer makes its result. */
	T_OK(ptrace(PTRACE_SYSCALL, child, 0, 0));
	T_EQ(wait_status(child), STOPPED(SIGTRAP | 0x80));
	T_OK(ptrace(PTRACE_POKEUSER, child, offsetof(struct user, regs.orig_rax), -1));
	T_OK(ptrace(PTRACE_SYSCALL, child, 0, 0));
	T_EQ(wait_status(child), STOPPED(SIGTRAP | 0x80));
	T_EQ(ptrace(PTRACE_PEEKUSER, child, offsetof(struct user, regs.rax), 0), -ENOSYS);
	T_OK(ptrace(PTRACE_POKEUSER, child, offsetof(struct user, regs.rax), 4711));
	T_OK(ptrace(PTRACE_CONT, child, 0, 0));
	T_EQ(wait_status(child), T_EXITED(9));
}

static void test_step(void)
{
	pid_t child = traced_child(do_calls);
	unsigned long before, after;
	siginfo_t si;

	before = (unsigned long)ptrace(PTRACE_PEEKUSER, child, offsetof(struct user, regs.rip), 0);
	for (int i = 0; i < 20; i++) {
		T_OK(ptrace(PTRACE_SINGLESTEP, child, 0, 0));
		T_EQ(wait_status(child), STOPPED(SIGTRAP));
	}
	after = (unsigned long)ptrace(PTRACE_PEEKUSER, child, offsetof(struct user, regs.rip), 0);
	T_NE(before, after);
	T_OK(ptrace(PTRACE_GETSIGINFO, child, 0, &si));
	T_TRUE(si.si_code == TRAP_TRACE || si.si_code == TRAP_BRKPT);
	T_EQ(ptrace(PTRACE_PEEKUSER, child, offsetof(struct user, regs.eflags), 0) & 0x100, 0);
	T_OK(ptrace(PTRACE_CONT, child, 0, 0));
	T_EQ(wait_status(child), T_EXITED(10));
}

static void do_fork(void)
{
	pid_t child = fork();

	if (!child)
		_exit(3);
	waitpid(child, NULL, 0);
	child = vfork();
	if (!child)
		_exit(4);
	waitpid(child, NULL, 0);
	execl("/bin/true", "true", NULL);
	_exit(100);
}

static void test_events(void)
{
	pid_t child = traced_child(do_fork);
	unsigned long new;

	T_OK(ptrace(PTRACE_SETOPTIONS, child, 0,
		    PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_TRACEVFORKDONE |
			    PTRACE_O_TRACEEXIT | PTRACE_O_EXITKILL));
	T_OK(ptrace(PTRACE_CONT, child, 0, 0));
	T_EQ(wait_status(child), EVENT(PTRACE_EVENT_FORK, SIGTRAP));
	T_OK(ptrace(PTRACE_GETEVENTMSG, child, 0, &new));
	/* The new one is traced, and stopped by SIGSTOP. */
	T_EQ(wait_status((pid_t) new), STOPPED(SIGSTOP));
	T_OK(ptrace(PTRACE_CONT, child, 0, 0));
	T_OK(ptrace(PTRACE_CONT, new, 0, 0));
	T_EQ(wait_status((pid_t) new), EVENT(PTRACE_EVENT_EXIT, SIGTRAP));
	T_OK(ptrace(PTRACE_CONT, new, 0, 0));
	T_EQ(wait_status((pid_t) new), T_EXITED(3));
	T_EQ(wait_status(child), STOPPED(SIGCHLD));
	T_OK(ptrace(PTRACE_CONT, child, 0, 0));
	T_EQ(wait_status(child), EVENT(PTRACE_EVENT_VFORK, SIGTRAP));
	T_OK(ptrace(PTRACE_GETEVENTMSG, child, 0, &new));
	T_EQ(wait_status((pid_t) new), STOPPED(SIGSTOP));
	T_OK(ptrace(PTRACE_DETACH, new, 0, 0));
	T_OK(ptrace(PTRACE_CONT, child, 0, 0));
	T_EQ(wait_status(child), EVENT(PTRACE_EVENT_VFORK_DONE, SIGTRAP));
	t_end(child);
}

static void do_exec(void)
{
	execl("/bin/true", "true", NULL);
	_exit(100);
}

static void test_exec(void)
{
	pid_t child = traced_child(do_exec);
	unsigned long message;

	T_OK(ptrace(PTRACE_SETOPTIONS, child, 0, PTRACE_O_TRACEEXEC | PTRACE_O_TRACEEXIT));
	T_OK(ptrace(PTRACE_CONT, child, 0, 0));
	T_EQ(wait_status(child), EVENT(PTRACE_EVENT_EXEC, SIGTRAP));
	T_OK(ptrace(PTRACE_GETEVENTMSG, child, 0, &message));
	T_EQ(message, child);
	T_OK(ptrace(PTRACE_CONT, child, 0, 0));
	T_EQ(wait_status(child), EVENT(PTRACE_EVENT_EXIT, SIGTRAP));
	T_OK(ptrace(PTRACE_GETEVENTMSG, child, 0, &message));
	T_EQ(message, 0);
	T_OK(ptrace(PTRACE_CONT, child, 0, 0));
	T_EQ(wait_status(child), T_EXITED(0));
	/* Without the option it is a plain SIGTRAP. */
	child = traced_child(do_exec);
	T_OK(ptrace(PTRACE_CONT, child, 0, 0));
	T_EQ(wait_status(child), STOPPED(SIGTRAP));
	T_OK(ptrace(PTRACE_CONT, child, 0, 0));
	T_EQ(wait_status(child), T_EXITED(0));
}

/* Of somebody else's child. */
static void test_attach(void)
{
	pid_t child = T_NEED(fork());
	int status;

	if (!child)
		do_wait();
	T_OK(ptrace(PTRACE_ATTACH, child, 0, 0));
	T_EQ(wait_status(child), STOPPED(SIGSTOP));
	T_OK(ptrace(PTRACE_DETACH, child, 0, SIGTERM));
	T_EQ(wait_status(child), SIGTERM);
	/* The parent waits for its child after the tracer has. */
	child = T_NEED(fork());
	if (!child)
		do_wait();
	T_CHILD
	{
		T_OK(ptrace(PTRACE_ATTACH, child, 0, 0));
		T_EQ(wait_status(child), STOPPED(SIGSTOP));
		T_OK(ptrace(PTRACE_CONT, child, 0, SIGUSR1));
		T_EQ(wait_status(child), SIGUSR1);
		T_ERR(waitpid(child, &status, 0), ECHILD);
	}
	T_EQ(wait_status(child), SIGUSR1);
	/* A tracer that ends lets go. */
	child = T_NEED(fork());
	if (!child)
		do_wait();
	T_CHILD
	{
		T_OK(ptrace(PTRACE_ATTACH, child, 0, 0));
		T_EQ(wait_status(child), STOPPED(SIGSTOP));
	}
	T_EQ(kill(child, SIGTERM), 0);
	T_EQ(wait_status(child), SIGTERM);
	/* ... or takes it along. */
	child = T_NEED(fork());
	if (!child)
		do_wait();
	T_CHILD
	{
		T_OK(ptrace(PTRACE_SEIZE, child, 0, PTRACE_O_EXITKILL));
	}
	T_EQ(wait_status(child), SIGKILL);
}

static void test_seize(void)
{
	pid_t child = T_NEED(fork());
	siginfo_t si;
	int status;

	if (!child)
		do_wait();
	T_OK(ptrace(PTRACE_SEIZE, child, 0, PTRACE_O_TRACESYSGOOD));
	T_EQ(waitpid(child, &status, WNOHANG | __WALL), 0);
	T_OK(ptrace(PTRACE_INTERRUPT, child, 0, 0));
	T_EQ(wait_status(child), EVENT(PTRACE_EVENT_STOP, SIGTRAP));
	T_OK(ptrace(PTRACE_GETSIGINFO, child, 0, &si));
	T_EQ(si.si_signo, SIGTRAP);
	T_EQ(si.si_code, SIGTRAP | PTRACE_EVENT_STOP << 8);
	T_OK(ptrace(PTRACE_CONT, child, 0, 0));
	/* A stop of job control: first its signal, then the stop. */
	kill(child, SIGSTOP);
	T_EQ(wait_status(child), STOPPED(SIGSTOP));
	T_OK(ptrace(PTRACE_CONT, child, 0, SIGSTOP));
	T_EQ(wait_status(child), EVENT(PTRACE_EVENT_STOP, SIGSTOP));
	T_OK(ptrace(PTRACE_LISTEN, child, 0, 0));
	T_EQ(waitpid(child, &status, WNOHANG | __WALL), 0);
	T_ERR(ptrace(PTRACE_GETSIGINFO, child, 0, &si), ESRCH);
	kill(child, SIGCONT);
	T_EQ(wait_status(child), EVENT(PTRACE_EVENT_STOP, SIGTRAP));
	T_OK(ptrace(PTRACE_CONT, child, 0, 0));
	T_EQ(wait_status(child), STOPPED(SIGCONT));
	T_OK(ptrace(PTRACE_DETACH, child, 0, 0));
	t_end(child);
}

static void *thread_body(void *arg)
{
	return arg;
}

static void do_thread(void)
{
	pthread_t thread;

	pthread_create(&thread, NULL, thread_body, NULL);
	pthread_join(thread, NULL);
	_exit(2);
}

/* A traced thread's end is waited for, too. */
static void test_threads(void)
{
	pid_t child = traced_child(do_thread);
	unsigned long tid;
	int status = 0, left = 2;
	bool saw_thread = false, saw_process = false;

	T_OK(ptrace(PTRACE_SETOPTIONS, child, 0, PTRACE_O_TRACECLONE));
	T_OK(ptrace(PTRACE_CONT, child, 0, 0));
	T_EQ(wait_status(child), EVENT(PTRACE_EVENT_CLONE, SIGTRAP));
	T_OK(ptrace(PTRACE_GETEVENTMSG, child, 0, &tid));
	T_OK(ptrace(PTRACE_CONT, child, 0, 0));
	while (left) {
		pid_t pid = T_NEED(waitpid(-1, &status, __WALL));

		if (WIFSTOPPED(status)) {
			T_TRUE(WSTOPSIG(status) == SIGSTOP && pid == (pid_t)tid);
			T_OK(ptrace(PTRACE_CONT, pid, 0, 0));
			continue;
		}
		left--;
		saw_thread |= pid == (pid_t)tid && (!status || status == T_EXITED(2));
		saw_process |= pid == child && status == T_EXITED(2);
	}
	T_TRUE(saw_thread);
	T_TRUE(saw_process);
}

static void test_masks(void)
{
	pid_t child = traced_child(do_wait);
	struct __ptrace_peeksiginfo_args a = {0, 0, 4};
	uint64_t mask = 0, set = 1UL << (SIGUSR1 - 1) | 1UL << (SIGKILL - 1);
	siginfo_t si[4];

	T_ERR(ptrace(PTRACE_GETSIGMASK, child, 4, &mask), EINVAL);
	T_OK(ptrace(PTRACE_SETSIGMASK, child, 8, &set));
	T_OK(ptrace(PTRACE_GETSIGMASK, child, 8, &mask));
	T_EQ(mask, 1UL << (SIGUSR1 - 1));
	T_EQ(ptrace(PTRACE_PEEKSIGINFO, child, &a, si), 0);
	kill(child, SIGUSR1);
	T_EQ(ptrace(PTRACE_PEEKSIGINFO, child, &a, si), 0);
	a.flags = PTRACE_PEEKSIGINFO_SHARED;
	T_EQ(ptrace(PTRACE_PEEKSIGINFO, child, &a, si), 1);
	T_EQ(si[0].si_signo, SIGUSR1);
	T_EQ(si[0].si_pid, getpid());
	a.flags = 2;
	T_ERR(ptrace(PTRACE_PEEKSIGINFO, child, &a, si), EINVAL);
	a.flags = 0;
	a.nr = -1;
	T_ERR(ptrace(PTRACE_PEEKSIGINFO, child, &a, si), EINVAL);
	t_end(child);
}

TEST_MAIN
{
	test_errors();
	test_signals();
	test_memory();
	test_registers();
	test_syscalls();
	test_step();
	test_events();
	test_exec();
	test_attach();
	test_seize();
	test_threads();
	test_masks();
}

/* SPDX-License-Identifier: Apache-2.0 */
/* `int $0x80` from 64-bit code: the i386 table with the lower halves of the registers. */
#include "x86.h"
#include <sys/time.h>

#define I386_READ      3
#define I386_WRITE     4
#define I386_GETPID    20
#define I386_MMAP2     192
#define I386_GETPPID   64
#define I386_NANOSLEEP 162

struct regs {
	uint64_t ax, bx, cx, dx, si, di, bp, r8, r9, r10, r11, r12, r13, r14, r15, flags_in,
		flags_out;
};

void int80(struct regs *r);
__asm__(".text\n"
	"int80:\n"
	"	push %rbx; push %rbp; push %r12; push %r13; push %r14; push %r15\n"
	"	push %rdi\n"
	"	push 120(%rdi)\n"
	"	mov 8(%rdi), %rbx; mov 16(%rdi), %rcx; mov 24(%rdi), %rdx\n"
	"	mov 32(%rdi), %rsi; mov 48(%rdi), %rbp\n"
	"	mov 56(%rdi), %r8; mov 64(%rdi), %r9; mov 72(%rdi), %r10; mov 80(%rdi), %r11\n"
	"	mov 88(%rdi), %r12; mov 96(%rdi), %r13; mov 104(%rdi), %r14; mov 112(%rdi), %r15\n"
	"	mov (%rdi), %rax\n"
	"	mov 40(%rdi), %rdi\n"
	"	popfq\n"
	"	int $0x80\n"
	"	pushfq\n"
	"	push %rdi\n"
	"	push $0x202\n"
	"	popfq\n"
	"	mov 16(%rsp), %rdi\n"
	"	mov %rax, (%rdi); mov %rbx, 8(%rdi); mov %rcx, 16(%rdi); mov %rdx, 24(%rdi)\n"
	"	mov %rsi, 32(%rdi); mov %rbp, 48(%rdi)\n"
	"	mov %r8, 56(%rdi); mov %r9, 64(%rdi); mov %r10, 72(%rdi); mov %r11, 80(%rdi)\n"
	"	mov %r12, 88(%rdi); mov %r13, 96(%rdi); mov %r14, 104(%rdi); mov %r15, 112(%rdi)\n"
	"	pop %rax; mov %rax, 40(%rdi)\n"
	"	pop %rax; mov %rax, 128(%rdi)\n"
	"	pop %rdi\n"
	"	pop %r15; pop %r14; pop %r13; pop %r12; pop %rbp; pop %rbx\n"
	"	ret\n");

static struct regs filled(uint64_t nr)
{
	struct regs r;

	for (unsigned i = 0; i < sizeof(r) / 8; i++)
		((uint64_t *)&r)[i] = 0x1111111111111111UL * (i + 1);
	r.ax = nr;
	r.flags_in = 0x202;
	return r;
}

static void check_registers(void)
{
	struct regs r = filled(I386_GETPPID | 0xabcd00000000UL), want = r;

	int80(&r);
	T_EQ(r.ax, getppid());
	T_MEM(&r.bx, &want.bx, offsetof(struct regs, flags_in) - offsetof(struct regs, bx));
	r = filled(999);
	int80(&r);
	T_EQ((int64_t)r.ax, -ENOSYS);
	r = filled(0x40000000 | I386_GETPID);
	int80(&r);
	T_EQ((int64_t)r.ax, -ENOSYS);
}

static void check_arguments(void)
{
	char *low = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
	struct regs r = filled(I386_WRITE);
	int fds[2];

	T_OK(pipe(fds));
	memcpy(low, "low memory", 10);
	r.bx = (uint64_t)fds[1] | 0xffffffff00000000UL;
	r.cx = (uint64_t)low | 0x1234500000000UL; /* upper halves do not count */
	r.dx = 10 | 1UL << 32;
	int80(&r);
	T_EQ(r.ax, 10);
	/* an address above 4 GiB cannot be said */
	r = filled(I386_READ);
	r.bx = (uint64_t)fds[0];
	r.cx = (uint64_t)&r & 0xffffffff;
	r.dx = 10;
	if (r.cx < 65536 || r.cx > 0x7fff0000)
		T_SKIP_ONE("that address may be mapped");
	else {
		int80(&r);
		T_EQ((int64_t)r.ax, -EFAULT);
	}
	/* what mmap answers fits */
	r = filled(I386_MMAP2);
	r.bx = 0;
	r.cx = 4096;
	r.dx = PROT_READ;
	r.si = MAP_PRIVATE | MAP_ANONYMOUS;
	r.di = (uint64_t)-1;
	r.bp = 0;
	int80(&r);
	T_TRUE(r.ax >= 65536 && r.ax < 1UL << 32);
	close(fds[0]);
	close(fds[1]);
}

static void check_flags(void)
{
	static const uint64_t flags[] = {X86_FLAG_DF, X86_FLAG_NT, X86_FLAG_AC, X86_FLAG_CF};

	for (unsigned i = 0; i < 4; i++) {
		struct regs r = filled(I386_GETPPID);

		r.flags_in |= flags[i];
		int80(&r);
		T_EQ(r.ax, getppid());
		T_EQ(r.flags_out & (X86_FLAG_DF | X86_FLAG_NT | X86_FLAG_AC | X86_FLAG_CF),
		     flags[i]);
	}
}

static volatile int steps;

static void on_trap(int sig)
{
	(void)sig;
	steps++;
}

static void check_step(void)
{
	struct regs r = filled(I386_GETPPID);

	signal(SIGTRAP, on_trap);
	r.flags_in |= X86_FLAG_TF;
	int80(&r);
	T_EQ(r.ax, getppid());
	T_CMP(steps, >=, 4);
	T_CMP(steps, <=, 6);
}

static volatile int alarms;

static void on_alarm(int sig)
{
	(void)sig;
	alarms++;
}

/* Calls that a signal interrupts: restarted with the i386 table's numbers. */
static void check_restart(void)
{
	struct itimerval timer = {{0, 0}, {0, 20000}};
	struct sigaction sa = {.sa_handler = on_alarm, .sa_flags = SA_RESTART};
	int32_t *low = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
	long start = t_now_ms();
	struct regs r;
	int fds[2];

	T_OK(pipe(fds));
	sigaction(SIGALRM, &sa, NULL);
	if (!fork()) {
		t_sleep_ms(100);
		T_EQ(write(fds[1], "y", 1), 1);
		_exit(0);
	}
	setitimer(ITIMER_REAL, &timer, NULL);
	r = filled(I386_READ);
	r.bx = (uint64_t)fds[0];
	r.cx = (uint64_t)low;
	r.dx = 1;
	int80(&r);
	T_EQ(r.ax, 1);
	T_EQ(alarms, 1);
	T_EQ(*(char *)low, 'y');
	wait(NULL);
	/* SIGSTOP and SIGCONT without a handler: restart_syscall of the i386 table */
	pid_t parent = getpid(), child = fork();

	if (!child) {
		t_sleep_ms(50);
		kill(parent, SIGSTOP);
		_exit(0);
	}
	pid_t waker = fork();

	if (!waker) {
		t_sleep_ms(150);
		kill(parent, SIGCONT);
		_exit(0);
	}
	low[0] = 0;
	low[1] = 300000000;
	start = t_now_ms();
	r = filled(I386_NANOSLEEP);
	r.bx = (uint64_t)low;
	r.cx = 0;
	int80(&r);
	T_EQ(r.ax, 0);
	T_CMP(t_now_ms() - start, >=, 299);
	wait(NULL);
	wait(NULL);
	close(fds[0]);
	close(fds[1]);
}

TEST_MAIN
{
	check_registers();
	check_arguments();
	check_flags();
	check_step();
	check_restart();
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The doors of 32-bit code: what each call leaves in the registers, numbers nobody has, the sixth
 * argument, restart after a signal. Built with -m32.
 */
#include "../../sys/test.h"
#include <elf.h>
#include <sys/auxv.h>

struct regs {
	uint32_t ax, bx, cx, dx, si, di, bp;
};

static uint32_t sysinfo_entry;

/* All registers in and out; `is_int80` or by way of the vDSO. */
#define CALL_ASM(insn)                                                                             \
	__asm__ volatile("pushl %%ebx; pushl %%ebp; pushl %0\n\t"                                  \
			 "movl %0, %%eax\n\t"                                                      \
			 "movl 4(%%eax), %%ebx; movl 8(%%eax), %%ecx; movl 12(%%eax), %%edx\n\t"   \
			 "movl 16(%%eax), %%esi; movl 20(%%eax), %%edi; movl 24(%%eax), %%ebp\n\t" \
			 "movl (%%eax), %%eax\n\t" insn "\n\t"                                     \
			 "xchgl %%eax, (%%esp)\n\t"                                                \
			 "movl %%ebx, 4(%%eax); movl %%ecx, 8(%%eax); movl %%edx, 12(%%eax)\n\t"   \
			 "movl %%esi, 16(%%eax); movl %%edi, 20(%%eax); movl %%ebp, 24(%%eax)\n\t" \
			 "popl %%ecx; movl %%ecx, (%%eax); popl %%ebp; popl %%ebx"                 \
			 : "+a"(r)                                                                 \
			 :                                                                         \
			 : "ecx", "edx", "esi", "edi", "memory", "cc")

static void by_int80(struct regs *r)
{
	CALL_ASM("int $0x80");
}

static void by_vdso(struct regs *r)
{
	CALL_ASM("call *sysinfo_for_asm");
}

uint32_t sysinfo_for_asm __asm__("sysinfo_for_asm");

static void check_door(void (*call)(struct regs *))
{
	struct regs r = {SYS_getppid, 0x11111111, 0x22222222, 0x33333333,
			 0x44444444,  0x55555555, 0x66666666};
	static const uint32_t bad[] = {17, 44, 31, 999, 0x40000000, 0xffffffff};

	call(&r);
	T_EQ((int)r.ax, getppid());
	T_EQ(r.bx, 0x11111111u);
	T_EQ(r.cx, 0x22222222u);
	T_EQ(r.dx, 0x33333333u);
	T_EQ(r.si, 0x44444444u);
	T_EQ(r.di, 0x55555555u);
	T_EQ(r.bp, 0x66666666u);
	for (unsigned i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		r.ax = bad[i];
		call(&r);
		T_EQ((int)r.ax, -ENOSYS);
	}
	/* mmap2: the sixth argument is a page number */
	int fd = open("six", O_RDWR | O_CREAT | O_TRUNC, 0600);

	T_EQ(pwrite(fd, "page two", 8, 8192), 8);
	r = (struct regs){SYS_mmap2, 0, 4096, PROT_READ, MAP_PRIVATE, (uint32_t)fd, 2};
	call(&r);
	T_TRUE(r.ax < 0xfffff000u && !memcmp((void *)r.ax, "page two", 8));
	T_EQ(r.bp, 2u);
	close(fd);
}

static volatile int got;

static void handler(int sig)
{
	got = sig;
}

/* A read restarted by SA_RESTART, through either door. */
static void check_restart(void (*call)(struct regs *))
{
	struct sigaction sa = {.sa_handler = handler, .sa_flags = SA_RESTART};
	struct {
		long v[4];
	} timer = {{0, 0, 0, 50000}};
	int fds[2];
	char c = 0;

	sigaction(SIGALRM, &sa, NULL);
	T_EQ(pipe(fds), 0);
	got = 0;
	if (!fork()) {
		usleep(200000);
		write(fds[1], "x", 1);
		_exit(0);
	}
	syscall(SYS_setitimer, 0, &timer, NULL);
	struct regs r = {SYS_read, (uint32_t)fds[0], (uint32_t)&c, 1, 4, 5, 6};

	call(&r);
	T_EQ((int)r.ax, 1);
	T_EQ(c, 'x');
	T_EQ(got, SIGALRM);
	T_EQ(r.bp, 6u);
	wait(NULL);
	close(fds[0]);
	close(fds[1]);
}

TEST_MAIN
{
	sysinfo_entry = (uint32_t)getauxval(AT_SYSINFO);
	sysinfo_for_asm = sysinfo_entry;
	check_door(by_int80);
	check_restart(by_int80);
	T_TRUE(sysinfo_entry != 0);
	if (sysinfo_entry) {
		check_door(by_vdso);
		check_restart(by_vdso);
	}
}

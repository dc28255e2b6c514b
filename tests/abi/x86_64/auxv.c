/* SPDX-License-Identifier: Apache-2.0 */
/* The auxiliary vector: every entry that Linux gives, with its meaning checked. */
#include "x86.h"
#include "fault.h"

#include <sched.h>
#include <time.h>

#ifndef AT_RSEQ_FEATURE_SIZE
#define AT_RSEQ_FEATURE_SIZE 27
#define AT_RSEQ_ALIGN	     28
#endif

extern char **environ;
extern char __ehdr_start[], _start[];
static Elf64_auxv_t *vector;

static Elf64_auxv_t *entry(uint64_t type)
{
	for (Elf64_auxv_t *a = vector; a->a_type != AT_NULL; a++)
		if (a->a_type == type)
			return a;
	return NULL;
}

static uint64_t value(uint64_t type)
{
	Elf64_auxv_t *a = entry(type);

	return a ? a->a_un.a_val : 0;
}

static void test_complete(void)
{
	static const int types[] = {AT_SYSINFO_EHDR, AT_HWCAP,	AT_PAGESZ,   AT_CLKTCK,
				    AT_PHDR,	     AT_PHENT,	AT_PHNUM,    AT_BASE,
				    AT_FLAGS,	     AT_ENTRY,	AT_UID,	     AT_EUID,
				    AT_GID,	     AT_EGID,	AT_SECURE,   AT_RANDOM,
				    AT_HWCAP2,	     AT_EXECFN, AT_PLATFORM, AT_MINSIGSTKSZ};

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		if (!entry((uint64_t)types[i]))
			t_note("no entry of type %d", types[i]);
		T_TRUE(entry((uint64_t)types[i]) != NULL);
	}
	for (Elf64_auxv_t *a = vector; a->a_type != AT_NULL; a++)
		for (Elf64_auxv_t *b = a + 1; b->a_type != AT_NULL; b++)
			T_NE(a->a_type, b->a_type);
}

static void test_program(void)
{
	const Elf64_Ehdr *eh = (const Elf64_Ehdr *)__ehdr_start;

	T_EQ(value(AT_PHDR), (uint64_t)__ehdr_start + eh->e_phoff);
	T_EQ(value(AT_PHENT), sizeof(Elf64_Phdr));
	T_EQ(value(AT_PHNUM), eh->e_phnum);
	T_EQ(value(AT_ENTRY), (uint64_t)_start);
	T_EQ(value(AT_BASE), 0); /* no interpreter */
	T_EQ(value(AT_FLAGS), 0);
	T_EQ(value(AT_SECURE), 0);
	T_EQ(value(AT_PAGESZ), 4096);
	T_EQ(value(AT_CLKTCK), 100);
	T_EQ(value(AT_UID), getuid());
	T_EQ(value(AT_EUID), geteuid());
	T_EQ(value(AT_GID), getgid());
	T_EQ(value(AT_EGID), getegid());
}

static void test_processor(void)
{
	unsigned a, b, c, d;

	__cpuid(1, a, b, c, d);
	T_EQ(value(AT_HWCAP), d);
	/* Bit 1: the FSGSBASE instructions are enabled; they must work then. */
	if (value(AT_HWCAP2) & HWCAP2_FSGSBASE)
		__asm__ volatile("rdfsbase %0" : "=r"(a));
	T_EQ(value(AT_HWCAP2) & ~3UL, 0);
	T_STR((char *)value(AT_PLATFORM), "x86_64");
	/* The signal frame has the XSAVE area and 128 bytes of red zone. */
	T_CMP(value(AT_MINSIGSTKSZ), >=, 1376);
	T_CMP(value(AT_MINSIGSTKSZ), <=, 65536);
	if (c & 1U << 27) {
		__cpuid_count(0xd, 0, a, b, c, d);
		T_CMP(value(AT_MINSIGSTKSZ), >=, b);
	}
	if (entry(AT_RSEQ_FEATURE_SIZE)) {
		T_CMP(value(AT_RSEQ_FEATURE_SIZE), >=, 28);
		T_CMP(value(AT_RSEQ_ALIGN), >=, 32);
	}
}

static void test_pointers(void)
{
	const char *vdso = (const char *)value(AT_SYSINFO_EHDR);
	char **last;

	T_EQ((uint64_t)vdso & 4095, 0);
	T_MEM(vdso, ELFMAG, SELFMAG);
	T_EQ(fault_write((char *)vdso), SIGSEGV);
	T_EQ(((const Elf64_Ehdr *)vdso)->e_type, ET_DYN);
	T_EQ(((const Elf64_Ehdr *)vdso)->e_machine, EM_X86_64);
	T_EQ(fault_read((void *)value(AT_RANDOM)), 0);
	T_EQ(fault_read((char *)value(AT_RANDOM) + 15), 0);
	T_EQ(fault_write((char *)value(AT_RANDOM)), 0);
	/* The name that execve was given, at the very end of the stack after the environment. */
	for (last = environ; last[0] && last[1]; last++)
		;
	if (last[0])
		T_EQ(value(AT_EXECFN), (uint64_t)(last[0] + strlen(last[0]) + 1));
	T_EQ((value(AT_EXECFN) + strlen((char *)value(AT_EXECFN)) + 1 + 8) & 4095, 0);
}

/* What a fresh program sees; run as a child through /proc/self/exe with the output in a pipe. */
struct told {
	uint8_t random[16];
	uint64_t vdso, stack;
	char execfn[64];
};

static void tell(void)
{
	struct told t = {.vdso = value(AT_SYSINFO_EHDR), .stack = (uint64_t)vector};

	memcpy(t.random, (void *)value(AT_RANDOM), 16);
	snprintf(t.execfn, sizeof(t.execfn), "%s", (char *)value(AT_EXECFN));
	_exit(write(STDOUT_FILENO, &t, sizeof(t)) == sizeof(t) ? 0 : 1);
}

static struct told ask(const char *path)
{
	struct told t = {.vdso = 0};
	int fds[2];
	pid_t pid;

	T_NEED(pipe(fds));
	pid = T_NEED(fork());
	if (!pid) {
		char *argv[] = {"other name", NULL}, *envp[] = {"AUXV_TELL=1", NULL};

		dup2(fds[1], STDOUT_FILENO);
		execve(path, argv, envp);
		_exit(99);
	}
	close(fds[1]);
	T_EQ(read(fds[0], &t, sizeof(t)), sizeof(t));
	close(fds[0]);
	T_WAIT(pid, 0);
	return t;
}

static void test_two_runs(void)
{
	struct told a, b;

	T_NEED(symlink("/proc/self/exe", "self"));
	a = ask("./self");
	b = ask("/proc/self/exe");
	T_STR(a.execfn, "./self");
	T_STR(b.execfn, "/proc/self/exe");
	T_NE(memcmp(a.random, b.random, 16), 0);
	T_NE(a.vdso, b.vdso);
	T_NE(a.stack, b.stack);
}

static void __attribute__((constructor)) find_vector(void)
{
	char **p = environ;

	while (*p)
		p++;
	vector = (Elf64_auxv_t *)(p + 1);
	if (getenv("AUXV_TELL"))
		tell();
}

TEST_MAIN
{
	test_complete();
	test_program();
	test_processor();
	test_pointers();
	test_two_runs();
}

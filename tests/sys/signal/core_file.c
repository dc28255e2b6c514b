/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include <elf.h>
#include <pthread.h>
#include <sys/prctl.h>
#include <sys/procfs.h>

/* What a process that dies by a signal leaves behind. core(5). */
static char *hidden, *secret = "not here";
static volatile char known[32] = "the text that is looked for";
static char *image;
static size_t image_bytes;

static void *idle(void *arg)
{
	for (;;)
		pause();
	return arg;
}

/* The name the core file of `pid` gets here, or NULL when it goes elsewhere. */
static const char *core_name(pid_t pid)
{
	static char name[128];
	char pattern[128] = {0}, uses_pid[8] = {0};

	t_read_file("/proc/sys/kernel/core_pattern", pattern, sizeof(pattern) - 1);
	t_read_file("/proc/sys/kernel/core_uses_pid", uses_pid, sizeof(uses_pid) - 1);
	pattern[strcspn(pattern, "\n")] = 0;
	if (strchr(pattern, '/') || strchr(pattern, '%') || pattern[0] == '|')
		return NULL;
	snprintf(name, sizeof(name), uses_pid[0] == '1' ? "%s.%d" : "%s", pattern, pid);
	return name;
}

/* The wait status of a child that dies by `sig`. */
static int die(int sig, rlim_t limit, bool is_dumpable, pid_t *pid)
{
	int status = 0;

	*pid = T_NEED(fork());
	if (!*pid) {
		struct rlimit r = {limit, RLIM_INFINITY};
		pthread_t thread;

		setrlimit(RLIMIT_CORE, &r);
		prctl(PR_SET_DUMPABLE, is_dumpable);
		pthread_create(&thread, NULL, idle, NULL);
		memcpy(hidden, secret, 9);
		madvise(hidden, 4096, MADV_DONTDUMP);
		raise(sig);
		_exit(99);
	}
	waitpid(*pid, &status, 0);
	return status;
}

static const Elf64_Phdr *program_headers(const Elf64_Ehdr **eh)
{
	*eh = (const void *)image;
	return (const void *)(image + (*eh)->e_phoff);
}

/* Where the core file has the memory at `addr`; NULL. */
static const char *memory_at(uintptr_t addr)
{
	const Elf64_Ehdr *eh;
	const Elf64_Phdr *ph = program_headers(&eh);

	for (unsigned i = 0; i < eh->e_phnum; i++)
		if (ph[i].p_type == PT_LOAD && addr - ph[i].p_vaddr < ph[i].p_filesz)
			return image + ph[i].p_offset + (addr - ph[i].p_vaddr);
	return NULL;
}

static unsigned count_notes(unsigned type, const void **first, size_t *size)
{
	const Elf64_Ehdr *eh;
	const Elf64_Phdr *ph = program_headers(&eh);
	const char *at = image + ph[0].p_offset, *end = at + ph[0].p_filesz;
	unsigned n = 0;

	while (at < end) {
		const Elf64_Nhdr *nh = (const void *)at;
		const char *data = at + sizeof(*nh) + ((nh->n_namesz + 3) & ~3U);

		if (nh->n_type == type && !n++) {
			*first = data;
			*size = nh->n_descsz;
		}
		at = data + ((nh->n_descsz + 3) & ~3U);
	}
	return n;
}

static void check_image(pid_t pid)
{
	const Elf64_Ehdr *eh;
	const Elf64_Phdr *ph = program_headers(&eh);
	const struct elf_prstatus *status = NULL;
	const struct elf_prpsinfo *info = NULL;
	const void *data = NULL;
	const siginfo_t *si = NULL;
	size_t size = 0;

	T_MEM(eh->e_ident, "\177ELF\2\1\1", 7);
	T_EQ(eh->e_type, ET_CORE);
	T_EQ(eh->e_machine, EM_X86_64);
	T_EQ(ph[0].p_type, PT_NOTE);
	T_EQ(count_notes(NT_PRSTATUS, (void *)&status, &size), 2);
	T_EQ(size, sizeof(*status));
	T_EQ(status->pr_pid, pid);
	T_EQ(status->pr_ppid, getpid());
	T_EQ(status->pr_cursig, SIGABRT);
	T_EQ(count_notes(NT_PRPSINFO, (void *)&info, &size), 1);
	T_EQ(size, sizeof(*info));
	T_EQ(info->pr_pid, pid);
	T_EQ(info->pr_uid, getuid());
	T_EQ(count_notes(NT_SIGINFO, (void *)&si, &size), 1);
	T_EQ(si->si_signo, SIGABRT);
	T_EQ(si->si_code, SI_TKILL);
	T_EQ(count_notes(NT_AUXV, &data, &size), 1);
	T_EQ(size % 16, 0);
	T_EQ(count_notes(NT_FILE, &data, &size), 1);
	T_EQ(((const long *)data)[1], 4096);
	T_EQ(count_notes(NT_FPREGSET, &data, &size), 2);
	T_EQ(size, 512);
	data = memory_at((uintptr_t)known);
	T_TRUE(data != NULL);
	if (data)
		T_STR(data, "the text that is looked for");
	T_TRUE(memory_at((uintptr_t)hidden) == NULL);
}

static void test_file(const char *name, pid_t pid)
{
	int fd = T_OK(open(name, O_RDONLY));

	image_bytes = (size_t)t_size(name);
	T_EQ(t_mode(name) & 0777, 0600);
	image = T_NEED(mmap(NULL, image_bytes, PROT_READ, MAP_PRIVATE, fd, 0));
	close(fd);
	check_image(pid);
	munmap(image, image_bytes);
	T_OK(unlink(name));
}

TEST_MAIN
{
	static const int with_core[] = {SIGQUIT, SIGILL, SIGTRAP, SIGABRT, SIGFPE,
					SIGSEGV, SIGBUS, SIGSYS,  SIGXCPU, SIGXFSZ};
	const char *name;
	char text[64] = {0};
	pid_t pid;

	if (!core_name(1))
		T_SKIP("core files go elsewhere here");
	hidden = T_NEED(
		mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
	T_EQ(die(SIGABRT, RLIM_INFINITY, true, &pid), SIGABRT | 0x80);
	name = core_name(pid);
	test_file(name, pid);
	for (unsigned i = 0; i < sizeof(with_core) / sizeof(int); i++) {
		T_EQ(die(with_core[i], RLIM_INFINITY, true, &pid), with_core[i] | 0x80);
		T_OK(unlink(core_name(pid)));
	}
	T_EQ(die(SIGTERM, RLIM_INFINITY, true, &pid), SIGTERM);
	T_TRUE(!t_exists(core_name(pid)));
	/* No room, no right, no file of ours. */
	T_EQ(die(SIGABRT, 0, true, &pid), SIGABRT);
	T_TRUE(!t_exists(core_name(pid)));
	T_EQ(die(SIGABRT, RLIM_INFINITY, false, &pid), SIGABRT);
	T_TRUE(!t_exists(core_name(pid)));
	T_EQ(die(SIGABRT, 20000, true, &pid), SIGABRT | 0x80);
	name = core_name(pid);
	T_CMP(t_size(name), <=, 24576); /* holes do not count */
	T_OK(unlink(name));
	t_read_file("/proc/self/coredump_filter", text, sizeof(text) - 1);
	T_STR(text, "00000033\n");
	/* A directory in the way is not dumped over. */
	if (!strcmp(name, "core")) {
		T_OK(mkdir("core", 0755));
		T_EQ(die(SIGABRT, RLIM_INFINITY, true, &pid), SIGABRT);
		T_OK(rmdir("core"));
	}
}

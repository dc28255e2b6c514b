/* SPDX-License-Identifier: Apache-2.0 */
/* The core file of a 32-bit process: core(5), in the short layouts of elf(5). */
#include "../../sys/test.h"

#include <elf.h>
#include <pthread.h>
#include <sys/procfs.h>

static volatile char known[32] = "the text that is looked for";
static char *image;
static size_t image_bytes;

static void *idle(void *arg)
{
	for (;;)
		pause();
	return arg;
}

static const Elf32_Phdr *program_headers(const Elf32_Ehdr **eh)
{
	*eh = (const void *)image;
	return (const void *)(image + (*eh)->e_phoff);
}

/* Where the file has the memory at `addr`; NULL. */
static const char *memory_at(uintptr_t addr)
{
	const Elf32_Ehdr *eh;
	const Elf32_Phdr *ph = program_headers(&eh);

	for (unsigned i = 0; i < eh->e_phnum; i++)
		if (ph[i].p_type == PT_LOAD && addr - ph[i].p_vaddr < ph[i].p_filesz)
			return image + ph[i].p_offset + (addr - ph[i].p_vaddr);
	return NULL;
}

/* How many notes of the type there are, the first one, and its size. */
static unsigned count_notes(unsigned type, const void *first, size_t *size)
{
	const Elf32_Ehdr *eh;
	const Elf32_Phdr *ph = program_headers(&eh);
	const char *at = image + ph[0].p_offset, *end = at + ph[0].p_filesz;
	unsigned n = 0;

	while (at < end) {
		const Elf32_Nhdr *nh = (const void *)at;
		const char *data = at + sizeof(*nh) + ((nh->n_namesz + 3) & ~3U);

		if (nh->n_type == type && !n++) {
			*(const void **)first = data;
			*size = nh->n_descsz;
		}
		at = data + ((nh->n_descsz + 3) & ~3U);
	}
	return n;
}

static void check_image(pid_t pid)
{
	const Elf32_Ehdr *eh;
	const Elf32_Phdr *ph = program_headers(&eh);
	const struct elf_prstatus *status = NULL;
	const struct elf_prpsinfo *info = NULL;
	const unsigned *words = NULL;
	const char *text;
	size_t size = 0;

	T_MEM(eh->e_ident, "\177ELF\1\1\1", 7);
	T_EQ(eh->e_type, ET_CORE);
	T_EQ(eh->e_machine, EM_386);
	T_EQ(eh->e_ehsize, sizeof(*eh));
	T_EQ(eh->e_phentsize, sizeof(*ph));
	T_EQ(ph[0].p_type, PT_NOTE);
	T_EQ(count_notes(NT_PRSTATUS, &status, &size), 2);
	T_EQ(size, sizeof(*status));
	T_EQ(status->pr_pid, pid);
	T_EQ(status->pr_ppid, getpid());
	T_EQ(status->pr_cursig, SIGABRT);
	/* eip and esp lie in memory that the file has. */
	T_TRUE(status->pr_reg[12] != 0);
	T_TRUE(memory_at(status->pr_reg[15]) != NULL);
	T_EQ(count_notes(NT_PRPSINFO, &info, &size), 1);
	T_EQ(size, sizeof(*info));
	T_EQ(info->pr_pid, pid);
	T_TRUE(strstr(info->pr_psargs, info->pr_fname) != NULL);
	T_EQ(count_notes(NT_AUXV, &words, &size), 1);
	T_EQ(size % 8, 0);
	for (size_t i = 0; i < size / 4; i += 2)
		if (words[i] == AT_PAGESZ)
			T_EQ(words[i + 1], 4096);
	T_EQ(count_notes(NT_FILE, &words, &size), 1);
	T_EQ(words[1], 4096);
	T_EQ(strnlen((const char *)(words + 2 + 3 * words[0]), 2), 2); /* the first name */
	T_EQ(count_notes(NT_PRXFPREG, &words, &size), 2);
	T_EQ(size, 512);
	text = memory_at((uintptr_t)known);
	T_TRUE(text != NULL);
	if (text)
		T_STR(text, "the text that is looked for");
}

TEST_MAIN
{
	char pattern[16] = {0}, uses_pid[8] = {0}, name[32];
	int status, fd;
	pid_t pid;

	t_read_file("/proc/sys/kernel/core_pattern", pattern, sizeof(pattern) - 1);
	t_read_file("/proc/sys/kernel/core_uses_pid", uses_pid, sizeof(uses_pid) - 1);
	if (strcmp(pattern, "core\n"))
		T_SKIP("core files go elsewhere here");
	pid = T_NEED(fork());
	if (!pid) {
		pthread_t thread;

		t_limit(RLIMIT_CORE, RLIM_INFINITY);
		pthread_create(&thread, NULL, idle, NULL);
		abort();
	}
	T_EQ(waitpid(pid, &status, 0), pid);
	T_EQ(status, SIGABRT | 0x80);
	snprintf(name, sizeof(name), uses_pid[0] == '1' ? "core.%d" : "core", pid);
	fd = T_NEED(open(name, O_RDONLY));
	image_bytes = (size_t)t_size(name);
	image = T_NEED(mmap(NULL, image_bytes, PROT_READ, MAP_PRIVATE, fd, 0));
	check_image(pid);
	munmap(image, image_bytes);
	T_OK(unlink(name));
}

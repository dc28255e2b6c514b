/* SPDX-License-Identifier: Apache-2.0 */
/* The vDSO and the data page before it: where they lie and what a program may do to them. */
#include "x86.h"
#include "fault.h"

struct area {
	uint64_t start, end;
	char perms[5];
};

static struct area find(const char *name)
{
	static char maps[65536];
	struct area a = {.start = 0};
	char *line;

	memset(maps, 0, sizeof(maps));
	t_read_file("/proc/self/maps", maps, sizeof(maps) - 1);
	for (line = strtok(maps, "\n"); line; line = strtok(NULL, "\n"))
		if (strstr(line, name)) {
			sscanf(line, "%lx-%lx %4s", &a.start, &a.end, a.perms);
			break;
		}
	return a;
}

TEST_MAIN
{
	struct area vvar = find("[vvar]"), vdso = find("[vdso]"), area;
	const Elf64_Ehdr *eh;
	const Elf64_Phdr *ph;
	int loads = 0;

	T_EQ(vdso.start, getauxval(AT_SYSINFO_EHDR));
	T_STR(vdso.perms, "r-xp");
	T_STR(vvar.perms, "r--p");
	T_CMP(vvar.end, <=, vdso.start);
	T_CMP(vdso.start - vvar.end, <=, 8 * 4096);
	T_NE(vvar.start, 0);

	/* Not writable, and not made writable. */
	T_EQ(fault_write((void *)vvar.start), SIGSEGV);
	T_EQ(fault_read((void *)vvar.start), 0);
	T_EQ(fault_call((void *)vvar.start), SIGSEGV);
	T_ERR(mprotect((void *)vvar.start, 4096, PROT_READ | PROT_WRITE), EACCES);
	T_ERR(mprotect((void *)vvar.start, 4096, PROT_READ | PROT_EXEC), EACCES);
	T_OK(mprotect((void *)vvar.start, 4096, PROT_READ));
	T_EQ(fault_write((void *)vdso.start), SIGSEGV);

	/* The vDSO may be written after an mprotect, privately: another process does not see it. */
	T_CHILD
	{
		T_OK(mprotect((void *)vdso.start, vdso.end - vdso.start, PROT_READ | PROT_WRITE));
		*(volatile char *)(vdso.start + 16) = 0x55;
	}
	T_EQ(*(volatile char *)(vdso.start + 16), ET_DYN);

	/* One PT_LOAD that holds it all. */
	eh = (const Elf64_Ehdr *)vdso.start;
	ph = (const Elf64_Phdr *)(vdso.start + eh->e_phoff);
	for (int i = 0; i < eh->e_phnum; i++)
		loads += ph[i].p_type == PT_LOAD;
	T_EQ(loads, 1);

	/* A child of fork has it at the same place; one can do without it. */
	T_CHILD
	{
		area = find("[vdso]");
		T_EQ(area.start, vdso.start);
		T_OK(munmap((void *)vdso.start, vdso.end - vdso.start));
		T_EQ(find("[vdso]").start, 0);
		T_EQ(raw_syscall(SYS_getpid, 0, 0, 0), getpid());
	}
	/* One can move it, as checkpoint and restore do. */
	T_CHILD
	{
		char *to = mmap(NULL, vdso.end - vdso.start, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS,
				-1, 0);

		T_EQ(mremap((void *)vdso.start, vdso.end - vdso.start, vdso.end - vdso.start,
			    MREMAP_MAYMOVE | MREMAP_FIXED, to),
		     (long)to);
		T_EQ(find("[vdso]").start, (uint64_t)to);
		T_MEM(to, ELFMAG, SELFMAG);
	}
}

/* SPDX-License-Identifier: Apache-2.0 */
/* What the page table of user mode maps of the kernel, with page-table isolation on: the doors and
 * what they need, nothing else, and nothing that is writable and executable. */
#include "test.h"
#include <sys/utsname.h>

#define LIST "/sys/kernel/debug/page_tables/current_user"

/* Kinds of pages that the doors need, and how many of each there may be (per CPU or in all). */
static const struct kind {
	const char *name;
	unsigned long per_cpu_kib, kib;
} kinds[] = {
	{"entry text", 0, 16}, {"per-CPU data", 2, 8},
	{"IDT", 0, 4},	       {"GDT, TSS, entry stacks", 20, 0},
	{"vsyscall", 0, 4},
};
#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

static bool read_list(char *text, size_t size)
{
	FILE *f = fopen(LIST, "r");
	size_t n = f ? fread(text, 1, size - 1, f) : 0;

	text[n] = 0;
	if (f)
		fclose(f);
	return n > 0;
}

/* 0x... - 0x... SIZEK [USR] RW|ro NX|x name */
static void check_line(char *line, unsigned long kib_of[KINDS])
{
	unsigned long start, end;
	char *name = line + strlen(line);
	size_t kind;

	T_EQ(sscanf(line, "0x%lx-0x%lx", &start, &end), 2);
	for (kind = 0; kind < KINDS; kind++) {
		size_t n = strlen(kinds[kind].name);

		if ((size_t)(name - line) > n && !strcmp(name - n, kinds[kind].name))
			break;
	}
	T_CMP(kind, <, KINDS);
	if (kind < KINDS)
		kib_of[kind] += (end - start) / 1024;
	else
		t_note("%s", line);
	T_TRUE(!(strstr(line, " RW ") && strstr(line, " x ")));
	T_TRUE(start >= 0xffff800000000000ul);
}

TEST_MAIN
{
	static char text[8192], meltdown[64];
	unsigned long kib_of[KINDS] = {0};
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);
	unsigned lines = 0;
	struct utsname u;
	FILE *f;

	uname(&u);
	if (!strstr(u.release, "lstar")) {
		T_SKIP("the list has another form on Linux, where there is one");
		return;
	}
	T_NEED_ROOT();
	T_TRUE(read_list(text, sizeof(text)));
	T_AS_USER
	{
		T_ERR(open(LIST, O_RDONLY), EACCES);
	}
	f = fopen("/sys/devices/system/cpu/vulnerabilities/meltdown", "r");
	T_TRUE(f && fgets(meltdown, sizeof(meltdown), f));
	if (!strstr(text, "direct map")) {
		for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n"), lines++)
			check_line(line, kib_of);
		T_CMP(lines, >=, 4);
		for (size_t i = 0; i < KINDS; i++)
			T_CMP(kib_of[i], <=,
			      kinds[i].kib + kinds[i].per_cpu_kib * (unsigned long)cpus);
		T_CMP(kib_of[0], >, 0);
	} else {
		/* Not isolated: then nobody may say that it is. */
		T_TRUE(!strstr(meltdown, "PTI"));
	}
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include <sys/personality.h>
#include <sys/select.h>

/* What a new program sees: bit 0 set: mappings go up from a third of the address space; bit 1:
 * READ_IMPLIES_EXEC; bit 2: page 0 is there. */
__attribute__((constructor)) static void as_new_program(int argc, char **argv)
{
	int result = 0;
	long persona = syscall(SYS_personality, 0xffffffff);
	unsigned char vec;
	void *p;

	if (argc != 2 || strcmp(argv[1], "new-program"))
		return;
	p = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	result |= (unsigned long)p < 0x400000000000UL ? 1 : 0;
	result |= persona & READ_IMPLIES_EXEC ? 2 : 0;
	result |= mincore(NULL, 4096, &vec) == 0 ? 4 : 0;
	_exit(result);
}

static void new_program(unsigned long persona)
{
	T_EQ(syscall(SYS_personality, persona) >= 0, 1);
	execl("/proc/self/exe", "personality", "new-program", (char *)NULL);
}

static void check_sticky(void)
{
	struct timeval tv = {0, 5000};

	T_EQ(syscall(SYS_select, 0, NULL, NULL, NULL, &tv), 0);
	T_EQ(tv.tv_usec, 0);
	T_EQ(syscall(SYS_personality, STICKY_TIMEOUTS) >= 0, 1);
	tv.tv_usec = 5000;
	T_EQ(syscall(SYS_select, 0, NULL, NULL, NULL, &tv), 0);
	T_EQ(tv.tv_usec, 5000);
}

TEST_MAIN
{
	long was = T_OK(syscall(SYS_personality, 0xffffffff));

	T_EQ(syscall(SYS_personality, 0xffffffff), was);
	T_CHILD
	{
		T_EQ(syscall(SYS_personality, was | ADDR_NO_RANDOMIZE), was);
		T_EQ(syscall(SYS_personality, 0xffffffff), was | ADDR_NO_RANDOMIZE);
		T_CHILD
		{
			T_EQ(syscall(SYS_personality, 0xffffffff), was | ADDR_NO_RANDOMIZE);
		}
		T_EQ(syscall(SYS_personality, was), was | ADDR_NO_RANDOMIZE);
	}
	T_EQ(syscall(SYS_personality, 0xffffffff), was);
	T_CHILD
	{
		check_sticky();
	}
	T_CHILD_STATUS(T_EXITED(0))
	{
		new_program(0);
	}
	T_CHILD_STATUS(T_EXITED(1))
	{
		new_program(ADDR_COMPAT_LAYOUT);
	}
	/* A 64-bit program loses it. */
	T_CHILD_STATUS(T_EXITED(0))
	{
		new_program(READ_IMPLIES_EXEC);
	}
	T_CHILD_STATUS(T_EXITED(t_is_root() ? 4 : 0))
	{
		new_program(MMAP_PAGE_ZERO);
	}
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Random calls through `syscall` and, with the i386 table, `int $0x80`. */
#include "../fuzz.h"

static const int door_count = 2;

static void door_call(int door, unsigned long nr, const unsigned long a[6])
{
	register unsigned long r10 __asm__("r10") = a[3];
	register unsigned long r8 __asm__("r8") = a[4];
	register unsigned long r9 __asm__("r9") = a[5];

	if (door)
		__asm__ volatile("push %%rbp; mov %%r9, %%rbp; int $0x80; pop %%rbp"
				 : "+a"(nr)
				 : "b"(a[0]), "c"(a[1]), "d"(a[2]), "S"(a[3]), "D"(a[4]), "r"(r9)
				 : "memory");
	else
		__asm__ volatile("syscall"
				 : "+a"(nr)
				 : "D"(a[0]), "S"(a[1]), "d"(a[2]), "r"(r10), "r"(r8), "r"(r9)
				 : "rcx", "r11", "memory");
}

static char *pool_make(void)
{
	return mmap(NULL, POOL_BYTES, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
}

TEST_MAIN
{
	fuzz();
}

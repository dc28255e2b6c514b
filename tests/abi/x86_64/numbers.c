/* SPDX-License-Identifier: Apache-2.0 */
/* Which numbers are calls, and how many bits of rax are looked at. */
#include "x86.h"

/* Numbers that once were calls, or were only ever reserved. */
static const int dead[] = {156, 174, 177, 178, 180, 181, 182, 183, 184, 185, 212, 214, 215, 236};

static void is_unknown(unsigned long nr)
{
	long r = raw_syscall(nr, -1UL, -1UL, -1UL);

	if (r != -ENOSYS) {
		t_note("number %ld (%#lx) gave %ld", (long)nr, nr, r);
		T_EQ(r, -ENOSYS);
	}
}

TEST_MAIN
{
	static const unsigned long strange[] = {-1UL,
						512,
						1UL << 31,
						0x100000000 + 512,
						0xffffffff,
						0x7fffffff,
						0x80000027,
						0xffff,
						0x10027,
						0x40000000,
						0x40000027,
						0x40000000 + 520,
						0xfffffffe,
						-2UL,
						-4095UL,
						0xffffffff00000200,
						0x100000200,
						0x7fffffffffff0,
						0x8000000000000200};
	static const unsigned long high[] = {0x100000000, 0xffffffff00000000, 0xdeadbeef00000000,
					     0x8000000000000000};

	for (size_t i = 0; i < sizeof(dead) / sizeof(dead[0]); i++)
		is_unknown((unsigned long)dead[i]);
	/* 335 and 336 were given away after 6.12. */
	for (unsigned long nr = 337; nr < 424; nr++)
		is_unknown(nr);
	/* From 463 on Linux keeps adding; 512 to 547 are the x32 calls. */
	for (unsigned long nr = 490; nr < 5000; nr++)
		is_unknown(nr);
	for (size_t i = 0; i < sizeof(strange) / sizeof(strange[0]); i++)
		T_EQ(raw_syscall(strange[i], 0, 0, 0), -ENOSYS);
	/* The number is a 32-bit value: what is above does not count, so 2^63 is read(). */
	T_EQ(raw_syscall(1UL << 63, -1UL, 0, 0), -EBADF);
	for (size_t i = 0; i < sizeof(high) / sizeof(high[0]); i++) {
		T_EQ(raw_syscall(high[i] | SYS_getpid, 0, 0, 0), getpid());
		T_EQ(raw_syscall(high[i] | SYS_close, -1UL, 0, 0), -EBADF);
		T_EQ(raw_syscall(high[i] | 100000, -1UL, 0, 0), -ENOSYS);
	}
}

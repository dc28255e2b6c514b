/* SPDX-License-Identifier: Apache-2.0 */
/* modify_ldt(2) from 64-bit code. What entries are good for is in tests/abi/i386/ldt.c. */
#include "test.h"
#include <asm/ldt.h>

/* The call's result is an int: errors are not widened. */
static int modify(int func, void *ptr, unsigned long bytes)
{
	long r = syscall(SYS_modify_ldt, func, ptr, bytes);

	T_EQ(r, (long)(unsigned)r);
	return (int)r;
}

TEST_MAIN
{
	struct user_desc d = {
		.entry_number = 2,
		.base_addr = 0x1234567,
		.limit = 0xabcde,
		.seg_32bit = 1,
		.limit_in_pages = 1,
	};
	uint64_t table[20];
	char *end = t_page_end();
	uint32_t rights = 0;

	T_EQ(modify(0, table, sizeof(table)), 0);
	T_EQ(modify(2, table, sizeof(table)), 128);
	T_EQ(table[0], 0);
	T_EQ(modify(2, end - 4, 8), -EFAULT);
	T_EQ(modify(5, &d, sizeof(d)), -ENOSYS);
	T_EQ(modify(1, &d, 3), -EINVAL);
	T_EQ(modify(1, NULL, sizeof(d)), -EFAULT);
	T_EQ(modify(0x11, end - 8, sizeof(d)), -EFAULT);
	T_EQ(modify(0x11, &d, sizeof(d)), 0);
	T_EQ(modify(0, table, sizeof(table)), (int)sizeof(table));
	T_EQ(table[2], 0x01caf3234567bcdeUL);
	T_EQ(modify(0, end - 8, 16), -EFAULT);
	/* lm does not make a segment of 64 bits */
	d.lm = 1;
	d.contents = 2;
	T_EQ(modify(0x11, &d, sizeof(d)), 0);
	__asm__("lar %1, %0" : "+r"(rights) : "r"(2 * 8 + 7) : "cc");
	T_EQ(rights & 0x20ff00, 0xfb00);
	for (int i = 0; i < t_bad_pointer_count; i++) {
		T_EQ(modify(0x11, t_bad_pointer(i), sizeof(d)), -EFAULT);
		T_EQ(modify(0, t_bad_pointer(i), 8), -EFAULT);
	}
}

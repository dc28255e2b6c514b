/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include <sys/personality.h>

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
}

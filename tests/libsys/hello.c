// SPDX-License-Identifier: Apache-2.0
/* The least program: tests/libsys/code.sh measures it. */
#include <stdio.h>

int main(void)
{
	puts("hello, world");
	return 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* A 32-bit program's getppid: by int $0x80 and by the vDSO's door, which is sysenter or syscall by
 * the CPU's maker. usage: door32 NAME
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define CALLS  5000
#define ROUNDS 5

static unsigned int counter(void)
{
	unsigned int low, high;

	__asm__ volatile("lfence; rdtsc" : "=a"(low), "=d"(high)::"memory");
	return low;
}

int main(int argc, char **argv)
{
	unsigned int best = ~0u, start, took;

	for (int round = 0; round < ROUNDS; round++) {
		start = counter();
		for (int i = 0; i < CALLS; i++)
			getppid();
		took = counter() - start;
		if (took < best)
			best = took;
	}
	printf("%s %u\n", argc > 1 ? argv[1] : "getppid", (best + CALLS / 2) / CALLS);
	return 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Random calls of 32-bit code, through `int $0x80` and the vDSO's door. */
#include "../fuzz.h"
#include <elf.h>
#include <sys/auxv.h>

static const int door_count = 2;
uint32_t fuzz_entry __asm__("fuzz_entry");

/* door_asm(number, arguments, entry): entry is called when it is not 0 */
long door_asm(unsigned long nr, const unsigned long *a, uint32_t entry);
__asm__(".text\n"
	"door_asm:\n"
	"	push %ebp; push %ebx; push %esi; push %edi\n"
	"	mov 28(%esp), %ecx\n"
	"	mov %ecx, fuzz_entry\n"
	"	mov 20(%esp), %eax\n"
	"	mov 24(%esp), %ebp\n"
	"	mov (%ebp), %ebx; mov 4(%ebp), %ecx; mov 8(%ebp), %edx\n"
	"	mov 12(%ebp), %esi; mov 16(%ebp), %edi; mov 20(%ebp), %ebp\n"
	"	cmpl $0, fuzz_entry\n"
	"	je 1f\n"
	"	call *fuzz_entry\n"
	"	jmp 2f\n"
	"1:	int $0x80\n"
	"2:	pop %edi; pop %esi; pop %ebx; pop %ebp\n"
	"	ret\n");

static void door_call(int door, unsigned long nr, const unsigned long a[6])
{
	door_asm(nr, a, door ? (uint32_t)getauxval(AT_SYSINFO) : 0);
}

static char *pool_make(void)
{
	return mmap(NULL, POOL_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

TEST_MAIN
{
	fuzz();
}

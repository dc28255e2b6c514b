/* Made by abi/gen.py from abi/syscalls.tbl; do not edit. */
#ifndef GEN_SYSCALLS_I386_H
#define GEN_SYSCALLS_I386_H

#include "lib/types.h"

/* One more than the highest number of the i386 table, and its size, a power of two. */
#define IA32_NR_syscalls 177
#define IA32_TABLE_SIZE 256

/* ebx, ecx, edx, esi, edi, ebp */
struct compat_args {
	u32 v[6];
};

/* The handlers in kernel/sys/compat/ */

#endif /* GEN_SYSCALLS_I386_H */

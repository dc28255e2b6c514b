/* Made by abi/gen.py from abi/syscalls.tbl; do not edit. */
#include <asm/errno.h>

const char *const __errno_messages[] = {
	[EPERM] = "Operation not permitted",
	[ENOENT] = "No such file or directory",
};
const int __errno_count = sizeof(__errno_messages) / sizeof(__errno_messages[0]);

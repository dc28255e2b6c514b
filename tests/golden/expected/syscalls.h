/* Made by abi/gen.py from abi/syscalls.tbl; do not edit. */
#ifndef GEN_SYSCALLS_H
#define GEN_SYSCALLS_H

#include "lib/types.h"

/* One more than the highest number of the x86_64 table. */
#define NR_syscalls 10
/* The table's size, a power of two: a mask bounds the index, also under speculation. */
#define SYSCALL_TABLE_SIZE 16

/* The handlers in kernel/sys/: a result, or a negative errno. */
long sys_read(int fd, uaddr_t buf, size_t count);
long sys_open(uaddr_t path, int flags, unsigned int mode);
long sys_fstat(int fd, uaddr_t st);
long sys_getpid(void);
long sys_rt_sigpending(uaddr_t set, size_t sigsetsize);
long sys_exit(int status);

#endif /* GEN_SYSCALLS_H */

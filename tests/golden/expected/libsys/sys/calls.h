/* Made by abi/gen.py from abi/syscalls.tbl; do not edit. */
#ifndef GEN_LIBSYS_CALLS_H
#define GEN_LIBSYS_CALLS_H

struct stat;

/* The bare calls: -1 and errno on failure. sys_<name> is the bare call where C's <name> does more. */
long read(int fd, void *buf, __SIZE_TYPE__ count);
int sys_open(const char *path, int flags, unsigned int mode);
int fstat(int fd, struct stat *st);
int getpid(void);
int munmap(void *addr, __SIZE_TYPE__ len);
int rt_sigpending(unsigned long *set, __SIZE_TYPE__ sigsetsize);
void sys_exit(int status);

#endif /* GEN_LIBSYS_CALLS_H */

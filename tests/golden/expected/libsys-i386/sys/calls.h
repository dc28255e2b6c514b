/* Made by abi/gen.py from abi/syscalls.tbl; do not edit. */
#ifndef GEN_LIBSYS_CALLS_H
#define GEN_LIBSYS_CALLS_H

struct stat;

/* The bare calls: -1 and errno on failure. sys_<name> is the bare call where C's <name> does more. */
void sys_exit(int status);
long read(int fd, void *buf, __SIZE_TYPE__ count);
int sys_open(const char *path, int flags, unsigned int mode);
int getpid(void);
int old_only(const char *path);
int munmap(void *addr, __SIZE_TYPE__ len);
int old_fstat(int fd, void *st);
int rt_sigpending(unsigned long *set, __SIZE_TYPE__ sigsetsize);

/* By hand: over other calls. */
int fstat(int fd, struct stat *st);

#endif /* GEN_LIBSYS_CALLS_H */

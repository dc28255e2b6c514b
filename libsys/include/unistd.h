/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LIBSYS_UNISTD_H
#define LIBSYS_UNISTD_H

#include <abi/linux/missing.h>
#include <linux/fs.h>
#include <sys/calls.h>
#include <sys/syscall.h>
#include <sys/types.h>

#define STDIN_FILENO  0
#define STDOUT_FILENO 1
#define STDERR_FILENO 2

extern char **environ;

long syscall(long number, ...);
ssize_t pread(int fd, void *buf, size_t count, off_t offset);
ssize_t pwrite(int fd, const void *buf, size_t count, off_t offset);
int fork(void);
int vfork(void) __attribute__((returns_twice));
void _exit(int status) __attribute__((noreturn));
int execv(const char *path, char *const *argv);
int execl(const char *path, const char *first, ...);
int execlp(const char *name, const char *first, ...);
int execle(const char *path, const char *first, ...);
int fexecve(int fd, char *const *argv, char *const *envp);
int execvp(const char *name, char *const *argv);
int execvpe(const char *name, char *const *argv, char *const *envp);
char *getcwd(char *buf, size_t size);
int brk(void *end);
void *sbrk(long increment);
int nice(int increment);
unsigned int sleep(unsigned int seconds);
int usleep(unsigned int usec);
int getentropy(void *buf, size_t size);
int gethostname(char *name, size_t size);
int getpagesize(void);
int setpgrp(void);
int seteuid(uid_t uid);
int setegid(gid_t gid);
int isatty(int fd);
int tcsetpgrp(int fd, int pgrp);
int tcgetpgrp(int fd);
int faccessat(int dirfd, const char *path, int mode, int flags);

#endif /* LIBSYS_UNISTD_H */

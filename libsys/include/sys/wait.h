/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LIBSYS_SYS_WAIT_H
#define LIBSYS_SYS_WAIT_H

#include <linux/wait.h>
#include <signal.h>
#include <sys/calls.h>
#include <sys/types.h>

#define WEXITSTATUS(status)  (((status) >> 8) & 0xff)
#define WTERMSIG(status)     ((status)&0x7f)
#define WSTOPSIG(status)     WEXITSTATUS(status)
#define WIFEXITED(status)    (WTERMSIG(status) == 0)
#define WIFSIGNALED(status)  ((signed char)(WTERMSIG(status) + 1) >> 1 > 0)
#define WIFSTOPPED(status)   (((status)&0xff) == 0x7f)
#define WIFCONTINUED(status) ((status) == 0xffff)
#define WCOREDUMP(status)    ((status)&0x80)

int wait(int *status);
int waitpid(int pid, int *status, int options);
int wait3(int *status, int options, struct rusage *usage);
int waitid(int idtype, int id, siginfo_t *info, int options);

#endif /* LIBSYS_SYS_WAIT_H */

/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LIBSYS_SIGNAL_H
#define LIBSYS_SIGNAL_H

#include <linux/signal.h>
#include <linux/time.h>
#include <sys/calls.h>
#include <sys/types.h>

#define NSIG_KERNEL 64

/* sigset_t is the kernel's: 64 bits, one per signal. */
typedef void (*sighandler_t)(int);

int sigaction(int sig, const struct sigaction *act, struct sigaction *old);
sighandler_t signal(int sig, sighandler_t handler);
int sigprocmask(int how, const sigset_t *set, sigset_t *old);
int sigpending(sigset_t *set);
int sigsuspend(const sigset_t *set);
int sigtimedwait(const sigset_t *set, siginfo_t *info, const struct timespec *timeout);
int sigwaitinfo(const sigset_t *set, siginfo_t *info);
int sigwait(const sigset_t *set, int *sig); /* the error itself, not -1 */
int sigqueue(pid_t pid, int sig, sigval_t value);
int raise(int sig);

static inline int sigemptyset(sigset_t *set)
{
	*set = 0;
	return 0;
}

static inline int sigfillset(sigset_t *set)
{
	*set = ~(sigset_t)0;
	return 0;
}

static inline int sigaddset(sigset_t *set, int sig)
{
	*set |= (sigset_t)1 << (sig - 1);
	return 0;
}

static inline int sigdelset(sigset_t *set, int sig)
{
	*set &= ~((sigset_t)1 << (sig - 1));
	return 0;
}

static inline int sigismember(const sigset_t *set, int sig)
{
	return (int)(*set >> (sig - 1) & 1);
}

#endif /* LIBSYS_SIGNAL_H */

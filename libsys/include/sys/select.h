/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LIBSYS_SYS_SELECT_H
#define LIBSYS_SYS_SELECT_H

#include <linux/posix_types.h>
#include <linux/time.h>
#include <signal.h>
#include <sys/calls.h>
#include <sys/types.h>

#define FD_SETSIZE __FD_SETSIZE

typedef __kernel_fd_set fd_set;

#define FD_BITS_PER_LONG (8 * sizeof(long))
#define FD_ZERO(set)	 __builtin_memset((set), 0, sizeof(fd_set))
#define FD_SET(fd, set)	 ((set)->fds_bits[(fd) / FD_BITS_PER_LONG] |= 1ul << (fd) % FD_BITS_PER_LONG)
#define FD_CLR(fd, set) \
	((set)->fds_bits[(fd) / FD_BITS_PER_LONG] &= ~(1ul << (fd) % FD_BITS_PER_LONG))
#define FD_ISSET(fd, set) \
	((int)((set)->fds_bits[(fd) / FD_BITS_PER_LONG] >> (fd) % FD_BITS_PER_LONG & 1))

int pselect(int nfds, fd_set *readfds, fd_set *writefds, fd_set *exceptfds,
	    const struct timespec *timeout, const sigset_t *mask);

#endif /* LIBSYS_SYS_SELECT_H */

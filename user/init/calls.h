/* SPDX-License-Identifier: Apache-2.0 */
/* The system calls and constants init uses, from whichever C library it is built on. */
#ifndef USER_INIT_CALLS_H
#define USER_INIT_CALLS_H

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/reboot.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/reboot.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#endif

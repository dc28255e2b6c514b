/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LIBSYS_SYS_IOCTL_H
#define LIBSYS_SYS_IOCTL_H

#include <asm/ioctls.h>
#include <asm/termbits.h>
#include <linux/ioctl.h>
#include <linux/termios.h>
#include <sys/calls.h>

#endif /* LIBSYS_SYS_IOCTL_H */

/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LIBSYS_SYS_REBOOT_H
#define LIBSYS_SYS_REBOOT_H

#include <linux/reboot.h>

#define RB_AUTOBOOT    LINUX_REBOOT_CMD_RESTART
#define RB_POWER_OFF   LINUX_REBOOT_CMD_POWER_OFF
#define RB_HALT_SYSTEM LINUX_REBOOT_CMD_HALT

int reboot(unsigned int cmd);

#endif /* LIBSYS_SYS_REBOOT_H */

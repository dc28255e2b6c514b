/* SPDX-License-Identifier: Apache-2.0 */
/* Only what must fail: a success would end the test, and the host. */
#include "test.h"

#include <linux/reboot.h>

static long k_reboot(unsigned magic1, unsigned magic2, unsigned command)
{
	return syscall(SYS_reboot, magic1, magic2, command, NULL);
}

TEST_MAIN
{
	T_AS_USER
	{
		if (!t_is_root()) {
			T_ERR(k_reboot(LINUX_REBOOT_MAGIC1, LINUX_REBOOT_MAGIC2,
				       LINUX_REBOOT_CMD_CAD_OFF),
			      EPERM);
			/* The permission comes first. */
			T_ERR(k_reboot(0, 0, 0), EPERM);
		}
	}
	T_NEED_ROOT();
	T_ERR(k_reboot(0, LINUX_REBOOT_MAGIC2, LINUX_REBOOT_CMD_CAD_OFF), EINVAL);
	T_ERR(k_reboot(LINUX_REBOOT_MAGIC1, 0, LINUX_REBOOT_CMD_CAD_OFF), EINVAL);
	T_ERR(k_reboot(LINUX_REBOOT_MAGIC1, LINUX_REBOOT_MAGIC2 + 1, LINUX_REBOOT_CMD_CAD_OFF),
	      EINVAL);
	T_ERR(k_reboot(LINUX_REBOOT_MAGIC1, LINUX_REBOOT_MAGIC2, 0x11111111), EINVAL);
}

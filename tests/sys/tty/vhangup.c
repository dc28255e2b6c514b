/* SPDX-License-Identifier: Apache-2.0 */
#include "pty_common.h"

TEST_MAIN
{
	struct pty p = pty_open(true);
	char c;

	T_AS_USER
	{
		T_ERR(syscall(SYS_vhangup), EPERM);
	}
	if (!t_is_root())
		return;
	T_CHILD
	{
		T_OK(setsid());
		T_OK(ioctl(p.slave, TIOCSCTTY, 0));
		signal(SIGHUP, SIG_IGN);
		T_OK(syscall(SYS_vhangup));
		T_EQ(read(p.slave, &c, 1), 0);
		T_ERR(write(p.slave, "x", 1), EIO);
		T_ERR(open("/dev/tty", O_RDWR), ENXIO);
		T_OK(syscall(SYS_vhangup)); /* no terminal: nothing to do */
	}
	pty_close(&p);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* tty_ioctl(2), "Locking the termios structure". */
#include "test.h"

#include <asm/ioctls.h>
#include <asm/termbits.h>
#include <sys/ioctl.h>

TEST_MAIN
{
	struct termios ios, old, lock;
	unsigned number;
	int master = T_NEED(open("/dev/ptmx", O_RDWR | O_NOCTTY)), slave, zero = 0;
	char name[64];

	T_NEED(ioctl(master, TIOCGPTN, &number));
	T_NEED(ioctl(master, TIOCSPTLCK, &zero));
	snprintf(name, sizeof(name), "/dev/pts/%u", number);
	slave = T_NEED(open(name, O_RDWR | O_NOCTTY));
	memset(&lock, 0xff, sizeof(lock));
	memset(&ios, 0, sizeof(ios));
	T_OK(ioctl(slave, TIOCGLCKTRMIOS, &lock));
	T_MEM(&lock, &ios, sizeof(lock));
	T_ERR(ioctl(T_NEED(open("/dev/null", O_RDONLY)), TIOCGLCKTRMIOS, &lock), ENOTTY);
	T_EFAULT_NULL(p, ioctl(slave, TIOCGLCKTRMIOS, p));
	T_AS_USER
	{
		T_ERR(ioctl(slave, TIOCSLCKTRMIOS, &lock), EPERM);
		T_OK(ioctl(slave, TIOCGLCKTRMIOS, &lock));
	}
	if (!t_is_root())
		return;
	lock.c_lflag = ECHO;
	lock.c_iflag = ICRNL;
	lock.c_cc[VINTR] = 1;
	T_OK(ioctl(slave, TIOCSLCKTRMIOS, &lock));
	T_OK(ioctl(slave, TCGETS, &old));
	ios = old;
	ios.c_lflag ^= ECHO | ICANON;
	ios.c_iflag ^= ICRNL | IXANY;
	ios.c_cc[VINTR] = 'x';
	ios.c_cc[VQUIT] = 'y';
	T_OK(ioctl(slave, TCSETS, &ios));
	T_OK(ioctl(slave, TCGETS, &ios));
	T_EQ(ios.c_lflag, old.c_lflag ^ ICANON);
	T_EQ(ios.c_iflag, old.c_iflag ^ IXANY);
	T_EQ(ios.c_cc[VINTR], old.c_cc[VINTR]);
	T_EQ(ios.c_cc[VQUIT], 'y');
	memset(&lock, 0, sizeof(lock));
	T_OK(ioctl(slave, TIOCSLCKTRMIOS, &lock));
	ios.c_lflag ^= ECHO;
	T_OK(ioctl(slave, TCSETS, &ios));
	T_OK(ioctl(slave, TCGETS, &old));
	T_EQ(ios.c_lflag, old.c_lflag);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"
#include <sys/klog.h>

TEST_MAIN
{
	char buf[200];
	int size, n;

	T_AS_USER
	{
		T_ERR(klogctl(2, buf, 10), EPERM);
		T_ERR(klogctl(5, NULL, 0), EPERM);
		T_ERR(klogctl(6, NULL, 0), EPERM);
		T_ERR(klogctl(8, NULL, 4), EPERM);
		T_ERR(klogctl(9, NULL, 0), EPERM);
		T_ERR(klogctl(100, NULL, 0), EPERM);
	}
	size = klogctl(10, NULL, 0);
	if (size < 0) {
		T_SKIP_ONE("no right to the log here");
		return;
	}
	T_CMP(size, >, 4096);
	T_EQ(klogctl(0, NULL, 0), 0);
	T_EQ(klogctl(1, NULL, 0), 0);
	n = T_OK(klogctl(3, buf, sizeof(buf)));
	T_CMP(n, <=, (long)sizeof(buf));
	T_ERR(klogctl(3, NULL, 10), EINVAL);
	T_ERR(klogctl(3, buf, -1), EINVAL);
	T_EQ(klogctl(3, buf, 0), 0);
	T_ERR(klogctl(2, buf, -1), EINVAL);
	T_ERR(klogctl(2, NULL, 1), EINVAL);
	T_ERR(klogctl(4, buf, -1), EINVAL);
	T_ERR(klogctl(8, NULL, 0), EINVAL);
	T_ERR(klogctl(8, NULL, 9), EINVAL);
	T_ERR(klogctl(8, NULL, -1), EINVAL);
	T_ERR(klogctl(100, NULL, 0), EINVAL);
	T_ERR(klogctl(-1, NULL, 0), EINVAL);
	T_OK(klogctl(9, NULL, 0));
}

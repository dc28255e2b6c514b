/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

TEST_MAIN
{
	T_AS_USER
	{
		T_ERR(vhangup(), EPERM);
	}
	T_CHILD
	{
		setsid();
		if (vhangup() < 0 && errno == EPERM)
			T_SKIP_ONE("no right to hang up here");
		else
			T_EQ(vhangup(), 0);
	}
}

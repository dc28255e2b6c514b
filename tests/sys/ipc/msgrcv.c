/* SPDX-License-Identifier: Apache-2.0 */
#include "msg_common.h"

static void types(int id)
{
	T_OK(send_text(id, 3, "three", 0));
	T_OK(send_text(id, 1, "one", 0));
	T_OK(send_text(id, 2, "two", 0));
	T_OK(send_text(id, 1, "one again", 0));
	EXPECT_TEXT(id, 2, 0, 2, "two");
	EXPECT_TEXT(id, -2, 0, 1, "one");
	EXPECT_TEXT(id, 3, MSG_EXCEPT, 1, "one again");
	T_ERR(msgrcv(id, &in, 100, -2, IPC_NOWAIT), ENOMSG);
	T_ERR(msgrcv(id, &in, 100, 7, IPC_NOWAIT), ENOMSG);
	EXPECT_TEXT(id, LONG_MIN, 0, 3, "three");
	T_ERR(msgrcv(id, &in, 100, 0, IPC_NOWAIT), ENOMSG);
	T_OK(send_text(id, 5, "a", 0));
	T_OK(send_text(id, 4, "b", 0));
	EXPECT_TEXT(id, 0, 0, 5, "a");
	EXPECT_TEXT(id, 0, 0, 4, "b");
}

static void sizes(int id)
{
	T_OK(send_text(id, 1, "longer text", 0));
	T_ERR(msgrcv(id, &in, 4, 0, 0), E2BIG);
	T_EQ(queue_state(id).msg_qnum, 1);
	memset(&in, 0, sizeof(in));
	T_EQ(msgrcv(id, &in, 4, 0, MSG_NOERROR), 4);
	T_MEM(in.text, "long", 5);
	T_EQ(queue_state(id).msg_qnum, 0);
	T_EQ(queue_state(id).msg_lrpid, getpid());
}

static void copies(int id)
{
	T_OK(send_text(id, 3, "first", 0));
	T_OK(send_text(id, 4, "second", 0));
	memset(&in, 0, sizeof(in));
	if (msgrcv(id, &in, 100, 1, MSG_COPY | IPC_NOWAIT) < 0 && errno == ENOSYS) {
		T_SKIP_ONE("no MSG_COPY in this kernel");
	} else {
		T_STR(in.text, "second");
		EXPECT_TEXT(id, 0, MSG_COPY | IPC_NOWAIT, 3, "first");
		T_EQ(queue_state(id).msg_qnum, 2);
		T_ERR(msgrcv(id, &in, 100, 2, MSG_COPY | IPC_NOWAIT), ENOMSG);
		T_ERR(msgrcv(id, &in, 100, 0, MSG_COPY), EINVAL);
		T_ERR(msgrcv(id, &in, 100, 0, MSG_COPY | MSG_EXCEPT | IPC_NOWAIT), EINVAL);
		T_ERR(msgrcv(id, &in, 2, 0, MSG_COPY | IPC_NOWAIT), E2BIG);
	}
	EXPECT_TEXT(id, 0, 0, 3, "first");
	EXPECT_TEXT(id, 0, 0, 4, "second");
}

static void waiting(int id)
{
	int a, b;

	a = fork();
	if (!a) {
		EXPECT_TEXT(id, 8, 0, 8, "for a");
		_exit(0);
	}
	b = fork();
	if (!b) {
		T_ERR(msgrcv(id, &in, 2, 9, 0), E2BIG);
		_exit(0);
	}
	t_sleep_ms(100);
	T_OK(send_text(id, 9, "for b", 0));
	T_WAIT(b, 0);
	T_EQ(queue_state(id).msg_qnum, 1);
	T_OK(send_text(id, 8, "for a", 0));
	T_WAIT(a, 0);
	EXPECT_TEXT(id, 0, 0, 9, "for b");
	a = fork();
	if (!a) {
		t_count_signal(SIGUSR1, SA_RESTART);
		T_ERR(msgrcv(id, &in, 2, 9, 0), EINTR);
		T_ERR(msgrcv(id, &in, 2, 9, 0), EIDRM);
		_exit(0);
	}
	t_sleep_ms(100);
	kill(a, SIGUSR1);
	t_sleep_ms(100);
	T_OK(msgctl(id, IPC_RMID, NULL));
	T_WAIT(a, 0);
}

TEST_MAIN
{
	int id = T_NEED(msgget(IPC_PRIVATE, 0600));

	types(id);
	sizes(id);
	copies(id);
	T_ERR(msgrcv(-1, &in, 1, 0, IPC_NOWAIT), EINVAL);
	T_ERR(msgrcv(id + 1000, &in, 1, 0, IPC_NOWAIT), EINVAL);
	T_ERR(msgrcv(id, &in, (size_t)-1, 0, IPC_NOWAIT), EINVAL);
	T_OK(send_text(id, 1, "x", 0));
	T_ERR(msgrcv(id, t_bad_pointer(0), 10, 0, 0), EFAULT);
	if (t_is_root()) {
		T_AS_USER
		{
			T_ERR(msgrcv(id, &in, 10, 0, IPC_NOWAIT), EACCES);
		}
	}
	waiting(id);
	T_ERR(msgrcv(id, &in, 1, 0, IPC_NOWAIT), EINVAL);
}

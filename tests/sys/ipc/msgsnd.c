/* SPDX-License-Identifier: Apache-2.0 */
#include "msg_common.h"

TEST_MAIN
{
	int id = T_NEED(msgget(IPC_PRIVATE, 0600)), a;
	struct msqid_ds ds;

	T_OK(send_text(id, 1, "one", 0));
	ds = queue_state(id);
	T_EQ(ds.msg_qnum, 1);
	T_EQ(ds.msg_cbytes, 4);
	T_EQ(ds.msg_lspid, getpid());
	T_CMP(ds.msg_stime, >, 1000000000);
	T_ERR(send_text(id, 0, "x", 0), EINVAL);
	T_ERR(send_text(id, -1, "x", 0), EINVAL);
	out.type = 1;
	T_OK(msgsnd(id, &out, 0, 0));
	T_ERR(msgsnd(id, &out, (size_t)-1, 0), EINVAL);
	T_ERR(msgsnd(id, &out, 8193, 0), EINVAL);
	T_ERR(msgsnd(-1, &out, 1, 0), EINVAL);
	T_ERR(msgsnd(id + 1000, &out, 1, 0), EINVAL);
	T_EFAULT_NULL(p, msgsnd(id, p, 1, 0));
	T_ERR(msgsnd(id, t_page_end() - sizeof(long), 1, 0), EINVAL); /* the type is 0 */
	if (t_is_root()) {
		T_AS_USER
		{
			T_ERR(send_text(id, 1, "x", 0), EACCES);
		}
	}
	/* Full. */
	out.type = 2;
	T_OK(msgsnd(id, &out, 8192, 0));
	T_ERR(msgsnd(id, &out, 8192, IPC_NOWAIT), EAGAIN);
	a = fork();
	if (!a) {
		t_count_signal(SIGUSR1, SA_RESTART);
		T_ERR(msgsnd(id, &out, 8192, 0), EINTR);
		T_OK(msgsnd(id, &out, 8192, 0));
		T_ERR(msgsnd(id, &out, 8192, 0), EIDRM);
		_exit(0);
	}
	t_sleep_ms(100);
	kill(a, SIGUSR1);
	t_sleep_ms(100);
	T_EQ(msgrcv(id, &in, sizeof(in.text), 2, 0), 8192);
	for (int i = 0; i < 200 && queue_state(id).msg_cbytes < 8192; i++)
		t_sleep_ms(10);
	T_EQ(queue_state(id).msg_lspid, a);
	t_sleep_ms(100);
	T_OK(msgctl(id, IPC_RMID, NULL));
	T_WAIT(a, 0);
	T_ERR(send_text(id, 1, "x", 0), EINVAL);
}

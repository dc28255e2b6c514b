/* SPDX-License-Identifier: Apache-2.0 */
#include "msg_common.h"

#ifndef MSG_STAT_ANY
#define MSG_STAT_ANY 13
#endif

TEST_MAIN
{
	int id = T_NEED(msgget(own_key(0), IPC_CREAT | 0600)), max, i;
	struct msqid_ds ds = queue_state(id);
	struct msginfo info;
	char text[65536], start[60];

	T_OK(send_text(id, 1, "text", 0));
	T_OK(msgctl(0, IPC_INFO, (struct msqid_ds *)&info));
	T_EQ(info.msgmax, 8192);
	T_EQ(info.msgmnb, 16384);
	max = T_OK(msgctl(0, MSG_INFO, (struct msqid_ds *)&info));
	T_CMP(info.msgpool, >=, 1);
	T_CMP(info.msgmap, >=, 1);
	T_CMP(info.msgtql, >=, 5);
	for (i = 0; i <= max && msgctl(i, MSG_STAT, &ds) != id; i++)
		;
	T_CMP(i, <=, max);
	T_EQ(msgctl(i, MSG_STAT_ANY, &ds), id);
	T_EQ(ds.msg_qnum, 1);
	text[T_OK(t_read_file("/proc/sysvipc/msg", text, sizeof(text) - 1))] = 0;
	snprintf(start, sizeof(start), "%10d %10d   600           5          1 ", own_key(0), id);
	T_TRUE(strstr(text, start) != NULL);
	ds.msg_perm.mode = 0640;
	ds.msg_qbytes = 100;
	T_OK(msgctl(id, IPC_SET, &ds));
	T_EQ(queue_state(id).msg_perm.mode, 0640);
	T_EQ(queue_state(id).msg_qbytes, 100);
	T_ERR(msgsnd(id, &out, 96, IPC_NOWAIT), EAGAIN);
	T_OK(msgsnd(id, &out, 95, IPC_NOWAIT));
	if (t_is_root()) {
		ds.msg_qbytes = 16384; /* more takes CAP_SYS_RESOURCE */
		T_OK(msgctl(id, IPC_SET, &ds));
		ds.msg_perm.uid = T_UID;
		T_OK(msgctl(id, IPC_SET, &ds));
		T_AS_USER
		{
			T_OK(msgctl(id, IPC_SET,
				    &(struct msqid_ds){.msg_perm = {.uid = T_UID},
						       .msg_qbytes = 16384}));
			ds.msg_qbytes = 16385;
			T_ERR(msgctl(id, IPC_SET, &ds), EPERM);
			T_ERR(msgctl(id, IPC_STAT, &ds), EACCES);
			T_ERR(msgctl(i, MSG_STAT, &ds), EACCES);
			T_EQ(msgctl(i, MSG_STAT_ANY, &ds), id);
		}
		ds.msg_qbytes = 16384;
		ds.msg_perm.uid = 0;
		T_OK(msgctl(id, IPC_SET, &ds));
		T_AS_USER
		{
			T_ERR(msgctl(id, IPC_SET, &ds), EPERM);
			T_ERR(msgctl(id, IPC_RMID, NULL), EPERM);
		}
	}
	T_EFAULT_NULL(p, msgctl(id, IPC_STAT, p));
	T_EFAULT_NULL(p, msgctl(id, IPC_SET, p));
	T_ERR(msgctl(id, 1000, &ds), EINVAL);
	T_ERR(msgctl(id, -1, &ds), EINVAL);
	T_ERR(msgctl(-1, IPC_STAT, &ds), EINVAL);
	T_OK(msgctl(id, IPC_RMID, NULL));
	T_ERR(msgctl(id, IPC_RMID, NULL), EINVAL);
}

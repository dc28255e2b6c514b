/* SPDX-License-Identifier: Apache-2.0 */
#include "msg_common.h"

TEST_MAIN
{
	key_t key = own_key(0);
	struct msqid_ds ds;
	int id, other;

	T_ERR(msgget(key, 0600), ENOENT);
	id = T_NEED(msgget(key, IPC_CREAT | 0640));
	T_EQ(msgget(key, 0), id);
	T_EQ(msgget(key, IPC_CREAT), id);
	T_ERR(msgget(key, IPC_CREAT | IPC_EXCL), EEXIST);
	ds = queue_state(id);
	T_EQ(ds.msg_perm.mode, 0640);
	T_EQ(ds.msg_perm.__key, key);
	T_EQ(ds.msg_qnum, 0);
	T_EQ(ds.msg_lspid, 0);
	T_EQ(ds.msg_stime, 0);
	T_CMP(ds.msg_qbytes, >, 0);
	if (t_is_root()) {
		T_AS_USER
		{
			T_ERR(msgget(key, 0600), EACCES);
			T_EQ(msgget(key, 0), id);
		}
	}
	T_OK(msgctl(id, IPC_RMID, NULL));
	other = T_OK(msgget(key, IPC_CREAT | 0600));
	T_NE(other, id);
	T_OK(msgctl(other, IPC_RMID, NULL));
}

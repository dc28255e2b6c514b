/* SPDX-License-Identifier: Apache-2.0 */
/* The record of acct(5), version 3. <linux/acct.h> has it with a member of type float, which a
 * kernel cannot pass on. */
#ifndef ABI_LINUX_ACCT_V3_H
#define ABI_LINUX_ACCT_V3_H

#include <linux/acct.h>

struct acct_v3_k {
	char ac_flag;
	char ac_version;
	__u16 ac_tty;
	__u32 ac_exitcode;
	__u32 ac_uid;
	__u32 ac_gid;
	__u32 ac_pid;
	__u32 ac_ppid;
	__u32 ac_btime;
	__u32 ac_etime; /* the bits of a float */
	comp_t ac_utime;
	comp_t ac_stime;
	comp_t ac_mem;
	comp_t ac_io;
	comp_t ac_rw;
	comp_t ac_minflt;
	comp_t ac_majflt;
	comp_t ac_swaps;
	char ac_comm[ACCT_COMM];
};

#endif

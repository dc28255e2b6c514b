/* Classic BPF programs as seccomp(2) takes them: the check of a program, and its run. */
#ifndef PROC_BPF_H
#define PROC_BPF_H

#include "lib/types.h"
#include <linux/filter.h>

struct seccomp_data;

/* Is every run of it bounded and within its data? 0, -EINVAL; -ENOMEM. */
int bpf_check(const struct sock_filter *insns, unsigned nr);
/* What a program that passed bpf_check() returns. */
u32 bpf_run(const struct sock_filter *insns, const struct seccomp_data *data);

#endif

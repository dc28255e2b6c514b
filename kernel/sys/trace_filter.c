/*
 * Which calls `--trace=CALL,%CLASS,...` shows. The classes are strace(1)'s: "file" and "desc"
 * follow from the arguments in abi/syscalls.tbl, the others are named here. Called by trace.c.
 */
#include "gen/syscall_desc.h"
#include "lib/string.h"
#include "sys/trace.h"

static u64 shown_calls[DIV_ROUND_UP(NR_SYSCALL_DESCS, 64)];
static bool is_all;

static const struct {
	const char *name, *calls;
} classes[] = {
	{"%process", "clone,clone3,execve,execveat,exit,exit_group,fork,kill,pidfd_send_signal,"
		     "rt_sigqueueinfo,rt_tgsigqueueinfo,tgkill,tkill,vfork,wait4,waitid"},
	{"%signal", "io_uring_enter,kill,pause,pidfd_send_signal,rt_sigaction,rt_sigpending,"
		    "rt_sigprocmask,rt_sigqueueinfo,rt_sigreturn,rt_sigsuspend,rt_sigtimedwait,"
		    "rt_tgsigqueueinfo,sigaltstack,signalfd,signalfd4,tgkill,tkill"},
	{"%memory", "brk,get_mempolicy,io_destroy,io_setup,io_uring_register,madvise,mbind,"
		    "migrate_pages,mincore,mlock,mlock2,mlockall,mmap,move_pages,mprotect,mremap,"
		    "msync,munlock,munlockall,munmap,pkey_mprotect,remap_file_pages,set_mempolicy,"
		    "set_mempolicy_home_node,shmat,shmdt"},
	{"%network", "accept,accept4,bind,connect,getpeername,getsockname,getsockopt,listen,"
		     "recvfrom,recvmmsg,recvmsg,sendfile,sendmmsg,sendmsg,sendto,setsockopt,"
		     "shutdown,socket,socketpair"},
	{"%ipc", "msgctl,msgget,msgrcv,msgsnd,semctl,semget,semop,semtimedop,shmat,shmctl,shmdt,"
		 "shmget"},
};

/* Does the comma-separated list name it? */
static bool list_has(const char *list, const char *name, size_t length)
{
	size_t i;

	for (; *list; list += i + (list[i] == ',')) {
		for (i = 0; list[i] && list[i] != ','; i++)
			;
		if (i == length && memcmp(list, name, length) == 0)
			return true;
	}
	return false;
}

static const char *calls_of(const char *name)
{
	unsigned i;

	for (i = 0; i < ARRAY_SIZE(classes); i++) {
		if (strcmp(classes[i].name, name) == 0)
			return classes[i].calls;
	}
	return "";
}

static bool takes_path(const struct syscall_desc *desc)
{
	unsigned i;

	for (i = 0; i < desc->nargs; i++) {
		if (desc->args[i].decoder == DECODE_PATH)
			return true;
	}
	return strcmp(desc->name, "getcwd") == 0;
}

static bool takes_fd(const struct syscall_desc *desc)
{
	unsigned i;

	if (list_has(calls_of("%network"), desc->name, strlen(desc->name)))
		return strcmp(desc->name, "sendfile") == 0;
	for (i = 0; i < desc->nargs; i++) {
		switch (desc->args[i].decoder) {
		case DECODE_FD:
		case DECODE_DIRFD:
		case DECODE_POLLFD:
		case DECODE_FD_SET:
		case DECODE_FDPAIR:
			return true;
		}
	}
	return desc->returns == RETURNS_FD;
}

static bool is_wanted(const char *list, const struct syscall_desc *desc)
{
	size_t length = strlen(desc->name);
	unsigned i;

	if (list_has(list, desc->name, length))
		return true;
	for (i = 0; i < ARRAY_SIZE(classes); i++) {
		if (list_has(list, classes[i].name, strlen(classes[i].name)) &&
		    list_has(classes[i].calls, desc->name, length))
			return true;
	}
	return (list_has(list, "%file", 5) && takes_path(desc)) ||
	       (list_has(list, "%desc", 5) && takes_fd(desc));
}

void trace_filter_init(const char *list)
{
	unsigned nr;

	is_all = strcmp(list, "all") == 0;
	for (nr = 0; nr < NR_SYSCALL_DESCS; nr++) {
		if (syscall_descs[nr].name && (is_all || is_wanted(list, &syscall_descs[nr])))
			shown_calls[nr / 64] |= BIT(nr % 64);
	}
}

/* Numbers without a row are shown when everything is. */
bool trace_filter_has(unsigned nr)
{
	if (nr >= NR_SYSCALL_DESCS || !syscall_descs[nr].name)
		return is_all;
	return shown_calls[nr / 64] >> nr % 64 & 1;
}

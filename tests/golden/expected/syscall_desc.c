/* Made by abi/gen.py from abi/syscalls.tbl; do not edit. */
#include "syscall_desc.h"
#include <stddef.h>
#include <linux/fcntl.h>

static const struct flag_name enums_open[] = {
	{(unsigned int)O_RDONLY, "O_RDONLY"},
	{(unsigned int)O_WRONLY, "O_WRONLY"},
	{(unsigned int)O_RDWR, "O_RDWR"},
};
static const struct flag_name flags_open[] = {
	{(unsigned int)O_CREAT, "O_CREAT"},
	{(unsigned int)O_EXCL, "O_EXCL"},
#ifdef O_NEWER
	{(unsigned int)O_NEWER, "O_NEWER"},
#endif
};
const struct flag_set flag_set_open = {
	.unknown = "O_???",
	.enum_mask = (unsigned int)O_ACCMODE,
	.enums = enums_open,
	.nr_enums = sizeof(enums_open) / sizeof(enums_open[0]),
	.flags = flags_open,
	.nr_flags = sizeof(flags_open) / sizeof(flags_open[0]),
};

static const struct arg_desc args_read[] = {
	{"fd", DECODE_FD, ARG_INT, ARG_VALUE, -1, 0},
	{"buf", DECODE_BYTES_OUT, ARG_PTR, ARG_OUT, 2, 0},
	{"count", DECODE_INT, ARG_ULONG, ARG_VALUE, -1, 0},
};
static const struct arg_desc args_open[] = {
	{"path", DECODE_PATH, ARG_PTR, ARG_VALUE, -1, 0},
	{"flags", DECODE_FLAGS, ARG_INT, ARG_VALUE, -1, &flag_set_open},
	{"mode", DECODE_MODE, ARG_UINT, ARG_VALUE, -1, 0},
};
static const struct arg_desc args_exit[] = {
	{"status", DECODE_FD, ARG_INT, ARG_VALUE, -1, 0},
};
static const struct arg_desc args_fstat[] = {
	{"fd", DECODE_FD, ARG_INT, ARG_VALUE, -1, 0},
	{"st", DECODE_STAT, ARG_PTR, ARG_OUT, -1, 0},
};
static const struct arg_desc args_munmap[] = {
	{"addr", DECODE_ADDR, ARG_ULONG, ARG_VALUE, -1, 0},
	{"len", DECODE_INT, ARG_ULONG, ARG_VALUE, -1, 0},
};
static const struct arg_desc args_rt_sigpending[] = {
	{"set", DECODE_SIGSET, ARG_PTR, ARG_OUT, 1, 0},
	{"sigsetsize", DECODE_INT, ARG_ULONG, ARG_VALUE, -1, 0},
};
static const struct arg_desc args_i386_exit[] = {
	{"status", DECODE_FD, ARG_INT, ARG_VALUE, -1, 0},
};
static const struct arg_desc args_i386_read[] = {
	{"fd", DECODE_FD, ARG_INT, ARG_VALUE, -1, 0},
	{"buf", DECODE_BYTES_OUT, ARG_PTR, ARG_OUT, 2, 0},
	{"count", DECODE_INT, ARG_ULONG, ARG_VALUE, -1, 0},
};
static const struct arg_desc args_i386_open[] = {
	{"path", DECODE_PATH, ARG_PTR, ARG_VALUE, -1, 0},
	{"flags", DECODE_FLAGS, ARG_INT, ARG_VALUE, -1, &flag_set_open},
	{"mode", DECODE_MODE, ARG_UINT, ARG_VALUE, -1, 0},
};
static const struct arg_desc args_i386_old_only[] = {
	{"path", DECODE_PATH, ARG_PTR, ARG_VALUE, -1, 0},
};
static const struct arg_desc args_i386_munmap[] = {
	{"addr", DECODE_ADDR, ARG_ULONG, ARG_VALUE, -1, 0},
	{"len", DECODE_INT, ARG_ULONG, ARG_VALUE, -1, 0},
};
static const struct arg_desc args_i386_fstat[] = {
	{"fd", DECODE_FD, ARG_INT, ARG_VALUE, -1, 0},
	{"st", DECODE_ADDR, ARG_PTR, ARG_OUT, -1, 0},
};
static const struct arg_desc args_i386_rt_sigpending[] = {
	{"set", DECODE_SIGSET, ARG_PTR, ARG_OUT, 1, 0},
	{"sigsetsize", DECODE_INT, ARG_ULONG, ARG_VALUE, -1, 0},
};

const struct syscall_desc syscall_descs[NR_SYSCALL_DESCS] = {
	[0] = {"read", 3, RETURNS_SSIZE, SUPPORT_FULL, args_read},
	[2] = {"open", 3, RETURNS_FD, SUPPORT_FULL, args_open},
	[4] = {"exit", 1, RETURNS_NEVER, SUPPORT_FULL, args_exit},
	[5] = {"fstat", 2, RETURNS_ZERO, SUPPORT_PART, args_fstat},
	[7] = {"getpid", 0, RETURNS_PID, SUPPORT_FULL, 0},
	[8] = {"munmap", 2, RETURNS_ZERO, SUPPORT_NONE, args_munmap},
	[9] = {"rt_sigpending", 2, RETURNS_ZERO, SUPPORT_FULL, args_rt_sigpending},
	[17] = {"exit", 1, RETURNS_NEVER, SUPPORT_FULL, args_i386_exit},
	[19] = {"read", 3, RETURNS_SSIZE, SUPPORT_FULL, args_i386_read},
	[21] = {"open", 3, RETURNS_FD, SUPPORT_FULL, args_i386_open},
	[36] = {"getpid", 0, RETURNS_PID, SUPPORT_FULL, 0},
	[46] = {"old_only", 1, RETURNS_ZERO, SUPPORT_NONE, args_i386_old_only},
	[107] = {"munmap", 2, RETURNS_ZERO, SUPPORT_NONE, args_i386_munmap},
	[124] = {"fstat", 2, RETURNS_ZERO, SUPPORT_PART, args_i386_fstat},
	[192] = {"rt_sigpending", 2, RETURNS_ZERO, SUPPORT_FULL, args_i386_rt_sigpending},
};

const struct errno_name errno_names[] = {
	[EPERM] = {"EPERM", "Operation not permitted"},
	[ENOENT] = {"ENOENT", "No such file or directory"},
};
const unsigned int nr_errno_names = sizeof(errno_names) / sizeof(errno_names[0]);

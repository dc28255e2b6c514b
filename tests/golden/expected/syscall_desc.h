/* Made by abi/gen.py from abi/syscalls.tbl; do not edit. */
#ifndef GEN_SYSCALL_DESC_H
#define GEN_SYSCALL_DESC_H

/* How an argument is printed (column decoder of abi/argkinds.tbl). */
enum arg_decoder {
	DECODE_FD,
	DECODE_INT,
	DECODE_MODE,
	DECODE_FLAGS,
	DECODE_ADDR,
	DECODE_PATH,
	DECODE_BYTES_IN,
	DECODE_BYTES_OUT,
	DECODE_STAT,
	DECODE_SIGSET,
};

/* What the handler takes it as; says how wide it is and whether it has a sign. */
enum arg_ctype { ARG_INT, ARG_UINT, ARG_LONG, ARG_ULONG, ARG_PTR };

enum arg_direction { ARG_VALUE = 0, ARG_IN = 1, ARG_OUT = 2, ARG_INOUT = 3 };

enum call_returns {
	RETURNS_ZERO,
	RETURNS_FD,
	RETURNS_SSIZE,
	RETURNS_OFF,
	RETURNS_ADDR,
	RETURNS_PID,
	RETURNS_UID,
	RETURNS_GID,
	RETURNS_INT,
	RETURNS_UINT,
	RETURNS_LONG,
	RETURNS_OCTAL,
	RETURNS_HEX,
	RETURNS_NEVER,
};

enum call_support { SUPPORT_NONE, SUPPORT_PART, SUPPORT_FULL };

struct flag_name {
	unsigned long value;
	const char *name;
};

/*
 * The names of one set of bits. The bits in enum_mask are one number, named by enums; the others are named one by one,
 * in this order. unknown is the comment printed after bits without a name.
 */
struct flag_set {
	const char *unknown;
	unsigned long enum_mask;
	const struct flag_name *enums;
	unsigned int nr_enums;
	const struct flag_name *flags;
	unsigned int nr_flags;
};

struct arg_desc {
	const char *name;
	unsigned char decoder;	 /* enum arg_decoder */
	unsigned char ctype;	 /* enum arg_ctype */
	unsigned char direction; /* enum arg_direction */
	signed char count_arg;	 /* index of the argument that holds the length, or -1 */
	const struct flag_set *set;
};

struct syscall_desc {
	const char *name; /* NULL: no call has this number */
	unsigned char nargs;
	unsigned char returns; /* enum call_returns */
	unsigned char support; /* enum call_support */
	const struct arg_desc *args;
};

struct errno_name {
	const char *name;
	const char *message;
};

/* By x86_64 number. */
#define I386_DESC_BASE 16 /* i386 numbers are counted from here on */
#define NR_SYSCALL_DESCS 193
extern const struct syscall_desc syscall_descs[NR_SYSCALL_DESCS];

/* By errno; name is NULL where there is none. */
extern const struct errno_name errno_names[];
extern const unsigned int nr_errno_names;

extern const struct flag_set flag_set_open;

#endif /* GEN_SYSCALL_DESC_H */

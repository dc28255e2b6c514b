/* Between exec.c, elf.c and their helpers. */
#ifndef PROC_EXEC_INTERNAL_H
#define PROC_EXEC_INTERNAL_H

#include "proc/exec.h"
#include <linux/elf.h>

#define EXEC_HEAD_BYTES 256 /* what formats are recognised by; a #! line must end in it */

/* One execve in progress. */
struct exec {
	struct file *file; /* reference: the program, or the last interpreter of a script */
	const char *path;  /* as the caller named it: AT_EXECFN and the command name */
	bool is_path_lost;
	struct exec_strings *args;
	char head[EXEC_HEAD_BYTES];
	unsigned depth;	   /* scripts so far */
	struct cred *cred; /* of the new program; consumed at the point of no return */
	bool is_secure;	   /* AT_SECURE */
	bool is_committed; /* past the point of no return */
	bool is_stack_exec;
	bool is_32bit;	    /* ELFCLASS32: addresses below USER32_END */
	bool is_unreadable; /* the caller may not read the program: not dumpable */
	struct mm *mm;	    /* new; consumed with the commit */
	unsigned long rnd_stack_top;
};

struct elf_image {
	struct file *file;
	struct elf64_hdr eh;
	struct elf64_phdr *ph; /* eh.e_phnum of them */
	unsigned long bias, entry;
	unsigned long lowest, highest; /* of PT_LOAD, page aligned, without bias */
	unsigned long max_align;
	bool is_32bit;
	unsigned long user_end; /* USER_END or USER32_END */
};

/* What a program's file grants: exec_caps.c. */
struct file_caps {
	u64 permitted, inheritable;
	bool is_effective;
};
bool exec_file_caps(struct file *file, struct file_caps *caps); /* false: it has none */

/* Load the program in e->file; commits in between. 0, or an error (-ENOEXEC: not this format). */
long elf_load(struct exec *e);
/* Point of no return: one task, new memory, new credentials, signals reset. */
int exec_commit(struct exec *e);

/* As exec_open() from the current directory; an empty name is a directory: -EACCES. */
struct file *exec_open_interp(const char *path);
/* An interpreter may be written again as soon as it is mapped; a program not while it runs. */
void exec_allow_write(struct file *f);

/* elf_stack.c: strings, argv, envp and the auxiliary vector on the new stack; its address. */
struct elf_tables {
	unsigned long phdr, phnum, base, entry;
};
int elf_make_stack(struct exec *e, const struct elf_tables *t, unsigned long *sp);
void elf_place_areas(struct exec *e); /* mmap_base, stack top: from limits and randomness */
int elf_map_vdso(struct exec *e);
bool exec_is_randomized(void);

/* exec_strings.c */
unsigned exec_strings_count(const struct exec_strings *s, bool is_env);
size_t exec_strings_bytes(const struct exec_strings *s, bool is_env);
/* Copy all strings, each with its NUL, to user memory from `to` on; 0, -EFAULT. */
int exec_strings_copy_out(const struct exec_strings *s, bool is_env, uaddr_t to);
/* Lengths in order, including the NUL: *len of the string at `cursor` (zeroed to begin). */
struct exec_cursor {
	unsigned index;
	size_t off;
};
size_t exec_strings_next(const struct exec_strings *s, bool is_env, struct exec_cursor *c);

#endif

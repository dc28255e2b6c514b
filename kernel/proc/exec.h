/* execve: argument strings and binary formats. */
#ifndef PROC_EXEC_H
#define PROC_EXEC_H

#include "proc/task.h"

/* argv and envp as copied from the caller, one page at a time, before anything else happens. */
struct exec_strings;
struct exec_strings *exec_strings_new(void);
/* Append a NUL-terminated user or kernel string; -E2BIG -EFAULT -ENOMEM. */
int exec_strings_add_user(struct exec_strings *s, uaddr_t str, bool is_env);
int exec_strings_add(struct exec_strings *s, const char *str, bool is_env);
int exec_strings_prepend_args(struct exec_strings *s, const char *const *strs, unsigned n,
			      bool drop_first);
void exec_strings_free(struct exec_strings *s);
/*
 * Replace the program of the caller. Consumes `file` (opened for reading, permission to execute
 * checked) and not `args`. `path` is what AT_EXECFN and the command name come from; with
 * `is_path_lost` a script cannot be run because its name will be gone (-ENOENT). Does not return an
 * error after the point of no return: the process is killed then.
 */
long do_execve(struct file *file, const char *path, bool is_path_lost, struct exec_strings *args);
/* Open a program or interpreter by name: -EACCES unless regular and executable, -ETXTBSY while it
 * is open for writing; writers are kept off as long as the file lives. */
struct file *exec_open(int dfd, const char *path, unsigned lookup_flags);

#endif

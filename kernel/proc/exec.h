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

#endif

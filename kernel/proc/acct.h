/* Process accounting: acct(2). */
#ifndef PROC_ACCT_H
#define PROC_ACCT_H

struct file;
struct task;

/* Records go to `f` from now on, whose reference is taken over; NULL: nowhere. */
void acct_set_file(struct file *f);
/* The last task of a process ends, with this wait status; its memory is still there. */
void acct_process(struct task *t, int status);

#endif

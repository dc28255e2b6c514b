/* Semaphore sets and what SEM_UNDO keeps: between sem.c and sem_undo.c. */
#ifndef PROC_SEM_H
#define PROC_SEM_H

#include "core/wait.h"
#include "proc/ipc.h"

struct task;

/* ids->lock */
struct sem_set {
	struct ipc_object obj; /* first */
	struct list_head sleepers, undos;
	long otime, ctime;
	int nr;
	struct {
		int value, pid;
	} sem[];
};

/* What tasks that share a list have to give back to one set. ids->lock */
struct sem_undo {
	struct list_head of_list, of_set;
	struct sem_set *set; /* NULL: removed */
	short adj[];
};

static inline struct ipc_ids *sem_ids(void)
{
	return &current_ipc()->sem;
}

/* ids->lock held for these: */
void sem_update(struct sem_set *s);
/* The task's record for the set, made when there is none; its list exists. ERR_PTR(-ENOMEM). */
struct sem_undo *sem_undo_of(struct task *t, struct sem_set *s);
void sem_undo_clear(struct sem_set *s, int num); /* SETVAL, SETALL: nothing is to be undone */
void sem_undo_forget(struct sem_set *s);	 /* the set is removed */

/* The task's list, made when there is none; NULL. */
struct sem_undo_list *sem_undo_list_of(struct task *t);

#endif

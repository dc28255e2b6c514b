/* SEM_UNDO of semop(2): what the end of a process gives back. A list belongs to the tasks that
 * share it (CLONE_SYSVSEM); the last of them carries it out. */
#include "lib/err.h"
#include "mm/kmalloc.h"
#include "proc/sem.h"
#include "proc/task.h"

struct sem_undo_list {
	refcount_t ref;
	struct list_head undos; /* sem_ids.lock */
};

struct sem_undo_list *sem_undo_list_of(struct task *t)
{
	struct sem_undo_list *l = t->sem_undo;

	if (l)
		return l;
	l = kzalloc(sizeof(*l), GFP_KERNEL);
	if (!l)
		return NULL;
	ref_init(&l->ref, 1);
	list_init(&l->undos);
	t->sem_undo = l;
	return l;
}

int sem_undo_share(struct task *child, struct task *parent)
{
	struct sem_undo_list *l = sem_undo_list_of(parent);

	if (!l)
		return -ENOMEM;
	ref_get(&l->ref);
	child->sem_undo = l;
	return 0;
}

struct sem_undo *sem_undo_of(struct task *t, struct sem_set *s)
{
	struct sem_undo *u;

	list_for_each_entry (u, &t->sem_undo->undos, of_list)
		if (u->set == s)
			return u;
	u = kzalloc(sizeof(*u) + (size_t)s->nr * sizeof(u->adj[0]), GFP_KERNEL);
	if (!u)
		return ERR_PTR(-ENOMEM);
	u->set = s;
	list_add(&u->of_list, &t->sem_undo->undos);
	list_add(&u->of_set, &s->undos);
	return u;
}

void sem_undo_clear(struct sem_set *s, int num)
{
	struct sem_undo *u;

	list_for_each_entry (u, &s->undos, of_set)
		u->adj[num] = 0;
}

static void free_undo(struct sem_undo *u)
{
	list_del(&u->of_list);
	list_del(&u->of_set);
	kfree(u);
}

void sem_undo_forget(struct sem_set *s)
{
	struct sem_undo *u, *next;

	list_for_each_entry_safe (u, next, &s->undos, of_set)
		free_undo(u);
}

/* semop(2): "the value ... is adjusted ... a process should attempt to set the semaphore value": to
 * 0 where it would be less, and no further than the maximum. */
static void give_back(struct sem_undo *u)
{
	struct sem_set *s = u->set;

	for (int i = 0; i < s->nr; i++) {
		int value = s->sem[i].value + u->adj[i];

		if (!u->adj[i])
			continue;
		s->sem[i].value = MIN(MAX(value, 0), SEMVMX);
		s->sem[i].pid = current->process->pid;
	}
	s->otime = ipc_now();
	sem_update(s);
}

void sem_undo_exit(struct task *t)
{
	struct sem_undo_list *l = t->sem_undo;
	struct sem_undo *u, *next;

	if (!l)
		return;
	t->sem_undo = NULL;
	if (!ref_put(&l->ref))
		return;
	mutex_lock(&sem_ids()->lock);
	list_for_each_entry_safe (u, next, &l->undos, of_list) {
		give_back(u);
		free_undo(u);
	}
	mutex_unlock(&sem_ids()->lock);
	kfree(l);
}

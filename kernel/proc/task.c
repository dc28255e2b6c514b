/* Making and freeing struct task, struct process and kernel stacks. */
#include "proc/pid.h"
#include "lib/err.h"
#include "lib/string.h"
#include "mm/kmalloc.h"
#include "vfs/cred.h"
#include "vfs/tty.h"

#define STACK_CACHE_MAX 8

static struct kmem_cache *task_cache, *process_cache;

/* Stacks of dead tasks. They are freed in interrupt-off context, where unmapping may not be done:
 * so they wait here for the next fork, or for the next exit to free what is too many. */
struct free_stack {
	struct free_stack *next;
};
static spinlock_t stacks_lock = SPINLOCK_INIT(RANK_LEAF, "stacks");
static struct free_stack *free_stacks;
static unsigned nr_free_stacks;

static void *stack_pop(unsigned keep)
{
	unsigned long f = spin_lock_irqsave(&stacks_lock);
	struct free_stack *s = nr_free_stacks > keep ? free_stacks : NULL;

	if (s) {
		free_stacks = s->next;
		nr_free_stacks--;
	}
	spin_unlock_irqrestore(&stacks_lock, f);
	return s;
}

static void stack_push(void *stack)
{
	struct free_stack *s = stack;
	unsigned long f = spin_lock_irqsave(&stacks_lock);

	s->next = free_stacks;
	free_stacks = s;
	nr_free_stacks++;
	spin_unlock_irqrestore(&stacks_lock, f);
}

void stack_cache_trim(void)
{
	void *s;

	while (READ_ONCE(nr_free_stacks) > STACK_CACHE_MAX && (s = stack_pop(STACK_CACHE_MAX)))
		vmap_free(s);
}

int task_init_caches(void)
{
	task_cache = kmem_cache_create("task", sizeof(struct task), 64);
	process_cache = kmem_cache_create("process", sizeof(struct process), 64);
	return task_cache && process_cache ? 0 : -ENOMEM;
}

/* The task is off its CPU for good (see struct thread). */
static void task_release_thread(struct thread *th)
{
	struct task *t = thread_task(th);

	arch_thread_free(th);
	sched_release(th);
	stack_push(th->stack_base);
	th->stack_base = NULL;
	task_put(t);
}

struct task *task_alloc(void)
{
	struct task *t = kmem_cache_alloc(task_cache, GFP_KERNEL | GFP_ZERO);

	if (!t)
		return NULL;
	t->thread.stack_base = stack_pop(0);
	if (!t->thread.stack_base)
		t->thread.stack_base = vmap_alloc(STACK_SIZE);
	if (!t->thread.stack_base) {
		kmem_cache_free(task_cache, t);
		return NULL;
	}
	ref_init(&t->ref, 1);
	t->thread.is_user = true;
	t->thread.release = task_release_thread;
	list_init(&t->group_node);
	sigpending_init(&t->pending);
	list_init(&t->pi_held);
	list_init(&t->tracing.node);
	t->start_ns = now_mono_ns();
	return t;
}

void task_free_unused(struct task *t)
{
	stack_push(t->thread.stack_base);
	kmem_cache_free(task_cache, t);
}

void task_put(struct task *t)
{
	if (!ref_put(&t->ref))
		return;
	sigpending_flush(&t->pending);
	if (t->real_cred)
		cred_put(t->real_cred);
	if (t->user)
		user_account_put(t->user);
	if (t->process)
		process_put(t->process);
	kmem_cache_free(task_cache, t);
}

struct process *process_alloc(void)
{
	struct process *p = kmem_cache_alloc(process_cache, GFP_KERNEL | GFP_ZERO);

	if (!p)
		return NULL;
	ref_init(&p->ref, 1);
	list_init(&p->children);
	list_init(&p->traced);
	list_init(&p->sibling);
	list_init(&p->tasks);
	list_init(&p->all_node);
	list_init(&p->group_node);
	spin_init(&p->sighand_lock, RANK_SIGHAND, "sighand");
	sigpending_init(&p->pending);
	waitq_init(&p->wait_children);
	waitq_init(&p->exit_wait);
	itimer_init(p);
	list_init(&p->posix_timers);
	cputimer_init(p);
	p->start_ns = now_mono_ns();
	return p;
}

void process_put(struct process *p)
{
	if (!ref_put(&p->ref))
		return;
	sigpending_flush(&p->pending);
	if (p->sighand)
		sighand_put(p->sighand);
	if (p->tty && tty_driver_ops && tty_driver_ops->put)
		tty_driver_ops->put(p->tty);
	kmem_cache_free(process_cache, p);
}

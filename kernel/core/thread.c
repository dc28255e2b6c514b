/* Kernel threads. */
#include "core/sched.h"
#include "lib/err.h"
#include "lib/string.h"

struct kthread {
	struct thread thread; /* first */
	void (*fn)(void *);
	void *arg;
};

static void kthread_release(struct thread *t)
{
	arch_thread_free(t);
	vmap_free(t->stack_base);
	kfree(container_of(t, struct kthread, thread));
}

static void kthread_main(void *arg)
{
	struct kthread *k = arg;

	arch_irq_enable();
	k->fn(k->arg);
	set_thread_state(TS_DEAD);
	schedule();
	__builtin_unreachable();
}

struct thread *kthread_create(const char *name, void (*fn)(void *), void *arg)
{
	struct kthread *k = kmalloc(sizeof(*k), 0);

	if (!k)
		return ERR_PTR(-ENOMEM);
	memset(k, 0, sizeof(*k));
	k->thread.stack_base = vmap_alloc(STACK_SIZE);
	if (!k->thread.stack_base) {
		kfree(k);
		return ERR_PTR(-ENOMEM);
	}
	k->fn = fn;
	k->arg = arg;
	k->thread.release = kthread_release;
	str_copy(k->thread.comm, name, sizeof(k->thread.comm));
	sched_fork(&k->thread, NULL);
	arch_thread_init_kernel(&k->thread, kthread_main, k);
	sched_start(&k->thread);
	return &k->thread;
}

/*
 * timerfd_create(2). A periodic timer that nobody reads does not go on interrupting: it expires
 * once, and the expirations meanwhile are counted when somebody looks. Called by sys/timerfd.c,
 * through file_ops, and from the timer interrupt.
 */
#include "vfs/timerfd.h"
#include "core/timer.h"
#include "vfs/internal.h"
#include "vfs/poll.h"
#include <linux/time.h>

#define MAX_NS		    ((u64)INT64_MAX)
#define TFD_TIMER_ABSTIME_K 1
#define TFD_TIMER_CANCEL_K  2

struct timerfd {
	int clock;
	spinlock_t lock;    /* RANK_WAITQ, interrupts off; below: */
	struct timer timer; /* may fire late or for nothing: `is_on` and next_ns decide */
	bool is_on, is_expired;
	int set_flags; /* TFD_TIMER_*, as last set */
	bool is_real;  /* next_ns is on the real-time clock */
	bool may_cancel, is_cancelled;
	u64 next_ns, interval_ns, ticks;
	struct waitq wait;
	struct list_head node; /* all_lock */
};

static spinlock_t all_lock = SPINLOCK_INIT(RANK_FUTEX, "timerfds");
static struct list_head all = LIST_INIT(all);

static u64 clock_now(const struct timerfd *t)
{
	return t->is_real ? now_real_ns() : now_mono_ns();
}

/* lock held */
static void arm(struct timerfd *t)
{
	u64 next_ns = MIN(t->next_ns, MAX_NS); /* long periods add up to more */

	t->is_on = true;
	timer_arm(&t->timer, t->is_real ? next_ns | DEADLINE_REAL : next_ns);
}

static void fire(struct timer *timer)
{
	struct timerfd *t = container_of(timer, struct timerfd, timer);
	unsigned long flags = spin_lock_irqsave(&t->lock);
	bool is_due = t->is_on && clock_now(t) >= t->next_ns;

	if (is_due) {
		t->is_on = false;
		t->is_expired = true;
		t->ticks++;
	} else if (t->is_on) {
		arm(t);
	}
	spin_unlock_irqrestore(&t->lock, flags);
	if (is_due)
		waitq_wake_key(&t->wait, 1, EPOLLIN);
}

/* A periodic timer that expired goes on; how many periods have passed besides the one counted. */
static u64 catch_up(struct timerfd *t)
{
	u64 now, n;

	if (!t->is_expired || !t->interval_ns)
		return 0;
	now = MAX(clock_now(t), t->next_ns);
	n = (now - t->next_ns) / t->interval_ns + 1;
	t->next_ns += n * t->interval_ns;
	t->is_expired = false;
	arm(t);
	return n - 1;
}

/* The real-time clock was set: those that end by it. */
static void clock_was_set(void)
{
	struct timerfd *t;

	spin_lock(&all_lock);
	list_for_each_entry (t, &all, node) {
		unsigned long flags = spin_lock_irqsave(&t->lock);
		bool is_cancelled = t->may_cancel;

		if (is_cancelled) {
			t->is_cancelled = true;
			t->ticks++;
		}
		spin_unlock_irqrestore(&t->lock, flags);
		if (is_cancelled)
			waitq_wake_key(&t->wait, 1, EPOLLIN);
	}
	spin_unlock(&all_lock);
}

/* --- the file --- */

/* Expirations, 0: none yet; -ECANCELED. */
static long take(struct timerfd *t)
{
	unsigned long flags = spin_lock_irqsave(&t->lock);
	long n = (long)t->ticks;

	if (t->is_cancelled) {
		t->is_cancelled = false;
		n = -ECANCELED;
	} else if (n) {
		n += (long)catch_up(t);
	}
	if (n) {
		t->ticks = 0;
		t->is_expired = false;
	}
	spin_unlock_irqrestore(&t->lock, flags);
	return n;
}

static long timerfd_read(struct file *f, struct iter *it, s64 *pos)
{
	struct timerfd *t = f->private;
	long n;
	int err;

	(void)pos;
	if (it->count < sizeof(u64))
		return -EINVAL;
	while (!(n = take(t))) {
		if (f->flags & O_NONBLOCK)
			return -EAGAIN;
		err = wait_event_interruptible(&t->wait, READ_ONCE(t->ticks));
		if (err)
			return err;
	}
	if (n < 0)
		return n;
	return iter_put(it, &n, sizeof(n)) == sizeof(n) ? (long)sizeof(n) : -EFAULT;
}

static unsigned timerfd_poll(struct file *f, struct poll_table *pt)
{
	struct timerfd *t = f->private;

	poll_wait(pt, &t->wait);
	return READ_ONCE(t->ticks) ? EPOLLIN : 0;
}

static void timerfd_release(struct file *f)
{
	struct timerfd *t = f->private;
	unsigned long flags;

	spin_lock(&all_lock);
	list_del(&t->node);
	spin_unlock(&all_lock);
	flags = spin_lock_irqsave(&t->lock);
	t->is_on = false;
	spin_unlock_irqrestore(&t->lock, flags);
	timer_cancel(&t->timer);
	kfree(t);
}

static s64 no_position(struct file *f, s64 off, int whence)
{
	(void)off;
	(void)whence;
	return f->pos;
}

static void read_state(struct timerfd *t, struct timerfd_state *state)
{
	u64 now = clock_now(t);

	*state = (struct timerfd_state){.interval_ns = t->interval_ns};
	if (t->is_on)
		state->value_ns = t->next_ns > now ? t->next_ns - now : 0;
}

static void timerfd_show(struct file *f, void (*emit)(void *arg, const char *line), void *arg)
{
	struct timerfd *t = f->private;
	struct timerfd_state state;
	char line[200];
	unsigned long flags;
	u64 ticks;
	int set;

	flags = spin_lock_irqsave(&t->lock);
	ticks = t->ticks;
	set = t->set_flags;
	read_state(t, &state);
	spin_unlock_irqrestore(&t->lock, flags);
	scnprintf(line, sizeof(line),
		  "clockid: %d\nticks: %llu\nsettime flags: 0%o\nit_value: (%llu, %llu)\n"
		  "it_interval: (%llu, %llu)\n",
		  t->clock, (unsigned long long)ticks, set,
		  (unsigned long long)(state.value_ns / NSEC_PER_SEC),
		  (unsigned long long)(state.value_ns % NSEC_PER_SEC),
		  (unsigned long long)(state.interval_ns / NSEC_PER_SEC),
		  (unsigned long long)(state.interval_ns % NSEC_PER_SEC));
	emit(arg, line);
}

static const struct file_ops timerfd_ops = {
	.show_fdinfo = timerfd_show,
	.read = timerfd_read,
	.poll = timerfd_poll,
	.llseek = no_position,
	.release = timerfd_release,
};

bool file_is_timerfd(const struct file *f)
{
	return f->ops == &timerfd_ops;
}

int timerfd_clock(const struct file *f)
{
	return ((struct timerfd *)f->private)->clock;
}

struct file *timerfd_file(int clock, u32 o_flags)
{
	struct inode *inode = inode_new_anon(S_IRUSR | S_IWUSR);
	struct timerfd *t = kzalloc(sizeof(*t), GFP_KERNEL);
	struct file *f;

	if (!inode || !t) {
		kfree(t);
		if (inode)
			inode_put(inode);
		return ERR_PTR(-ENOMEM);
	}
	f = file_anon(inode, &timerfd_ops, O_RDWR | o_flags, "anon_inode:[timerfd]");
	if (IS_ERR(f)) {
		kfree(t);
		return f;
	}
	t->clock = clock;
	spin_init(&t->lock, RANK_WAITQ, "timerfd");
	waitq_init(&t->wait);
	timer_init(&t->timer, fire);
	f->private = t;
	f->mode |= FMODE_STREAM;
	time_set_hook = clock_was_set;
	spin_lock(&all_lock);
	list_add_tail(&t->node, &all);
	spin_unlock(&all_lock);
	return f;
}

/* --- setting --- */

int timerfd_set(struct file *f, const struct timerfd_state *new, struct timerfd_state *old)
{
	struct timerfd *t = f->private;
	bool is_real = t->clock == CLOCK_REALTIME || t->clock == CLOCK_REALTIME_ALARM;
	unsigned long flags = spin_lock_irqsave(&t->lock);
	int err = 0;

	catch_up(t);
	read_state(t, old);
	t->ticks = 0;
	t->is_expired = t->is_on = false;
	t->may_cancel = is_real && new->is_absolute &&new->is_cancelled_by_set;
	t->is_real = is_real && new->is_absolute;
	t->set_flags = (new->is_absolute ? TFD_TIMER_ABSTIME_K : 0) |
		       (new->is_cancelled_by_set ? TFD_TIMER_CANCEL_K : 0);
	t->interval_ns = new->interval_ns;
	t->next_ns = new->value_ns;
	if (new->value_ns) {
		if (!new->is_absolute)
			t->next_ns = MIN(new->value_ns, MAX_NS - 1 - now_mono_ns()) + now_mono_ns();
		arm(t);
		if (t->is_cancelled)
			err = -ECANCELED;
	}
	t->is_cancelled = false;
	spin_unlock_irqrestore(&t->lock, flags);
	return err;
}

void timerfd_get(struct file *f, struct timerfd_state *state)
{
	struct timerfd *t = f->private;
	unsigned long flags = spin_lock_irqsave(&t->lock);

	t->ticks += catch_up(t);
	read_state(t, state);
	spin_unlock_irqrestore(&t->lock, flags);
}

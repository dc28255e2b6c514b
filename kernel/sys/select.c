/* select(2), pselect6(2). */
#include "core/time.h"
#include "sys/poller.h"
#include "sys/uaccess_time.h"

#define WORD_BITS      64u
#define MIN_SELECT_FDS 256u /* smaller tables count as this large, as Linux's usually are */
#define WORDS_ON_STACK 4    /* per set: 256 descriptors */

/* What makes a descriptor "readable", "writable", "exceptional" (select(2)). */
#define IN_EVENTS \
	((unsigned)(EPOLLRDNORM | EPOLLRDBAND | EPOLLIN | EPOLLHUP | EPOLLERR | EPOLLNVAL))
#define OUT_EVENTS ((unsigned)(EPOLLWRBAND | EPOLLWRNORM | EPOLLOUT | EPOLLERR | EPOLLNVAL))
#define EX_EVENTS  ((unsigned)(EPOLLPRI | EPOLLNVAL))

struct sets {
	unsigned nr_words;
	unsigned long *in[3]; /* read, write, except */
	unsigned long *out[3];
};

static const unsigned set_events[3] = {IN_EVENTS, OUT_EVENTS, EX_EVENTS};

static unsigned ask_fd(struct poller *p, struct fdtable *t, unsigned fd, unsigned wanted)
{
	struct fdref r = fd_get(t, fd);
	/* Closed meanwhile, or O_PATH: an error is what it is ready for. */
	unsigned got = likely(r.file != NULL) ? poller_ask(p, r.file, wanted) : EPOLLNVAL;

	fd_put(r);
	return got;
}

/* One descriptor, `mask`, is ready for `got`: in which of the word's sets it stands. */
static long note(struct sets *s, unsigned w, unsigned long mask, unsigned got)
{
	long count = 0;

	for (int i = 0; i < 3; i++) {
		if ((s->in[i][w] & mask) && (got & set_events[i])) {
			s->out[i][w] |= mask;
			count++;
		}
	}
	return count;
}

static inline unsigned wanted_of(unsigned long mask, unsigned long in, unsigned long out,
				 unsigned long ex)
{
	return (in & mask ? IN_EVENTS : 0) | (out & mask ? OUT_EVENTS : 0) |
	       (ex & mask ? EX_EVENTS : 0);
}

static long ask_all(struct poller *p, struct sets *s)
{
	struct fdtable *t = current->vfs.files;
	long count = 0;

	for (unsigned w = 0; w < s->nr_words; w++) {
		unsigned long in = s->in[0][w], out = s->in[1][w], ex = s->in[2][w], any;
		bool only_reads = !(out | ex);

		s->out[0][w] = s->out[1][w] = s->out[2][w] = 0;
		for (any = in | out | ex; any; any &= any - 1) {
			unsigned long mask = any & -any;
			unsigned got, wanted;

			wanted = likely(only_reads) ? IN_EVENTS : wanted_of(mask, in, out, ex);
			got = ask_fd(p, t, w * WORD_BITS + (unsigned)__builtin_ctzl(any), wanted);
			if (unlikely(got & wanted)) {
				count += note(s, w, mask, got);
				p->pt.queue = NULL;
			}
		}
	}
	return count;
}

static long select_loop(struct sets *s, u64 deadline_ns)
{
	struct poller p;
	bool timed_out = deadline_ns == 1;
	long count;

	poller_init(&p);
	if (timed_out)
		p.pt.queue = NULL;
	for (;;) {
		count = ask_all(&p, s);
		if (!count && p.is_out_of_memory)
			count = -ENOMEM;
		if (!count && thread_signal_pending())
			count = -ERESTARTNOHAND;
		if (count || timed_out)
			break;
		timed_out = poller_sleep(&p, deadline_ns);
	}
	poller_end(&p);
	return count;
}

/* select(2): EBADF when one of them is not open. */
static bool all_open(const struct sets *s)
{
	for (unsigned w = 0; w < s->nr_words; w++) {
		unsigned long any = s->in[0][w] | s->in[1][w] | s->in[2][w];

		if (any && (any & ~fd_open_bits(current->vfs.files, w)))
			return false;
	}
	return true;
}

/* In whole longs, of the caller's width. */
static size_t set_bytes(unsigned nr_fds)
{
	unsigned bits = arch_in_compat_syscall() ? 32 : 64;

	return DIV_ROUND_UP(nr_fds, bits) * (bits / 8);
}

static long copy_sets_in(struct sets *s, const uaddr_t *user, unsigned nr_fds, size_t bytes)
{
	unsigned last_bits = nr_fds % WORD_BITS;

	for (int i = 0; i < 3; i++) {
		size_t size = s->nr_words * sizeof(long);

		memset(s->in[i], 0, size);
		if (user[i].v && copy_from_user(s->in[i], user[i], bytes))
			return -EFAULT;
		if (last_bits)
			s->in[i][s->nr_words - 1] &= BIT(last_bits) - 1;
	}
	return 0;
}

static long copy_sets_out(const struct sets *s, const uaddr_t *user, size_t bytes)
{
	for (int i = 0; i < 3; i++)
		if (user[i].v && copy_to_user(user[i], s->out[i], bytes))
			return -EFAULT;
	return 0;
}

static long do_select(int nr, const uaddr_t *user, u64 deadline_ns)
{
	unsigned long few[6 * WORDS_ON_STACK], *words = few;
	struct sets s;
	unsigned nr_fds = (unsigned)nr;
	size_t bytes;
	long n;

	if (nr < 0)
		return -EINVAL;
	nr_fds = MIN(nr_fds, MAX(READ_ONCE(current->vfs.files->size), MIN_SELECT_FDS));
	s.nr_words = DIV_ROUND_UP(nr_fds, WORD_BITS);
	if (s.nr_words > WORDS_ON_STACK) {
		words = kmalloc(6 * s.nr_words * sizeof(long), GFP_KERNEL);
		if (!words)
			return -ENOMEM;
	}
	for (unsigned i = 0; i < 3; i++) {
		s.in[i] = words + i * s.nr_words;
		s.out[i] = words + (3 + i) * s.nr_words;
	}
	bytes = set_bytes(nr_fds);
	n = copy_sets_in(&s, user, nr_fds, bytes);
	if (!n)
		n = all_open(&s) ? select_loop(&s, deadline_ns) : -EBADF;
	if (n >= 0 && copy_sets_out(&s, user, bytes))
		n = -EFAULT;
	if (words != few)
		kfree(words);
	return n;
}

long sys_select(int nfds, uaddr_t readfds, uaddr_t writefds, uaddr_t exceptfds, uaddr_t timeout)
{
	const uaddr_t user[3] = {readfds, writefds, exceptfds};
	struct __kernel_timespec ts;
	struct __kernel_old_timeval tv;
	u64 deadline_ns = 0;
	long n;

	if (timeout.v) {
		if (timeval_copy_in(&tv, timeout))
			return -EFAULT;
		ts.tv_sec = tv.tv_sec + tv.tv_usec / 1000000;
		ts.tv_nsec = tv.tv_usec % 1000000 * 1000;
		n = deadline_from(&ts, &deadline_ns);
		if (n)
			return n;
	}
	n = do_select(nfds, user, deadline_ns);
	/* Linux's select writes the time left; only then may it be restarted. */
	if (timeout.v && deadline_ns) {
		remaining(deadline_ns, &ts);
		tv = (struct __kernel_old_timeval){ts.tv_sec, ts.tv_nsec / 1000};
		if ((is_timeout_sticky() || timeval_copy_out(timeout, &tv)) && n == -ERESTARTNOHAND)
			n = -EINTR;
	}
	return n;
}

/* The sixth argument points to the mask's address and size. */
static long set_mask_from(uaddr_t pack)
{
	struct {
		unsigned long mask, size;
	} a;

	if (!pack.v)
		return 0;
	if (arch_in_compat_syscall()) {
		u32 words[2];

		if (copy_from_user(words, pack, sizeof(words)))
			return -EFAULT;
		a.mask = words[0];
		a.size = words[1];
	} else if (copy_from_user(&a, pack, sizeof(a))) {
		return -EFAULT;
	}
	return sigmask_set(uaddr(a.mask), a.size);
}

long sys_pselect6(int nfds, uaddr_t readfds, uaddr_t writefds, uaddr_t exceptfds, uaddr_t timeout,
		  uaddr_t sigmask)
{
	const uaddr_t user[3] = {readfds, writefds, exceptfds};
	u64 deadline_ns;
	long n = timeout_get(timeout, &deadline_ns);

	if (!n)
		n = set_mask_from(sigmask);
	if (n)
		return n;
	n = do_select(nfds, user, deadline_ns);
	sigmask_restore_unless(n == -ERESTARTNOHAND);
	return timeout_put(timeout, deadline_ns, n);
}

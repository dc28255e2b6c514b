/*
 * Descriptor tables. A table with one user is read without a lock (fd_get in file.h); changes and
 * readers of shared tables take t->lock. Whoever looks into another task's table first takes a
 * reference on it, which makes it a shared one.
 */
#include "vfs/dnotify.h"
#include "vfs/internal.h"

#define FDS_INITIAL 64u
#define BITS	    64u

unsigned fd_nr_open = FDS_MAX;

struct slots {
	struct file **files;
	unsigned long *open_bits, *cloexec_bits;
};

/* One allocation: files, then the two bit sets. `size` is a multiple of 64. */
static bool slots_alloc(struct slots *s, unsigned size)
{
	size_t words = size / BITS;

	s->files = kzalloc(size * sizeof(struct file *) + 2 * words * sizeof(long), GFP_KERNEL);
	if (!s->files)
		return false;
	s->open_bits = (unsigned long *)(s->files + size);
	s->cloexec_bits = s->open_bits + words;
	return true;
}

static void slots_set(struct fdtable *t, const struct slots *s, unsigned size)
{
	t->files = s->files;
	t->open_bits = s->open_bits;
	t->cloexec_bits = s->cloexec_bits;
	t->size = size;
}

static inline bool bit_test(const unsigned long *bits, unsigned n)
{
	return bits[n / BITS] >> (n % BITS) & 1;
}
static inline void bit_set(unsigned long *bits, unsigned n)
{
	bits[n / BITS] |= BIT(n % BITS);
}
static inline void bit_clear(unsigned long *bits, unsigned n)
{
	bits[n / BITS] &= ~BIT(n % BITS);
}

static struct fdtable *table_alloc(unsigned size)
{
	struct fdtable *t = kzalloc(sizeof(*t), GFP_KERNEL);
	struct slots s;

	if (!t || !slots_alloc(&s, size)) {
		kfree(t);
		return NULL;
	}
	ref_init(&t->ref, 1);
	spin_init(&t->lock, RANK_FDTABLE, "fdtable");
	slots_set(t, &s, size);
	return t;
}

struct fdtable *fdtable_new(void)
{
	return table_alloc(FDS_INITIAL);
}

/* Slots needed for what is open: a clone starts small again. Lock held. */
static unsigned used_size(const struct fdtable *t)
{
	unsigned w = t->size / BITS;

	while (w > 1 && !t->open_bits[w - 1])
		w--;
	return w * BITS;
}

/* More is open than a new table may hold: fd_nr_open was lowered since. */
static bool is_too_large(unsigned size)
{
	return size > ALIGN_UP(READ_ONCE(fd_nr_open), BITS);
}

struct fdtable *fdtable_clone(struct fdtable *t)
{
	struct fdtable *n;
	unsigned size;

	spin_lock(&t->lock);
	size = used_size(t);
	for (;;) {
		spin_unlock(&t->lock);
		if (is_too_large(size))
			return ERR_PTR(-EMFILE);
		n = table_alloc(size);
		if (!n)
			return ERR_PTR(-ENOMEM);
		spin_lock(&t->lock);
		if (used_size(t) <= n->size)
			break;
		size = used_size(t); /* grew meanwhile, by another thread */
		kfree(n->files);
		kfree(n);
	}
	for (unsigned fd = 0; fd < MIN(t->size, n->size); fd++) {
		if (!t->files[fd])
			continue; /* free, or reserved by an open in progress */
		n->files[fd] = file_get(t->files[fd]);
		bit_set(n->open_bits, fd);
		if (bit_test(t->cloexec_bits, fd))
			bit_set(n->cloexec_bits, fd);
	}
	spin_unlock(&t->lock);
	return n;
}

/* close(2)'s part after the slot is empty. */
static int close_file(struct fdtable *t, struct file *f)
{
	int err = 0;

	if (f->ops && f->ops->flush)
		err = f->ops->flush(f);
	if (f->inode && unlikely(f->inode->locks) && !(f->mode & FMODE_PATH))
		vfs_unlock_posix_all(f, t);
	if (f->inode && unlikely(f->inode->marks) && S_ISDIR(f->inode->mode))
		dnotify_close(f, t);
	file_put(f);
	return err;
}

void fdtable_put(struct fdtable *t)
{
	if (!t || !ref_put(&t->ref))
		return;
	for (unsigned fd = 0; fd < t->size; fd++)
		if (t->files[fd])
			close_file(t, t->files[fd]);
	kfree(t->files);
	kfree(t);
}

/* --- reading --- */

struct fdref fd_get_shared(struct fdtable *t, unsigned fd, u32 refused_mode)
{
	struct file *f = NULL;

	spin_lock(&t->lock);
	if (fd < t->size)
		f = t->files[array_index_nospec(fd, t->size)];
	if (f && (f->mode & refused_mode))
		f = NULL;
	if (f)
		ref_get(&f->ref);
	spin_unlock(&t->lock);
	return (struct fdref){f, f != NULL};
}

unsigned long fd_open_bits(struct fdtable *t, unsigned word)
{
	unsigned long bits;

	spin_lock(&t->lock);
	bits = word < t->size / BITS ? t->open_bits[word] : 0;
	spin_unlock(&t->lock);
	return bits;
}

/* --- changing --- */

/* Room for slot `fd`; drops and retakes the lock. */
static int grow(struct fdtable *t, unsigned fd)
{
	unsigned size = MAX(t->size, FDS_INITIAL), old_size;
	struct slots s;
	void *old;

	if (fd >= READ_ONCE(fd_nr_open))
		return -EMFILE;
	while (size <= fd)
		size *= 2;
	spin_unlock(&t->lock);
	if (!slots_alloc(&s, size)) {
		spin_lock(&t->lock);
		return -ENOMEM;
	}
	spin_lock(&t->lock);
	old_size = t->size;
	old = s.files;
	if (size > old_size) {
		memcpy(s.files, t->files, old_size * sizeof(*s.files));
		memcpy(s.open_bits, t->open_bits, old_size / 8);
		memcpy(s.cloexec_bits, t->cloexec_bits, old_size / 8);
		old = t->files;
		slots_set(t, &s, size);
	}
	kfree(old);
	return 0;
}

static unsigned next_free(const struct fdtable *t, unsigned from)
{
	unsigned w = from / BITS;
	unsigned long free_bits;

	if (from >= t->size)
		return from;
	free_bits = ~t->open_bits[w] & (~0UL << (from % BITS));
	while (!free_bits) {
		if (++w >= t->size / BITS)
			return t->size;
		free_bits = ~t->open_bits[w];
	}
	return w * BITS + (unsigned)__builtin_ctzl(free_bits);
}

int fd_alloc(struct fdtable *t, unsigned min, u64 limit, bool cloexec)
{
	unsigned fd;
	int err;

	spin_lock(&t->lock);
	for (;;) {
		fd = next_free(t, MAX(min, t->next_hint));
		if (fd >= limit || fd >= FDS_MAX) {
			spin_unlock(&t->lock);
			return -EMFILE;
		}
		if (fd < t->size)
			break;
		err = grow(t, fd);
		if (err) {
			spin_unlock(&t->lock);
			return err;
		}
	}
	bit_set(t->open_bits, fd);
	if (cloexec)
		bit_set(t->cloexec_bits, fd);
	else
		bit_clear(t->cloexec_bits, fd);
	if (min <= t->next_hint)
		t->next_hint = fd + 1;
	spin_unlock(&t->lock);
	return (int)fd;
}

void fd_install(struct fdtable *t, unsigned fd, struct file *f)
{
	spin_lock(&t->lock);
	t->files[fd] = f;
	spin_unlock(&t->lock);
}

static void release_slot(struct fdtable *t, unsigned fd)
{
	t->files[fd] = NULL;
	bit_clear(t->open_bits, fd);
	if (fd < t->next_hint)
		t->next_hint = fd;
}

void fd_cancel(struct fdtable *t, unsigned fd)
{
	spin_lock(&t->lock);
	release_slot(t, fd);
	spin_unlock(&t->lock);
}

int fd_close(struct fdtable *t, unsigned fd)
{
	struct file *f = NULL;

	spin_lock(&t->lock);
	if (fd < t->size)
		f = t->files[array_index_nospec(fd, t->size)];
	if (f)
		release_slot(t, fd);
	spin_unlock(&t->lock);
	return f ? close_file(t, f) : -EBADF;
}

int fd_replace(struct fdtable *t, unsigned fd, struct file *f, u64 limit, bool cloexec)
{
	struct file *old;
	int err = 0;

	if (fd >= limit)
		return -EBADF;
	spin_lock(&t->lock);
	while (!err && fd >= t->size)
		err = grow(t, fd);
	if (!err && bit_test(t->open_bits, fd) && !t->files[fd])
		err = -EBUSY; /* dup(2): "a race condition with open(2) and dup()" */
	if (err) {
		spin_unlock(&t->lock);
		return err == -EMFILE ? -EBADF : err;
	}
	old = t->files[fd];
	t->files[fd] = file_get(f);
	bit_set(t->open_bits, fd);
	if (cloexec)
		bit_set(t->cloexec_bits, fd);
	else
		bit_clear(t->cloexec_bits, fd);
	spin_unlock(&t->lock);
	if (old)
		close_file(t, old);
	return (int)fd;
}

bool fd_is_cloexec(struct fdtable *t, unsigned fd)
{
	bool is;

	spin_lock(&t->lock);
	is = fd < t->size && bit_test(t->cloexec_bits, fd);
	spin_unlock(&t->lock);
	return is;
}

int fd_set_cloexec(struct fdtable *t, unsigned fd, bool on)
{
	int err = -EBADF;

	spin_lock(&t->lock);
	if (fd < t->size && t->files[fd]) {
		if (on)
			bit_set(t->cloexec_bits, fd);
		else
			bit_clear(t->cloexec_bits, fd);
		err = 0;
	}
	spin_unlock(&t->lock);
	return err;
}

void fd_close_range(struct fdtable *t, unsigned first, unsigned last)
{
	for (unsigned fd = first; fd < READ_ONCE(t->size) && fd <= last; fd++)
		fd_close(t, fd);
}

void fd_cloexec_range(struct fdtable *t, unsigned first, unsigned last)
{
	spin_lock(&t->lock);
	for (unsigned fd = first; fd < t->size && fd <= last; fd++)
		if (t->files[fd])
			bit_set(t->cloexec_bits, fd);
	spin_unlock(&t->lock);
}

/* exec has made the table its own before: nobody else changes it. */
void fdtable_close_on_exec(struct fdtable *t)
{
	for (unsigned w = 0; w < t->size / BITS; w++) {
		unsigned long set = t->cloexec_bits[w] & t->open_bits[w];

		for (; set; set &= set - 1)
			fd_close(t, w * BITS + (unsigned)__builtin_ctzl(set));
		t->cloexec_bits[w] = 0;
	}
}

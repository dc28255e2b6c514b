/* lib/cpio.c: a small archive, then the same one damaged and cut in every place. */
#include "unit.h"
#include "lib/cpio.h"
#include "lib/err.h"
#include "lib/printf.h"
#include "lib/string.h"

#define ARCHIVE_MAX 2048

static u8 archive[ARCHIVE_MAX];
static size_t archive_size;

static void pad(void)
{
	while (archive_size % 4)
		archive[archive_size++] = 0;
}

static void add(const char *name, u32 mode, const char *data)
{
	char header[111];

	snprintf(header, sizeof(header),
		 "070701%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X", 7, mode, 1000, 100,
		 1, 123456789, (unsigned)strlen(data), 0, 0, 5, 1, (unsigned)strlen(name) + 1, 0);
	memcpy(archive + archive_size, header, 110);
	archive_size += 110;
	memcpy(archive + archive_size, name, strlen(name) + 1);
	archive_size += strlen(name) + 1;
	pad();
	memcpy(archive + archive_size, data, strlen(data));
	archive_size += strlen(data);
	pad();
}

static void build(void)
{
	archive_size = 0;
	memset(archive, 0, sizeof(archive));
	add("dir", 0040755, "");
	add("dir/hello", 0100644, "Hello, world\n");
	add("dev/console", 0020600, "");
	add("TRAILER!!!", 0, "");
}

static void test_good(void)
{
	struct cpio_reader r;
	struct cpio_entry e;

	build();
	cpio_open(&r, archive, archive_size);
	CHECK(cpio_next(&r, &e) == 1 && !strcmp(e.name, "dir") && e.mode == 0040755);
	CHECK(cpio_next(&r, &e) == 1 && !strcmp(e.name, "dir/hello") && e.size_bytes == 13);
	CHECK(!memcmp(e.data, "Hello, world\n", 13));
	CHECK(e.uid == 1000 && e.gid == 100 && e.mtime_s == 123456789 && e.nlink == 1);
	CHECK(cpio_next(&r, &e) == 1 && e.rdev_major == 5 && e.rdev_minor == 1);
	CHECK(cpio_next(&r, &e) == 0);
	cpio_open(&r, archive, 0);
	CHECK(cpio_next(&r, &e) == 0);
}

/* Reads a copy of exactly `size` bytes, so that ASan sees a step too far; false when it does not
 * end. */
static bool read_copy(size_t size)
{
	u8 *copy = malloc(size ? size : 1);
	struct cpio_reader r;
	struct cpio_entry e;
	int steps = 0, result;

	memcpy(copy, archive, size);
	cpio_open(&r, copy, size);
	while ((result = cpio_next(&r, &e)) == 1 && steps++ < 100)
		if (e.size_bytes)
			(void)*(const volatile u8 *)((const u8 *)e.data + e.size_bytes - 1);
	free(copy);
	return result != 1;
}

static void test_bad(void)
{
	bool is_ended = true;
	u64 seed = 3;

	build();
	for (size_t size = 0; size < archive_size; size++)
		is_ended &= read_copy(size);
	CHECK(is_ended);
	for (int round = 0; round < 20000; round++) {
		build();
		archive[unit_random(&seed) % archive_size] = (u8)unit_random(&seed);
		archive[unit_random(&seed) % 110] = "0123456789ABCDEFf"[unit_random(&seed) % 17];
		is_ended &= read_copy(archive_size);
	}
	CHECK(is_ended);
	build();
	archive[0] = 'x';
	{
		struct cpio_reader r;
		struct cpio_entry e;

		cpio_open(&r, archive, archive_size);
		CHECK(cpio_next(&r, &e) == -EINVAL);
	}
}

int main(void);
int main(void)
{
	test_good();
	test_bad();
	return unit_end();
}

/*
 * 9p: extended attributes. QEMU's server passes user.* of the host's files on as they are; the
 * other name spaces it keeps for itself, and here they are not supported either.
 */
#include "fs/9p/p9.h"
#include "lib/err.h"
#include "lib/string.h"
#include "mm/kmalloc.h"
#include <linux/limits.h>
#include <linux/xattr.h>

static bool is_passed(const char *name)
{
	return !strncmp(name, XATTR_USER_PREFIX, XATTR_USER_PREFIX_LEN);
}

/* A fid for reading the value of `name`, or with "" the list of names. Its size, or an error. */
static long walk(struct inode *i, const char *name, u32 *fid)
{
	struct p9_session *s = p9_s(i);
	struct p9_req *r = p9_new(s, P9_TXATTRWALK);
	long n;

	if (!r)
		return -ENOMEM;
	*fid = p9_new_fid(s);
	p9_put(r, p9_i(i)->fid, 4);
	p9_put(r, *fid, 4);
	p9_put_string(r, name, strlen(name));
	n = p9_call(r);
	if (!n) {
		u64 size = p9_get(r, 8);

		n = r->is_bad || size > XATTR_LIST_MAX ? -EIO : (long)size;
	}
	p9_free(r);
	return n;
}

/* All of it in memory of its own, *size bytes. ERR_PTR. */
static char *fetch(struct inode *i, const char *name, size_t *size)
{
	struct p9_session *s = p9_s(i);
	char *buf = NULL;
	u32 fid;
	long n = walk(i, name, &fid);

	if (n < 0)
		return ERR_PTR(n);
	*size = (size_t)n;
	buf = kmalloc(*size + 1, GFP_KERNEL);
	n = buf ? 0 : -ENOMEM;
	for (size_t at = 0; at < *size && n >= 0;) {
		struct p9_req *r = p9_req_read(s, P9_TREAD, fid, at, *size - at);
		struct msg_vec in = {buf + at, *size - at};

		if (!r) {
			n = -ENOMEM;
			break;
		}
		p9_send_data(r, &in, 1);
		p9_kick(s);
		n = p9_wait_data(r, *size - at);
		p9_free(r);
		if (n == 0)
			n = -EIO;
		at += n > 0 ? (size_t)n : 0;
	}
	p9_clunk(s, fid);
	if (n < 0) {
		kfree(buf);
		return ERR_PTR(n);
	}
	return buf;
}

static long give(char *from, size_t n, void *buf, size_t size)
{
	long ret = size && n > size ? -ERANGE : (long)n;

	if (size && ret > 0)
		memcpy(buf, from, n);
	kfree(from);
	return ret;
}

long p9_getxattr(struct inode *i, const char *name, void *buf, size_t size)
{
	size_t n;
	char *value;

	if (!is_passed(name))
		return -EOPNOTSUPP;
	value = fetch(i, name, &n);
	return IS_ERR(value) ? PTR_ERR(value) : give(value, n, buf, size);
}

long p9_listxattr(struct inode *i, char *buf, size_t size, bool with_trusted)
{
	size_t n, kept = 0;
	char *names = fetch(i, "", &n);

	(void)with_trusted;
	if (IS_ERR(names)) /* a file system of the host that has none */
		return PTR_ERR(names) == -EOPNOTSUPP ? 0 : PTR_ERR(names);
	names[n] = 0;
	for (size_t at = 0; at < n;) {
		size_t len = strlen(names + at) + 1;

		if (is_passed(names + at)) {
			memmove(names + kept, names + at, len);
			kept += len;
		}
		at += len;
	}
	return give(names, kept, buf, size);
}

/* The value goes out by Twrite, and takes effect at Tclunk. */
static int store(struct inode *i, const char *name, const void *value, size_t size, u32 flags)
{
	struct p9_session *s = p9_s(i);
	u32 fid = p9_new_fid(s);
	struct p9_req *r;
	void *copy = NULL;
	long n = p9_clone(s, p9_i(i)->fid, fid), err;

	if (n)
		return (int)n;
	r = p9_new(s, P9_TXATTRCREATE);
	if (r) {
		p9_put(r, fid, 4);
		p9_put_string(r, name, strlen(name));
		p9_put(r, size, 8);
		p9_put(r, flags, 4);
	}
	n = p9_call_free(r);
	if (!n && size) {
		copy = kmalloc(size, GFP_KERNEL);
		n = copy ? 0 : -ENOMEM;
	}
	if (!n && size) {
		memcpy(copy, value, size);
		n = p9_write_fid(s, fid, 0, copy, size);
		n = n == (long)size ? 0 : n < 0 ? n : -EIO;
	}
	kfree(copy);
	r = p9_new(s, P9_TCLUNK);
	if (r)
		p9_put(r, fid, 4);
	err = p9_call_free(r);
	return (int)(n ? n : err);
}

int p9_setxattr(struct inode *i, const char *name, const void *value, size_t size, int flags)
{
	int err;

	if (!is_passed(name))
		return -EOPNOTSUPP;
	/* To the server a value of no bytes is the wish to remove it. */
	if (value && !size)
		return -EOPNOTSUPP;
	err = value ? store(i, name, value, size, (u32)flags) : store(i, name, NULL, 0, 0);
	if (!err)
		p9_expire(i);
	return err;
}

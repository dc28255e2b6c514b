/* The line discipline: editing, echo, signals from keys, output processing; termios(3). */
#include "dev/tty.h"
#include "lib/err.h"
#include "lib/string.h"
#include <asm/ioctls.h>
#include <linux/eventpoll.h>
#include <linux/signal.h>

#define ON_L(t, f) ((t)->termios.c_lflag & (f))
#define ON_I(t, f) ((t)->termios.c_iflag & (f))
#define ON_O(t, f) ((t)->termios.c_oflag & (f))

static u8 *slot(struct tty *t, size_t pos)
{
	return &t->buf[pos % TTY_BUF_SIZE];
}

static bool is_mark(struct tty *t, size_t pos)
{
	pos %= TTY_BUF_SIZE;
	return t->is_mark[pos / 8] >> (pos % 8) & 1;
}

static void set_mark(struct tty *t, size_t pos, bool on)
{
	pos %= TTY_BUF_SIZE;
	if (on)
		t->is_mark[pos / 8] |= (u8)(1 << (pos % 8));
	else
		t->is_mark[pos / 8] &= (u8) ~(1 << (pos % 8));
}

/* A control character is compared with what it is set to; 0 switches it off. */
static bool is_cc(struct tty *t, unsigned which, u8 c)
{
	return t->termios.c_cc[which] && t->termios.c_cc[which] == c;
}

/* --- output --- */

static size_t put_tab(struct tty *t, u8 *out)
{
	size_t spaces = 8 - (t->column & 7);

	t->column += (unsigned)spaces;
	if (ON_O(t, TABDLY) == XTABS) {
		memset(out, ' ', spaces);
		return spaces;
	}
	out[0] = '\t';
	return 1;
}

static size_t process_one(struct tty *t, u8 c, u8 *out)
{
	switch (c) {
	case '\n':
		if (ON_O(t, ONLRET))
			t->column = 0;
		if (ON_O(t, ONLCR)) {
			t->column = 0;
			out[0] = '\r';
			out[1] = '\n';
			return 2;
		}
		break;
	case '\r':
		if (ON_O(t, ONOCR) && t->column == 0)
			return 0;
		if (ON_O(t, OCRNL)) {
			if (ON_O(t, ONLRET))
				t->column = 0;
			out[0] = '\n';
			return 1;
		}
		t->column = 0;
		break;
	case '\t':
		return put_tab(t, out);
	case '\b':
		if (t->column)
			t->column--;
		break;
	default:
		if (c >= ' ' && c != 127 &&
		    (c & 0xc0) != 0x80) /* UTF-8 continuation bytes take no column */
			t->column++;
	}
	out[0] = c;
	return 1;
}

size_t ldisc_process(struct tty *t, const u8 *in, size_t n, u8 *out)
{
	size_t len = 0;

	if (!ON_O(t, OPOST)) {
		memcpy(out, in, n);
		return n;
	}
	for (size_t i = 0; i < n; i++)
		len += process_one(t, in[i], out + len);
	return len;
}

void ldisc_post(struct tty *t, u8 c)
{
	u8 out[8];
	size_t n = ldisc_process(t, &c, 1, out);

	t->write(t, out, n, true); /* an echo that finds no room is lost, as on a full line */
}

static void echo_raw(struct tty *t, const char *s)
{
	for (; *s; s++)
		ldisc_post(t, (u8)*s);
}

static bool is_shown_as_caret(struct tty *t, u8 c)
{
	return ON_L(t, ECHOCTL) && ((c < ' ' && c != '\t' && c != '\n') || c == 127);
}

static void echo(struct tty *t, u8 c)
{
	if (!ON_L(t, ECHO) && !(c == '\n' && ON_L(t, ECHONL) && ON_L(t, ICANON)))
		return;
	if (is_shown_as_caret(t, c)) {
		ldisc_post(t, '^');
		ldisc_post(t, c ^ 0100);
	} else {
		ldisc_post(t, c);
	}
}

/* --- erasing --- */

/* Column the line's text begins at is known; the width up to `end` says how far a tab went back. */
static unsigned width_until(struct tty *t, size_t end)
{
	unsigned col = t->canon_column;

	for (size_t p = t->committed; p < end; p++) {
		u8 c = *slot(t, p);

		if (c == '\t')
			col = (col | 7) + 1;
		else if (is_shown_as_caret(t, c))
			col += 2;
		else if (c >= ' ' && (c & 0xc0) != 0x80)
			col++;
	}
	return col;
}

static void erase_shown(struct tty *t, u8 c)
{
	unsigned n = is_shown_as_caret(t, c) ? 2 : 1;

	if (c == '\t') {
		unsigned want = width_until(t, t->head);

		while (t->column > want)
			ldisc_post(t, '\b');
		return;
	}
	while (n--)
		echo_raw(t, "\b \b");
}

/* Take back the last character (all bytes of it under IUTF8). */
static bool erase_char(struct tty *t)
{
	u8 c;

	if (t->head == t->committed)
		return false;
	do
		c = *slot(t, --t->head);
	while (ON_I(t, IUTF8) && (c & 0xc0) == 0x80 && t->head > t->committed);
	if (ON_L(t, ECHO)) {
		if (ON_L(t, ECHOE))
			erase_shown(t, c);
		else
			echo(t, t->termios.c_cc[VERASE]);
	}
	return true;
}

static void erase_word(struct tty *t)
{
	bool seen = false;

	while (t->head > t->committed) {
		u8 c = *slot(t, t->head - 1);
		bool is_word =
			(u8)((c | 32) - 'a') < 26 || (u8)(c - '0') < 10 || c == '_' || c >= 128;

		if (seen && !is_word)
			break;
		seen |= is_word;
		erase_char(t);
	}
}

static void erase_line(struct tty *t)
{
	if (ON_L(t, ECHO) && ON_L(t, ECHOK) && ON_L(t, ECHOKE) && ON_L(t, ECHOE)) {
		while (erase_char(t))
			;
		return;
	}
	t->head = t->committed;
	echo(t, t->termios.c_cc[VKILL]);
	if (ON_L(t, ECHOK))
		echo(t, '\n');
}

static void reprint(struct tty *t)
{
	echo(t, t->termios.c_cc[VREPRINT]);
	ldisc_post(t, '\n');
	for (size_t p = t->committed; p < t->head; p++)
		echo(t, *slot(t, p));
}

/* --- input --- */

static bool store(struct tty *t, u8 c, bool mark)
{
	if (t->head - t->tail >= TTY_BUF_SIZE - (mark ? 0 : 1)) {
		if (ON_I(t, IMAXBEL))
			ldisc_post(t, '\a');
		return false;
	}
	if (t->head == t->committed)
		t->canon_column = t->column;
	*slot(t, t->head) = c;
	set_mark(t, t->head, mark);
	t->head++;
	return true;
}

/* What has come may be read. */
static void commit(struct tty *t)
{
	t->committed = t->head;
	waitq_wake_key(&t->read_wait, ~0u, EPOLLIN | EPOLLRDNORM);
	tty_tell(t->async, POLL_IN);
}

static void end_line(struct tty *t, u8 c)
{
	if (store(t, c, true))
		commit(t);
}

void ldisc_flush_input(struct tty *t)
{
	if (t->pty)
		pty_notice(t->pty, TIOCPKT_FLUSHREAD, 0);
	t->head = t->committed = t->tail = 0;
	memset(t->is_mark, 0, sizeof(t->is_mark));
	waitq_wake_all(&t->write_wait);
}

static bool receive_signal(struct tty *t, u8 c)
{
	int signo = is_cc(t, VINTR, c)	 ? SIGINT
		    : is_cc(t, VQUIT, c) ? SIGQUIT
		    : is_cc(t, VSUSP, c) ? SIGTSTP
					 : 0;

	if (!signo)
		return false;
	if (!ON_L(t, NOFLSH)) {
		ldisc_flush_input(t);
		if (t->pty)
			pty_flush_output(t->pty);
	}
	echo(t, c);
	if (t->pgrp && tty_proc_ops)
		tty_proc_ops->signal_pgrp(t->pgrp, signo);
	return true;
}

/* The editing characters of canonical mode; true when `c` was one. */
static bool receive_edit(struct tty *t, u8 c)
{
	if (is_cc(t, VERASE, c))
		erase_char(t);
	else if (is_cc(t, VKILL, c))
		erase_line(t);
	else if (ON_L(t, IEXTEN) && is_cc(t, VWERASE, c))
		erase_word(t);
	else if (ON_L(t, IEXTEN) && is_cc(t, VREPRINT, c))
		reprint(t);
	else if (is_cc(t, VEOF, c))
		end_line(t, 0);
	else if (ON_L(t, IEXTEN) && is_cc(t, VLNEXT, c)) {
		t->is_literal_next = true;
		if (ON_L(t, ECHO) && ON_L(t, ECHOCTL))
			echo_raw(t, "^\b");
	} else {
		return false;
	}
	return true;
}

void ldisc_stop(struct tty *t, bool on)
{
	if (t->is_stopped == on)
		return;
	WRITE_ONCE(t->is_stopped, on);
	if (t->pty)
		pty_notice(t->pty, on ? TIOCPKT_STOP : TIOCPKT_START,
			   on ? TIOCPKT_START : TIOCPKT_STOP);
	if (!on)
		waitq_wake_all(&t->write_wait);
}

static bool receive_flow(struct tty *t, u8 c)
{
	if (!ON_I(t, IXON))
		return false;
	if (is_cc(t, VSTOP, c)) {
		ldisc_stop(t, true);
		return true;
	}
	if (is_cc(t, VSTART, c) || (t->is_stopped && ON_I(t, IXANY))) {
		ldisc_stop(t, false);
		return is_cc(t, VSTART, c);
	}
	return false;
}

static bool translate(struct tty *t, u8 *c)
{
	if (ON_I(t, ISTRIP))
		*c &= 0x7f;
	if (ON_I(t, IUCLC) && ON_L(t, IEXTEN) && *c >= 'A' && *c <= 'Z')
		*c |= 32;
	if (*c == '\r') {
		if (ON_I(t, IGNCR))
			return false;
		if (ON_I(t, ICRNL))
			*c = '\n';
	} else if (*c == '\n' && ON_I(t, INLCR)) {
		*c = '\r';
	}
	return true;
}

void ldisc_receive(struct tty *t, u8 c)
{
	bool is_literal = t->is_literal_next;

	t->is_literal_next = false;
	if (!is_literal) {
		if (receive_flow(t, c) || (ON_L(t, ISIG) && receive_signal(t, c)))
			return;
		if (!translate(t, &c))
			return;
	}
	if (!ON_L(t, ICANON)) {
		echo(t, c);
		store(t, c, false);
		commit(t);
		return;
	}
	if (!is_literal && receive_edit(t, c))
		return;
	if (!is_literal &&
	    (c == '\n' || is_cc(t, VEOL, c) || (ON_L(t, IEXTEN) && is_cc(t, VEOL2, c)))) {
		echo(t, c);
		end_line(t, c);
		return;
	}
	/* The character first: the echo's column is that of the next one. */
	if (store(t, c, false))
		echo(t, c);
}

/* --- reading --- */

size_t ldisc_available(struct tty *t)
{
	return (ON_L(t, ICANON) ? t->committed : t->head) - t->tail;
}

bool ldisc_readable(struct tty *t)
{
	size_t n = ldisc_available(t);

	if (ON_L(t, ICANON))
		return n > 0;
	/* poll(2) asks for VMIN bytes only when no VTIME is set, as n_tty does. */
	return n >= (t->termios.c_cc[VTIME] || !t->termios.c_cc[VMIN] ? 1u : t->termios.c_cc[VMIN]);
}

/* A canonical line that is too long loses its end; everything else waits for its reader. */
bool ldisc_has_room(struct tty *t)
{
	if (t->head - t->tail < TTY_BUF_SIZE - 1)
		return true;
	return ON_L(t, ICANON) && t->committed == t->tail;
}

long ldisc_read(struct tty *t, struct iter *it)
{
	size_t end = ON_L(t, ICANON) ? t->committed : t->head;
	long done = 0;

	if (t->tail == end)
		return -EAGAIN;
	while (t->tail < end && it->count) {
		bool mark = ON_L(t, ICANON) && is_mark(t, t->tail);
		u8 c = *slot(t, t->tail);

		if (mark && c == 0) { /* VEOF: ends the read, is not data */
			set_mark(t, t->tail++, false);
			break;
		}
		if (iter_put(it, &c, 1) != 1)
			return done ? done : -EFAULT;
		set_mark(t, t->tail++, false);
		done++;
		if (mark)
			break;
	}
	waitq_wake_all(&t->write_wait);
	return done;
}

static bool uses_flow_keys(const struct termios *ios)
{
	return (ios->c_iflag & IXON) && ios->c_cc[VSTOP] == 023 && ios->c_cc[VSTART] == 021;
}

/* tty_ioctl(2), TIOCPKT: the master hears when ^S and ^Q begin or cease to be special. */
static void tell_flow(struct tty *t, const struct termios *old)
{
	bool on = uses_flow_keys(&t->termios);

	if (on != uses_flow_keys(old))
		pty_notice(t->pty, on ? TIOCPKT_DOSTOP : TIOCPKT_NOSTOP,
			   on ? TIOCPKT_NOSTOP : TIOCPKT_DOSTOP);
	if ((t->termios.c_lflag | old->c_lflag) & EXTPROC)
		pty_notice(t->pty, TIOCPKT_IOCTL, 0);
}

void ldisc_set_termios(struct tty *t, const struct termios *new)
{
	bool was_canon = ON_L(t, ICANON);
	struct termios old = t->termios;

	t->termios = *new;
	if (t->pty) /* a line without bits */
		t->termios.c_cflag = (new->c_cflag & ~(tcflag_t)(CSIZE | PARENB)) | CS8 | CREAD;
	if (was_canon != !!ON_L(t, ICANON)) {
		/* What was typed stays: as one line for canonical readers, as plain bytes for
		 * others. */
		t->committed = t->head;
		if (!was_canon && t->head > t->tail)
			set_mark(t, t->head - 1, true);
		waitq_wake_all(&t->read_wait);
	}
	if (!ON_I(t, IXON))
		ldisc_stop(t, false);
	if (t->pty)
		tell_flow(t, &old);
}

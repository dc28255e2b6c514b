/* SPDX-License-Identifier: Apache-2.0 */
/* A page as HTML: one file, no script, nothing fetched. */
#include "anatomy.h"

static const char head[] =
	"<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
	"<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
	"<style>\n"
	"body{font:16px/1.5 sans-serif;max-width:60em;margin:2em auto;padding:0 1em;"
	"color:#222;background:#fff}\n"
	"h1{font:600 1.3em monospace;overflow-wrap:anywhere}\n"
	"ol{list-style:none;padding:0;margin:0}\n"
	"li{border:1px solid #bbb;border-radius:6px;padding:.6em 1em;margin:0}\n"
	"li.user{background:#eef5ff}\nli.kernel{background:#fff3e6}\nli.cpu{background:#f0f0f0}\n"
	"li+li{margin-top:1.6em;position:relative}\n"
	"li+li::before{content:\"\\2193\";position:absolute;top:-1.5em;left:50%}\n"
	"h2{font-size:1em;margin:0}\nh2 code{font-weight:400}\n"
	".where{float:right;font:.85em monospace;color:#555}\n"
	"pre{margin:.5em 0 0;font-size:.85em;overflow-x:auto}\n"
	"</style>\n";

static void print_escaped(FILE *out, const char *text, size_t size)
{
	for (size_t i = 0; i < size && text[i]; i++) {
		switch (text[i]) {
		case '<':
			fputs("&lt;", out);
			break;
		case '>':
			fputs("&gt;", out);
			break;
		case '&':
			fputs("&amp;", out);
			break;
		case '"':
			fputs("&quot;", out);
			break;
		default:
			fputc(text[i], out);
		}
	}
}

static void print_text(FILE *out, const char *text)
{
	print_escaped(out, text, (size_t)-1);
}

/* Stages 1, 2 and the last two are the program's, the third the CPU's. */
static const char *side(const struct page *page, size_t i)
{
	bool has_return = page->stage[page->count - 1].name[0] == 'c';

	if (i < 2 || (has_return && i + 2 >= page->count))
		return "user";
	return i == 2 ? "cpu" : "kernel";
}

void anatomy_print_html(FILE *out, const struct page *page)
{
	fputs(head, out);
	fputs("<title>", out);
	print_text(out, page->title);
	fputs(" on Lstar</title>\n</head>\n<body>\n<h1>", out);
	print_text(out, page->summary);
	fputs("</h1>\n<p>One run of <code>lstar anatomy</code>: blue is the program, grey the CPU, "
	      "orange the kernel.</p>\n<ol>\n",
	      out);
	for (size_t i = 0; i < page->count; i++) {
		const struct stage *stage = &page->stage[i];

		fprintf(out, "<li class=\"%s\">\n", side(page, i));
		if (stage->where) {
			fputs("<span class=\"where\">", out);
			print_text(out, stage->where);
			fputs("</span>", out);
		}
		fprintf(out, "<h2>%zu. ", i + 1);
		print_text(out, stage->title);
		fputs(": <code>", out);
		print_text(out, stage->name);
		fputs("</code></h2>\n<pre>", out);
		print_escaped(out, stage->body.data, stage->body.size);
		fputs("</pre>\n</li>\n", out);
	}
	fputs("</ol>\n</body>\n</html>\n", out);
}

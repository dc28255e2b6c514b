/* SPDX-License-Identifier: Apache-2.0 */
/* Where in the source each stage is: tools/anatomy-lines.py asked the debug information. */
#include "anatomy.h"

#include <string.h>

#include "anatomy_lines.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

const char anatomy_table_file[] = TABLE_FILE;
const char anatomy_rows_file[] = ROWS_FILE;

static const struct source_line *find(const struct source_line *lines, size_t count,
				      const char *name)
{
	for (size_t i = 0; i < count; i++)
		if (!strcmp(lines[i].name, name))
			return &lines[i];
	return NULL;
}

const struct source_line *anatomy_kernel_line(const char *name)
{
	return find(kernel_lines, COUNT(kernel_lines), name);
}

const struct source_line *anatomy_user_line(const char *name)
{
	return find(user_lines, COUNT(user_lines), name);
}

const struct source_line *anatomy_kernel_line_at(uint64_t address)
{
	for (size_t i = 0; i < COUNT(kernel_lines); i++)
		if (kernel_lines[i].address == address)
			return &kernel_lines[i];
	return NULL;
}

const struct code_line *anatomy_wrapper_code(size_t *count)
{
	*count = COUNT(wrapper_code);
	return wrapper_code;
}

const struct table_row *anatomy_table_row(unsigned int number)
{
	return number < COUNT(table_rows) ? &table_rows[number] : NULL;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/suggest.h"

enum { WORD_MAX = 64 };

static unsigned
least(unsigned a, unsigned b, unsigned c)
{
	unsigned ab = a < b ? a : b;

	return ab < c ? ab : c;
}

/* Edits that turn a into b: insert, delete, replace or swap neighbours. */
static unsigned
edits(const char *a, const char *b)
{
	unsigned rows[3][WORD_MAX + 1];
	size_t na = strlen(a), nb = strlen(b);
	unsigned *before = rows[0], *above = rows[1], *row = rows[2];

	if (na > WORD_MAX || nb > WORD_MAX)
		return WORD_MAX;
	memset(rows, 0, sizeof(rows));
	for (size_t j = 0; j <= nb; j++)
		above[j] = (unsigned)j;
	for (size_t i = 1; i <= na; i++) {
		unsigned *spare = before;

		row[0] = (unsigned)i;
		for (size_t j = 1; j <= nb; j++) {
			row[j] = least(above[j] + 1, row[j - 1] + 1, above[j - 1] + (a[i - 1] != b[j - 1]));
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
				row[j] = least(row[j], before[j - 2] + 1, row[j]);
		}
		before = above;
		above = row;
		row = spare;
	}
	return above[nb];
}

void
suggest_init(struct suggest *s, const char *word)
{
	size_t near = strlen(word) / 3;

	*s = (struct suggest){.word = word, .distance = (unsigned)(near < 1 ? 2 : near + 1)};
}

void
suggest_offer(struct suggest *s, const char *name)
{
	unsigned d = edits(s->word, name);

	/* What somebody began to write, and did not finish, counts as one edit. */
	if (d > 1 && strlen(s->word) > 2 && strncmp(s->word, name, strlen(s->word)) == 0)
		d = 1;
	if (d < s->distance) {
		s->distance = d;
		s->best = name;
	}
}

/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "core/count/methods.h"

const tb_count_method *const tb_count_methods[] = {
	&tb_count_scottish,
	&tb_count_fractional,
	&tb_count_meek,
	&tb_count_irv,
	&tb_count_debian,
	&tb_count_schulze,
	&tb_count_borda,
	&tb_count_plurality,
	&tb_count_approval,
	&tb_count_score,
	NULL,
};

/* "schulze-wv-1" is meant by itself, by "schulze-wv" and by "schulze". */
static bool begins_with(const char *id, const char *wanted)
{
	size_t len = strlen(wanted);

	return strncmp(id, wanted, len) == 0 && (id[len] == '\0' || id[len] == '-');
}

const tb_count_method *tb_count_method_find(const char *id)
{
	const tb_count_method *found = NULL;

	for (const tb_count_method *const *m = tb_count_methods; *m != NULL; m++) {
		if (strcmp((*m)->id, id) == 0)
			return *m;
		if (begins_with((*m)->id, id)) {
			if (found != NULL)
				return NULL;
			found = *m;
		}
	}
	return found;
}

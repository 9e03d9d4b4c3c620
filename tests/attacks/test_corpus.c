/* SPDX-License-Identifier: Apache-2.0 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/attack.h"

/* Every record of the corpus is refused for the stated reason, at the stated place, before anything else. */

/* The order of the report: by check, then as found. */
static const tb_check_failure *first_failure(const tb_checked *c)
{
	const tb_check_failure *first = NULL;

	for (size_t i = 0; i < c->num; i++)
		if (first == NULL || c->failure[i].check < first->check)
			first = &c->failure[i];
	return first;
}

static bool is_as_stated(const tb_attack_run *r, const tb_checked *c)
{
	const tb_check_failure *f = first_failure(c);

	if (r->attack->rule == NULL) /* a control: nothing is wrong */
		return c->report.verdict == TB_VERDICT_VERIFIED && c->num == 0;
	return c->report.verdict == TB_VERDICT_FALSE && f != NULL && f->check == r->attack->check &&
	       strcmp(f->fault.rule, r->attack->rule) == 0 && f->has_entry == r->has_entry &&
	       (!r->has_entry || f->entry == r->entry) &&
	       (r->where[0] == 0 || strcmp(f->fault.where, r->where) == 0) &&
	       (r->attack->num == 0 || c->num == r->attack->num);
}

static void test_every_attack_is_refused_for_the_stated_reason(void **state)
{
	const char *only = getenv("ATTACK");
	size_t num = 0, bad = 0;
	const tb_attack *a;

	(void)state;
	for (size_t n = 0; (a = tb_attack_nth(n)) != NULL; n++) {
		tb_check_options o = {.threads = 1, .batch = 16};
		tb_attack_run r;
		tb_checked c;

		if (only != NULL && strncmp(a->id, only, strlen(only)) != 0)
			continue;
		tb_attack_run_new(&r, a);
		tb_attack_trust(&r, &o.trust);
		tb_checked_run(&c, &r.files, &o);
		num++;
		if (!is_as_stated(&r, &c)) {
			bad++;
			(void)fprintf(stderr,
				"%s (%s): expected check %d, %s, entry %lld, %s, %zu failures\n", a->id,
				a->text, (int)a->check, a->rule != NULL ? a->rule : "nothing",
				r.has_entry ? (long long)r.entry : -1, r.where, a->num);
			tb_checked_print_failures(&c);
		}
		tb_checked_release(&c);
		tb_attack_run_free(&r);
	}
	print_message("%zu attacks\n", num);
	assert_int_equal(bad, 0);
}

static void test_ids_are_unique(void **state)
{
	const tb_attack *a, *b;

	(void)state;
	for (size_t n = 0; (a = tb_attack_nth(n)) != NULL; n++)
		for (size_t k = n + 1; (b = tb_attack_nth(k)) != NULL; k++)
			assert_string_not_equal(a->id, b->id);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ids_are_unique),
		cmocka_unit_test(test_every_attack_is_refused_for_the_stated_reason),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

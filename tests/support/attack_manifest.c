/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "core/base/base64.h"
#include "tests/support/attack.h"

/* B: a manifest that is wrong in itself, or changed later. */

#define SMALL                                                                                                \
	{                                                                                                    \
		.small = true, .num_endorsers = 1                                                            \
	}
#define FULL                                                                                                 \
	{                                                                                                    \
		.num_endorsers = 1                                                                           \
	}

/* One case whose manifest has `old` replaced by `new`. */
#define CASE(case_id, words, broken, old, new)                                                               \
	{                                                                                                    \
		.id = (case_id), .text = (words), .attacker = "admin", .check = TB_CHECK_MANIFEST,           \
		.rule = (broken), .num = 1, .type = TB_ENTRY_MANIFEST, .from = (old), .to = (new),           \
		.until = TB_UNTIL_MANIFEST, .config = SMALL                                                  \
	}
#define CASE_FULL(case_id, words, broken, old, new)                                                          \
	{                                                                                                    \
		.id = (case_id), .text = (words), .attacker = "admin", .check = TB_CHECK_MANIFEST,           \
		.rule = (broken), .num = 1, .type = TB_ENTRY_MANIFEST, .from = (old), .to = (new),           \
		.until = TB_UNTIL_MANIFEST, .config = FULL                                                   \
	}

/* A key of the manifest, replaced by bytes of the attacker's choice. */
static void put_key(tb_maker_plan *plan, const uint8_t old[32], const uint8_t new[32])
{
	char from[45], to[45];

	tb_base64_write(from, old, 32);
	tb_base64_write(to, new, 32);
	from[44] = to[44] = 0;
	tb_attack_replace(&plan->payload, from, to);
}

static void trustee_key_is_identity(tb_attack_run *r, tb_maker_plan *plan)
{
	static const uint8_t identity[32];

	put_key(plan, r->m->trustee[1].transport_key, identity);
}

static void two_trustees_with_one_key(tb_attack_run *r, tb_maker_plan *plan)
{
	put_key(plan, r->m->trustee[1].sign_key, r->m->trustee[0].sign_key);
}

static void registrar_is_server(tb_attack_run *r, tb_maker_plan *plan)
{
	put_key(plan, r->m->registrar.sign_key, r->m->server.sign_key);
}

static void log_key_of_small_order(tb_attack_run *r, tb_maker_plan *plan)
{
	static const uint8_t one[32] = {1};

	put_key(plan, r->m->server.ed_key, one);
}

static void signed_by_another(tb_attack_run *r, tb_maker_plan *plan)
{
	plan->key = r->m->server.sign;
}

/* B-05: a second manifest, of another title, while the polls are open. */
static void second_manifest(tb_attack_run *r)
{
	tb_maker_plan plan;

	tb_attack_begin(r);
	tb_maker_until_open(r->m);
	tb_maker_vote(r->m, 0);
	tb_maker_plan_init(r->m, &plan, TB_ENTRY_MANIFEST, "admin");
	plan.binding.has_election = plan.binding.has_context = false;
	TB_REQUIRE(tb_manifest_write(&plan.payload, &r->m->manifest) == TB_OK);
	tb_attack_replace(&plan.payload, "Spring", "Autumn");
	tb_attack_here(r);
	tb_maker_post(r->m, &plan);
	tb_maker_vote(r->m, 1);
	tb_maker_close(r->m);
}

/* B-09: extensions that the rules do not allow. */
static void extend(tb_attack_run *r, uint64_t now, uint64_t closes)
{
	tb_maker *m;

	tb_attack_begin(r);
	m = r->m;
	tb_maker_until_voted(m);
	m->now = now;
	tb_attack_here(r);
	tb_maker_extend(m, closes);
	tb_maker_close(m);
}

#define OPENS (22000 * UINT64_C(86400))
#define CLOSES (OPENS + 7 * UINT64_C(86400))

static void extend_after_the_end(tb_attack_run *r)
{
	extend(r, CLOSES, CLOSES + 3600);
}

static void extend_backwards(tb_attack_run *r)
{
	extend(r, OPENS + 3600, CLOSES - 3600);
}

static void extend_beyond_sixty_days(tb_attack_run *r)
{
	extend(r, OPENS + 3600, OPENS + 61 * UINT64_C(86400));
}

const tb_attack tb_attacks_manifest[] = {
	CASE("B-01a", "an unknown group", "MANIFEST", "\"ristretto255\"", "\"modp2048\""),
	CASE("B-01b", "group parameters of its own", "MANIFEST", "\"group\":\"ristretto255\"",
		"\"group\":{\"p\":23,\"g\":4}"),
	{.id = "B-05",
		.text = "a second manifest after the opening",
		.attacker = "admin and server",
		.check = TB_CHECK_ENTRIES,
		.rule = "ENTRY.ORDER",
		.where = "type",
		.num = 1,
		.make = second_manifest,
		.config = SMALL},
	CASE_FULL("B-06a", "two questions with one id", "MANIFEST.QUESTIONS", "\"id\":\"projects\"",
		"\"id\":\"board\""),
	CASE_FULL(
		"B-06b", "two options with one id", "MANIFEST.QUESTIONS", "\"id\":\"dan\"", "\"id\":\"ada\""),
	CASE_FULL("B-06c", "a candidate listed twice, under two ids", "MANIFEST.QUESTIONS",
		"\"label\":\"dan\"", "\"label\":\"ada\""),
	CASE("B-07a", "min above max", "MANIFEST.QUESTIONS", "\"min\":0,\"max\":1", "\"min\":2,\"max\":1"),
	CASE("B-07b", "max above the number of options", "MANIFEST.QUESTIONS", "\"min\":0,\"max\":1",
		"\"min\":0,\"max\":3"),
	CASE("B-07c", "max 0", "MANIFEST.QUESTIONS", "\"min\":0,\"max\":1", "\"min\":0,\"max\":0"),
	CASE_FULL("B-07d", "a score question with maximum 0", "MANIFEST.QUESTIONS", "\"score_max\":5",
		"\"score_max\":0"),
	CASE_FULL("B-07e", "a score above 255", "MANIFEST.QUESTIONS", "\"max\":15,\"score_max\":5",
		"\"max\":768,\"score_max\":256"),
	CASE("B-07f", "more winners than options", "MANIFEST.QUESTIONS", "\"winners\":1", "\"winners\":3"),
	CASE("B-07g", "blank offered although choosing nothing is allowed", "MANIFEST.QUESTIONS",
		"\"blank\":false", "\"blank\":true"),
	CASE("B-08a", "threshold 0", "MANIFEST.THRESHOLD", "\"threshold\":2", "\"threshold\":0"),
	CASE("B-08b", "a threshold above the number of trustees", "MANIFEST.THRESHOLD", "\"threshold\":2",
		"\"threshold\":4"),
	CASE("B-09a", "polls that end when they open", "MANIFEST.WINDOW", "\"closes\":1901404800",
		"\"closes\":1900800000"),
	CASE("B-09b", "polls that end before they open", "MANIFEST.WINDOW", "\"closes\":1901404800",
		"\"closes\":1900713600"),
	CASE("B-09c", "a window of 61 days", "MANIFEST.WINDOW", "\"closes\":1901404800",
		"\"closes\":1906070400"),
	CASE("B-09d", "an end between two granules", "MANIFEST.WINDOW", "\"closes\":1901404800",
		"\"closes\":1901404801"),
	{.id = "B-09e",
		.text = "an extension after the end",
		.attacker = "admin and server",
		.check = TB_CHECK_CLOSE,
		.rule = "EXTEND",
		.where = "time",
		.make = extend_after_the_end,
		.config = SMALL},
	{.id = "B-09f",
		.text = "an end that is moved forward",
		.attacker = "admin",
		.check = TB_CHECK_CLOSE,
		.rule = "EXTEND",
		.where = "payload.closes",
		.num = 1,
		.make = extend_backwards,
		.config = SMALL},
	{.id = "B-09g",
		.text = "an extension to 61 days",
		.attacker = "admin",
		.check = TB_CHECK_CLOSE,
		.rule = "EXTEND",
		.where = "payload.closes",
		.num = 1,
		.make = extend_beyond_sixty_days,
		.config = SMALL},
	CASE("B-10a", "a question without an approval rule", "JSON.CANONICAL",
		",\"approval\":{\"base\":\"ballots\",\"fraction\":[1,2],\"strict\":true}", ""),
	CASE("B-10b", "an approval fraction above 1", "MANIFEST.QUESTIONS", "\"fraction\":[1,2]",
		"\"fraction\":[3,2]"),
	CASE("B-10c", "a quorum with denominator 0", "MANIFEST.QUESTIONS", "\"fraction\":[1,4]",
		"\"fraction\":[0,0]"),
	{.id = "B-13a",
		.text = "a trustee's transport key that is the identity",
		.attacker = "admin",
		.check = TB_CHECK_MANIFEST,
		.rule = "MANIFEST.KEYS",
		.num = 1,
		.type = TB_ENTRY_MANIFEST,
		.edit = trustee_key_is_identity,
		.until = TB_UNTIL_MANIFEST,
		.config = SMALL},
	{.id = "B-13b",
		.text = "two trustees with one signing key",
		.attacker = "admin",
		.check = TB_CHECK_MANIFEST,
		.rule = "MANIFEST.KEYS",
		.num = 1,
		.type = TB_ENTRY_MANIFEST,
		.edit = two_trustees_with_one_key,
		.until = TB_UNTIL_MANIFEST,
		.config = SMALL},
	{.id = "B-13c",
		.text = "the server as its own registrar",
		.attacker = "admin",
		.check = TB_CHECK_MANIFEST,
		.rule = "MANIFEST.KEYS",
		.num = 1,
		.type = TB_ENTRY_MANIFEST,
		.edit = registrar_is_server,
		.until = TB_UNTIL_MANIFEST,
		.config = SMALL},
	{.id = "B-13d",
		.text = "a log key of small order, under which one signature fits everything",
		.attacker = "server",
		.check = TB_CHECK_MANIFEST,
		.rule = "MANIFEST.KEYS",
		.num = 1,
		.type = TB_ENTRY_MANIFEST,
		.edit = log_key_of_small_order,
		.until = TB_UNTIL_MANIFEST,
		.config = SMALL},
	{.id = "B-14",
		.text = "a manifest that its admin has not signed",
		.attacker = "server",
		.check = TB_CHECK_SIGNATURES,
		.rule = "ENTRY.SIGNATURE",
		.where = "signature",
		.num = 1,
		.type = TB_ENTRY_MANIFEST,
		.edit = signed_by_another,
		.until = TB_UNTIL_RESULT,
		.config = SMALL},
	CASE("B-15", "an e-mail address as an option's id", "ID", "\"id\":\"yes\"",
		"\"id\":\"yes@example.org\""),
	CASE("B-16", "a link that runs a script", "TEXT", "\"link\":\"\"",
		"\"link\":\"javascript:alert(1)\""),
	{0},
};

/* SPDX-License-Identifier: Apache-2.0 */
#include "core/election/client_list.h"
#include "tests/support/attack.h"

/* U-12: what the server says of its web client [CLIENT]. */

#define WITH_CLIENT                                                                                          \
	{                                                                                                    \
		.small = true, .num_endorsers = 1, .client = true                                            \
	}

static void same_again(tb_attack_run *r)
{
	tb_attack_begin(r);
	tb_maker_until_voted(r->m);
	tb_attack_here(r);
	tb_maker_client(r->m, 1);
	tb_maker_close(r->m);
}

static void before_the_certificates(tb_attack_run *r)
{
	tb_attack_begin(r);
	tb_maker_manifest(r->m);
	tb_attack_here(r);
	tb_maker_client(r->m, 0);
	tb_maker_roll(r->m);
}

static void after_the_close(tb_attack_run *r)
{
	tb_attack_begin(r);
	tb_maker_until_voted(r->m);
	tb_maker_close(r->m);
	tb_attack_here(r);
	tb_maker_client(r->m, 2);
}

static void another_key(tb_attack_run *r, tb_maker_plan *plan)
{
	plan->key = r->m->admin.sign;
}

#define PAYLOAD(number, words, one, other)                                                                   \
	{                                                                                                    \
		.id = (number), .text = (words), .attacker = "server", .check = TB_CHECK_ENTRIES,            \
		.rule = "CLIENT", .num = 1, .type = TB_ENTRY_CLIENT, .which = 1, .from = (one),              \
		.to = (other), .until = TB_UNTIL_RESULT, .config = WITH_CLIENT                               \
	}

const tb_attack tb_attacks_client[] = {
	{.id = "OK-client",
		.text = "nothing: a web client, and another one while votes are cast",
		.attacker = "nobody",
		.type = TB_ENTRY_CANCEL,
		.until = TB_UNTIL_RESULT,
		.config = WITH_CLIENT},
	{.id = "U-12a",
		.text = "the same web client named again",
		.attacker = "server",
		.check = TB_CHECK_ENTRIES,
		.rule = "CLIENT.CHANGED",
		.where = "payload",
		.num = 1,
		.make = same_again,
		.config = WITH_CLIENT},
	{.id = "U-12b",
		.text = "a web client named before the last certificate",
		.attacker = "server",
		.check = TB_CHECK_ENTRIES,
		.rule = "ENTRY.ORDER",
		.where = "type",
		.num = 1,
		.make = before_the_certificates,
		.config = WITH_CLIENT},
	{.id = "U-12c",
		.text = "a web client named after the close",
		.attacker = "server",
		.check = TB_CHECK_ENTRIES,
		.rule = "ENTRY.ORDER",
		.where = "type",
		.num = 1,
		.make = after_the_close,
		.config = WITH_CLIENT},
	PAYLOAD("U-12d", "a web client with one address twice", "\"/client/style-00000000000000aa.css\"",
		"\"/\""),
	PAYLOAD("U-12e", "a web client whose addresses are not in order", "\"/e/spring/vote\"", "\"/a\""),
	PAYLOAD("U-12f", "a web client with an address that leads elsewhere", "\"/e/spring/vote\"",
		"\"/e/../vote\""),
	PAYLOAD("U-12g", "a web client with an address on another server", "\"/e/spring/vote\"",
		"\"//example.org/vote\""),
	{.id = "U-12h",
		.text = "a web client that the server has not signed",
		.attacker = "a mirror",
		.check = TB_CHECK_SIGNATURES,
		.rule = "ENTRY.SIGNATURE",
		.where = "signature",
		.num = 1,
		.type = TB_ENTRY_CLIENT,
		.edit = another_key,
		.until = TB_UNTIL_RESULT,
		.config = WITH_CLIENT},
	{0},
};

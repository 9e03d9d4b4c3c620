/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "core/base/base64.h"
#include "tests/support/attack.h"

/* A: second spellings and malformed bytes. */

#define SMALL                                                                                                \
	{                                                                                                    \
		.small = true, .num_endorsers = 1                                                            \
	}
#define WITH_NOTICE                                                                                          \
	{                                                                                                    \
		.small = true, .num_endorsers = 1, .extras = true                                            \
	}

/* The unused bits of the last base64 character set: the same bytes, spelt in another way. */
static void spell_base64_otherwise(tb_attack_run *r, tb_buf *bytes)
{
	uint8_t *end = memmem(bytes->data, bytes->len, "=\",\"signature\"", 14);

	(void)r;
	TB_REQUIRE(end != NULL);
	if (end[-1] == '=')
		end--;
	end[-1] = (uint8_t)(end[-1] == 'z' ? '0' : end[-1] == 'Z' ? 'a' : end[-1] == '9' ? '+' : end[-1] + 1);
}

static void nest_deeply(tb_attack_run *r, tb_maker_plan *plan)
{
	(void)r;
	tb_buf_clear(&plan->payload);
	tb_buf_text(&plan->payload, "{\"text\":");
	for (int i = 0; i < 20; i++)
		tb_buf_text(&plan->payload, "[");
	for (int i = 0; i < 20; i++)
		tb_buf_text(&plan->payload, "]");
	tb_buf_text(&plan->payload, "}");
}

static void write_too_much(tb_attack_run *r, tb_maker_plan *plan)
{
	(void)r;
	tb_buf_clear(&plan->payload);
	tb_buf_text(&plan->payload, "{\"text\":\"");
	for (int i = 0; i < 2001; i++)
		tb_buf_text(&plan->payload, "0123456789");
	tb_buf_text(&plan->payload, "\"}");
}

static void shout(tb_attack_run *r, tb_maker_plan *plan)
{
	char *at;

	(void)r;
	(void)tb_buf_cstr(&plan->payload);
	at = strstr((char *)plan->payload.data, "\"root\":\"");
	TB_REQUIRE(at != NULL);
	for (at += 8; *at != '"'; at++)
		if (*at >= 'a')
			*at = (char)(*at - 'a' + 'A');
}

static void longer(tb_attack_run *r, tb_maker_plan *plan)
{
	(void)r;
	tb_buf_u8(&plan->payload, 0);
	plan->is_signed = false;
}

static void shorter(tb_attack_run *r, tb_maker_plan *plan)
{
	(void)r;
	plan->payload.len--;
	plan->is_signed = false;
}

/* The encodings that RFC 9496 wants refused, as A_1 of a ballot. */
static void put_point(tb_attack_run *r, tb_maker_plan *plan, const char *hex)
{
	TB_REQUIRE(tb_hex_parse_fixed(tb_attack_part(r->m, plan, 0), 32, hex, 64) == TB_OK);
	plan->is_signed = false;
}

static void point_not_reduced(tb_attack_run *r, tb_maker_plan *plan)
{
	put_point(r, plan, "f3ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f");
}

static void point_negative(tb_attack_run *r, tb_maker_plan *plan)
{
	put_point(r, plan, "0100000000000000000000000000000000000000000000000000000000000000");
}

static void point_not_square(tb_attack_run *r, tb_maker_plan *plan)
{
	put_point(r, plan, "26948d35ca62e643e26a83177332e6b6afeb9d08e4268b650f1f5bbd8d81d371");
}

/* The order of ristretto255, little-endian. */
static const uint8_t order[32] = {0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2,
	0xde, 0xf9, 0xde, 0x14, [31] = 0x10};

static void add_order(uint8_t scalar[32])
{
	unsigned carry = 0;

	for (int i = 0; i < 32; i++) {
		carry += (unsigned)scalar[i] + order[i];
		scalar[i] = (uint8_t)carry;
		carry >>= 8;
	}
}

/* zd is the last scalar of a ballot. */
static void scalar_not_reduced(tb_attack_run *r, tb_maker_plan *plan)
{
	(void)r;
	add_order(plan->payload.data + plan->payload.len - 32);
	plan->is_signed = false;
}

static void scalar_with_high_bits(tb_attack_run *r, tb_maker_plan *plan)
{
	(void)r;
	plan->payload.data[plan->payload.len - 1] |= 0xe0;
	plan->is_signed = false;
}

static void signature_not_reduced(tb_attack_run *r, tb_maker_plan *plan)
{
	(void)r;
	add_order(plan->signature + 32);
}

const tb_attack tb_attacks_bytes[] = {
	{.id = "A-01",
		.text = "a point of a ballot whose encoding is not reduced",
		.attacker = "voter",
		.check = TB_CHECK_BALLOTS,
		.rule = "BALLOT.POINTS",
		.num = 1,
		.type = TB_ENTRY_BALLOT,
		.which = 1,
		.edit = point_not_reduced,
		.until = TB_UNTIL_CLOSE,
		.config = SMALL},
	{.id = "A-02a",
		.text = "a point of a ballot that is a negative field element",
		.attacker = "voter",
		.check = TB_CHECK_BALLOTS,
		.rule = "BALLOT.POINTS",
		.num = 1,
		.type = TB_ENTRY_BALLOT,
		.which = 1,
		.edit = point_negative,
		.until = TB_UNTIL_CLOSE,
		.config = SMALL},
	{.id = "A-02b",
		.text = "bytes of a ballot that are no point at all",
		.attacker = "voter",
		.check = TB_CHECK_BALLOTS,
		.rule = "BALLOT.POINTS",
		.num = 1,
		.type = TB_ENTRY_BALLOT,
		.which = 1,
		.edit = point_not_square,
		.until = TB_UNTIL_CLOSE,
		.config = SMALL},
	{.id = "A-03a",
		.text = "a byte after the ballot's last part",
		.attacker = "voter",
		.check = TB_CHECK_BALLOTS,
		.rule = "BALLOT.PAYLOAD",
		.num = 1,
		.type = TB_ENTRY_BALLOT,
		.which = 1,
		.edit = longer,
		.until = TB_UNTIL_RESULT,
		.config = SMALL},
	{.id = "A-03b",
		.text = "a ballot without its last byte",
		.attacker = "voter",
		.check = TB_CHECK_BALLOTS,
		.rule = "BALLOT.PAYLOAD",
		.num = 1,
		.type = TB_ENTRY_BALLOT,
		.which = 1,
		.edit = shorter,
		.until = TB_UNTIL_RESULT,
		.config = SMALL},
	{.id = "A-03c",
		.text = "a byte after a trustee's commitments",
		.attacker = "trustee",
		.check = TB_CHECK_CEREMONY,
		.rule = "CEREMONY.COMMIT",
		.num = 1,
		.type = TB_ENTRY_TRUSTEE_COMMIT,
		.which = 2,
		.edit = longer,
		.until = TB_UNTIL_COMMIT,
		.config = SMALL},
	{.id = "A-03d",
		.text = "a byte after a trustee's shares",
		.attacker = "trustee",
		.check = TB_CHECK_SHARES,
		.rule = "DECRYPT.SHARE",
		.num = 1,
		.type = TB_ENTRY_DECRYPT,
		.which = 0,
		.edit = longer,
		.until = TB_UNTIL_DECRYPT,
		.config = SMALL},
	{.id = "A-04a",
		.text = "a response of a ballot's proof with the group order added",
		.attacker = "anybody who resends it",
		.check = TB_CHECK_BALLOTS,
		.rule = "BALLOT.POINTS",
		.num = 1,
		.type = TB_ENTRY_BALLOT,
		.which = 1,
		.edit = scalar_not_reduced,
		.until = TB_UNTIL_CLOSE,
		.config = SMALL},
	{.id = "A-04b",
		.text = "a ballot's signature with the group order added to z",
		.attacker = "anybody who resends it",
		.check = TB_CHECK_BALLOT_SIGNATURES,
		.rule = "ENTRY.SIGNATURE",
		.num = 1,
		.type = TB_ENTRY_BALLOT,
		.which = 1,
		.edit = signature_not_reduced,
		.until = TB_UNTIL_RESULT,
		.config = SMALL},
	{.id = "A-05",
		.text = "a response of a ballot's proof with high bits set",
		.attacker = "voter",
		.check = TB_CHECK_BALLOTS,
		.rule = "BALLOT.POINTS",
		.num = 1,
		.type = TB_ENTRY_BALLOT,
		.which = 1,
		.edit = scalar_with_high_bits,
		.until = TB_UNTIL_CLOSE,
		.config = SMALL},
	{.id = "A-06a",
		.text = "base64 whose unused bits are set: a second spelling of the same bytes",
		.attacker = "server",
		.check = TB_CHECK_ENTRIES,
		.rule = "BASE64",
		.where = "payload",
		.num = 1,
		.type = TB_ENTRY_NOTICE,
		.rewrite = spell_base64_otherwise,
		.until = TB_UNTIL_RESULT,
		.config = WITH_NOTICE},
	{.id = "A-06b",
		.text = "upper-case hex in the root that close names",
		.attacker = "server",
		.check = TB_CHECK_CLOSE,
		.rule = "BASE64",
		.where = "payload.root",
		.num = 1,
		.type = TB_ENTRY_CLOSE,
		.edit = shout,
		.until = TB_UNTIL_CLOSE,
		.config = SMALL},
	{.id = "A-06c",
		.text = "white space in an envelope",
		.attacker = "server",
		.check = TB_CHECK_ENTRIES,
		.rule = "JSON.CANONICAL",
		.num = 1,
		.type = TB_ENTRY_NOTICE,
		.from = "\"time\":",
		.to = "\"time\": ",
		.in_bytes = true,
		.until = TB_UNTIL_RESULT,
		.config = WITH_NOTICE},
	{.id = "A-06d",
		.text = "white space in a signed payload",
		.attacker = "admin",
		.check = TB_CHECK_ENTRIES,
		.rule = "JSON.CANONICAL",
		.num = 1,
		.type = TB_ENTRY_NOTICE,
		.from = "{\"text\":",
		.to = "{ \"text\":",
		.until = TB_UNTIL_RESULT,
		.config = WITH_NOTICE},
	{.id = "A-06e",
		.text = "an escape where none is needed",
		.attacker = "admin",
		.check = TB_CHECK_ENTRIES,
		.rule = "JSON.CANONICAL",
		.num = 1,
		.type = TB_ENTRY_NOTICE,
		.from = "server",
		.to = "\\u0073erver",
		.until = TB_UNTIL_RESULT,
		.config = WITH_NOTICE},
	{.id = "A-07a",
		.text = "a member twice in an envelope",
		.attacker = "server",
		.check = TB_CHECK_ENTRIES,
		.rule = "JSON.CANONICAL",
		.num = 1,
		.type = TB_ENTRY_NOTICE,
		.from = ",\"signer\"",
		.to = ",\"time\":1900800000,\"signer\"",
		.in_bytes = true,
		.until = TB_UNTIL_RESULT,
		.config = WITH_NOTICE},
	{.id = "A-07b",
		.text = "a member twice in the manifest",
		.attacker = "admin",
		.check = TB_CHECK_MANIFEST,
		.rule = "JSON.CANONICAL",
		.num = 1,
		.type = TB_ENTRY_MANIFEST,
		.from = "\"threshold\":2,",
		.to = "\"threshold\":2,\"threshold\":1,",
		.until = TB_UNTIL_MANIFEST,
		.config = SMALL},
	{.id = "A-08a",
		.text = "an unknown member in an envelope",
		.attacker = "server",
		.check = TB_CHECK_ENTRIES,
		.rule = "JSON.CANONICAL",
		.num = 1,
		.type = TB_ENTRY_NOTICE,
		.from = "{\"type\"",
		.to = "{\"note\":\"x\",\"type\"",
		.in_bytes = true,
		.until = TB_UNTIL_RESULT,
		.config = WITH_NOTICE},
	{.id = "A-08b",
		.text = "an unknown member in the manifest",
		.attacker = "admin",
		.check = TB_CHECK_MANIFEST,
		.rule = "JSON.CANONICAL",
		.num = 1,
		.type = TB_ENTRY_MANIFEST,
		.from = "\"questions\":[{",
		.to = "\"questions\":[{\"secret\":true,",
		.until = TB_UNTIL_MANIFEST,
		.config = SMALL},
	{.id = "A-10a",
		.text = "bytes that are not UTF-8 in the title",
		.attacker = "admin",
		.check = TB_CHECK_MANIFEST,
		.rule = "JSON.CANONICAL",
		.num = 1,
		.type = TB_ENTRY_MANIFEST,
		.from = "Spring",
		.to = "Spr\xc0\xafng",
		.until = TB_UNTIL_MANIFEST,
		.config = SMALL},
	{.id = "A-10b",
		.text = "a decomposed letter in the title: two titles that look the same",
		.attacker = "admin",
		.check = TB_CHECK_MANIFEST,
		.rule = "TEXT",
		.num = 1,
		.type = TB_ENTRY_MANIFEST,
		.from = "Spring",
		.to = "Spring e\xcc\x81",
		.until = TB_UNTIL_MANIFEST,
		.config = SMALL},
	{.id = "A-10c",
		.text = "a bidirectional control in an option's label",
		.attacker = "admin",
		.check = TB_CHECK_MANIFEST,
		.rule = "TEXT",
		.num = 1,
		.type = TB_ENTRY_MANIFEST,
		.from = "\"label\":\"yes\"",
		.to = "\"label\":\"yes\xe2\x80\xae\"",
		.until = TB_UNTIL_MANIFEST,
		.config = SMALL},
	{.id = "A-10d",
		.text = "a bidirectional control in a voter's label",
		.attacker = "registrar",
		.check = TB_CHECK_ROLL,
		.rule = "TEXT",
		.num = 1,
		.type = TB_ENTRY_ROLL,
		.from = ",\"v0000001\"",
		.to = ",\"v0000001\xe2\x80\x8f\"",
		.until = TB_UNTIL_ROLL,
		.config = SMALL},
	{.id = "A-11a",
		.text = "a payload nested 21 deep",
		.attacker = "admin",
		.check = TB_CHECK_ENTRIES,
		.rule = "JSON.CANONICAL",
		.num = 1,
		.type = TB_ENTRY_NOTICE,
		.edit = nest_deeply,
		.until = TB_UNTIL_RESULT,
		.config = WITH_NOTICE},
	{.id = "A-11b",
		.text = "a text of 20,010 bytes",
		.attacker = "admin",
		.check = TB_CHECK_ENTRIES,
		.rule = "TEXT",
		.num = 1,
		.type = TB_ENTRY_NOTICE,
		.edit = write_too_much,
		.until = TB_UNTIL_RESULT,
		.config = WITH_NOTICE},
	{.id = "A-13a",
		.text = "the close's count spelt 5.0",
		.attacker = "server",
		.check = TB_CHECK_CLOSE,
		.rule = "JSON.CANONICAL",
		.num = 1,
		.type = TB_ENTRY_CLOSE,
		.from = "\"ballots\":5",
		.to = "\"ballots\":5.0",
		.until = TB_UNTIL_CLOSE,
		.config = SMALL},
	{.id = "A-13b",
		.text = "the close's count spelt 05e0",
		.attacker = "server",
		.check = TB_CHECK_CLOSE,
		.rule = "JSON.CANONICAL",
		.num = 1,
		.type = TB_ENTRY_CLOSE,
		.from = "\"ballots\":5",
		.to = "\"ballots\":5e0",
		.until = TB_UNTIL_CLOSE,
		.config = SMALL},
	{.id = "A-13c",
		.text = "the members of close in another order",
		.attacker = "server",
		.check = TB_CHECK_CLOSE,
		.rule = "JSON.CANONICAL",
		.num = 1,
		.type = TB_ENTRY_CLOSE,
		.from = "\"ballots\":5,\"voters\":5",
		.to = "\"voters\":5,\"ballots\":5",
		.until = TB_UNTIL_CLOSE,
		.config = SMALL},
	{0},
};

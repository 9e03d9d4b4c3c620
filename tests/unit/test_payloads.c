/* SPDX-License-Identifier: Apache-2.0 */
#include "core/election/payloads.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#define H1 "0001020304050607080910111213141516171819202122232425262728293031"
#define H2 "f001020304050607080910111213141516171819202122232425262728293031"
/* the generator of ristretto255 */
#define KEY "4vKuCmq8TnGohKlhxQBRX1jjC2qlgt2NtqZZReCNLXY="
#define IDENTITY "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
#define COSIGNATURE                                                                                          \
	"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygpKissLS4vMDEyMzQ1Njc4OTo7PD0+P0BBQkNERUZH"

/* Parses `text` as a payload of the kind, and when that succeeds writes it again into *out. */
typedef tb_err again_fn(tb_buf *out, const char *text, tb_fault *fault);

static tb_err again_open(tb_buf *out, const char *text, tb_fault *fault)
{
	tb_open p;
	tb_err err = tb_open_parse(&p, tb_group_ristretto255(), text, strlen(text), fault);

	return err == TB_OK ? tb_open_write(out, &p) : err;
}

static tb_err again_close(tb_buf *out, const char *text, tb_fault *fault)
{
	tb_close p;
	tb_err err = tb_close_parse(&p, text, strlen(text), fault);

	return err == TB_OK ? tb_close_write(out, &p) : err;
}

static tb_err again_extend(tb_buf *out, const char *text, tb_fault *fault)
{
	tb_extend p;
	tb_err err = tb_extend_parse(&p, text, strlen(text), fault);

	if (err == TB_OK)
		err = tb_extend_write(out, &p);
	tb_extend_release(&p);
	return err;
}

/* [NOTICE] */
static tb_err again_notice(tb_buf *out, const char *text, tb_fault *fault)
{
	char *words;
	tb_err err = tb_notice_parse(&words, text, strlen(text), fault);

	if (err == TB_OK)
		err = tb_notice_write(out, words);
	free(words);
	return err;
}

/* [CANCEL] */
static tb_err again_cancel(tb_buf *out, const char *text, tb_fault *fault)
{
	char *words;
	tb_err err = tb_cancel_parse(&words, text, strlen(text), fault);

	if (err == TB_OK)
		err = tb_cancel_write(out, words);
	free(words);
	return err;
}

static tb_err again_change(tb_buf *out, const char *text, tb_fault *fault)
{
	tb_roll_change p;
	tb_err err = tb_roll_change_parse(&p, text, strlen(text), fault);

	if (err == TB_OK)
		err = tb_roll_change_write(out, &p);
	tb_roll_change_release(&p);
	return err;
}

static tb_err again_endorse(tb_buf *out, const char *text, tb_fault *fault)
{
	tb_endorsement p;
	tb_err err = tb_endorsement_parse(&p, text, strlen(text), fault);

	return err == TB_OK ? tb_endorsement_write(out, &p) : err;
}

static const struct {
	again_fn *again;
	const char *text;
} GOOD[] = {
	{again_open, "{\"size\":12,\"root\":\"" H1 "\",\"public_key\":\"" KEY "\"}"},
	{again_close, "{\"size\":9007199254740991,\"root\":\"" H1 "\",\"ballots\":0,\"voters\":7}"},
	{again_extend, "{\"closes\":1805112000,\"reason\":\"Rain.\\nMuch \\\"rain\\\".\"}"},
	{again_extend, "{\"closes\":0,\"reason\":\"\"}"},
	{again_notice, "{\"text\":\"Gr\xc3\xbc\xc3\x9f"
		       "e\"}"},
	{again_cancel, "{\"reason\":\"x\"}"},
	{again_change,
		"{\"action\":\"add\",\"voter\":\"a.b\",\"label\":\"A B\",\"weight\":1000000,\"key\":\"" KEY
		"\",\"reason\":\"late\"}"},
	{again_change, "{\"action\":\"remove\",\"voter\":\"a.b\",\"label\":\"\",\"weight\":0,\"key\":\"\","
		       "\"reason\":\"left\"}"},
	{again_change,
		"{\"action\":\"credential\",\"voter\":\"a.b\",\"label\":\"\",\"weight\":0,\"key\":\"" KEY
		"\",\"reason\":\"lost\"}"},
	{again_endorse, "{\"close\":\"" H1 "\",\"size\":5,\"root\":\"" H2 "\",\"counted\":\"" H1
			"\",\"ballots\":2,\"aggregates\":\"" H2 "\",\"cosignature\":\"" COSIGNATURE "\"}"},
};

static const struct {
	again_fn *again;
	const char *text, *rule, *where;
} BAD[] = {
	{again_open, "{\"size\":12,\"root\":\"" H1 "\",\"public_key\":\"\"}", "OPEN", "public_key"},
	{again_open, "{\"size\":12,\"root\":\"00\",\"public_key\":\"" KEY "\"}", "OPEN", "root"},
	{again_open, "{\"root\":\"" H1 "\",\"size\":12,\"public_key\":\"" KEY "\"}", "JSON.CANONICAL", NULL},
	{again_open, "{\"size\":12,\"root\":\"" H1 "\",\"public_key\":\"" KEY "\",\"x\":1}", "JSON.CANONICAL",
		"x"},
	{again_open, "{\"size\":12,\"root\":\"" H1 "\",\"public_key\":\"" KEY "\"} ", "JSON.CANONICAL", NULL},
	{again_close, "{\"size\":1,\"root\":\"" H1 "\",\"ballots\":0}", "JSON.CANONICAL", "voters"},
	{again_close, "{\"size\":1,\"root\":\"" H1 "\",\"ballots\":\"0\",\"voters\":7}", "CLOSE", "ballots"},
	{again_extend, "{\"closes\":1,\"reason\":\"\\u0007\"}", "TEXT", "reason"},
	{again_extend, "{\"closes\":-1,\"reason\":\"\"}", "JSON.CANONICAL", NULL},
	{again_notice, "{\"reason\":\"x\"}", "JSON.CANONICAL", NULL},
	{again_notice,
		"{\"text\":\"a\xe2\x80\xae"
		"b\"}",
		"TEXT", "text"},
	{again_cancel, "{\"text\":\"x\"}", "JSON.CANONICAL", NULL},
	{again_change,
		"{\"action\":\"move\",\"voter\":\"a\",\"label\":\"A\",\"weight\":1,\"key\":\"" KEY
		"\",\"reason\":\"r\"}",
		"ROLL.CHANGE", "action"},
	{again_change,
		"{\"action\":\"add\",\"voter\":\"A\",\"label\":\"A\",\"weight\":1,\"key\":\"" KEY
		"\",\"reason\":\"r\"}",
		"ID", "voter"},
	{again_change,
		"{\"action\":\"add\",\"voter\":\"a@b.org\",\"label\":\"A\",\"weight\":1,\"key\":\"" KEY
		"\",\"reason\":\"r\"}",
		"ID", "voter"},
	{again_change,
		"{\"action\":\"add\",\"voter\":\"a\",\"label\":\"\",\"weight\":1,\"key\":\"" KEY
		"\",\"reason\":\"r\"}",
		"TEXT", "label"},
	{again_change,
		"{\"action\":\"add\",\"voter\":\"a\",\"label\":\"A\",\"weight\":0,\"key\":\"" KEY
		"\",\"reason\":\"r\"}",
		"ROLL.CHANGE", "weight"},
	{again_change,
		"{\"action\":\"add\",\"voter\":\"a\",\"label\":\"A\",\"weight\":1000001,\"key\":\"" KEY
		"\",\"reason\":\"r\"}",
		"ROLL.CHANGE", "weight"},
	{again_change,
		"{\"action\":\"add\",\"voter\":\"a\",\"label\":\"A\",\"weight\":1,\"key\":\"\",\"reason\":"
		"\"r\"}",
		"ROLL.CHANGE", "key"},
	{again_change,
		"{\"action\":\"add\",\"voter\":\"a\",\"label\":\"A\",\"weight\":1,\"key\":\"" IDENTITY
		"\",\"reason\":\"r\"}",
		"ROLL.KEYS", "key"},
	{again_change,
		"{\"action\":\"add\",\"voter\":\"a\",\"label\":\"A\",\"weight\":1,\"key\":\"" KEY
		"\",\"reason\":\"\"}",
		"ROLL.CHANGE", "reason"},
	{again_change,
		"{\"action\":\"remove\",\"voter\":\"a\",\"label\":\"A\",\"weight\":0,\"key\":\"\",\"reason\":"
		"\"r\"}",
		"ROLL.CHANGE", "label"},
	{again_change,
		"{\"action\":\"remove\",\"voter\":\"a\",\"label\":\"\",\"weight\":1,\"key\":\"\",\"reason\":"
		"\"r\"}",
		"ROLL.CHANGE", "weight"},
	{again_change,
		"{\"action\":\"remove\",\"voter\":\"a\",\"label\":\"\",\"weight\":0,\"key\":\"" KEY
		"\",\"reason\":\"r\"}",
		"ROLL.CHANGE", "key"},
	{again_change,
		"{\"action\":\"credential\",\"voter\":\"a\",\"label\":\"\",\"weight\":0,\"key\":\"" IDENTITY
		"\",\"reason\":\"r\"}",
		"ROLL.KEYS", "key"},
	{again_endorse,
		"{\"close\":\"" H1 "\",\"size\":5,\"root\":\"" H2 "\",\"counted\":\"" H1
		"\",\"ballots\":2,\"aggregates\":\"" H2 "\",\"cosignature\":\"AAAA\"}",
		"ENDORSE", "cosignature"},
	{again_endorse,
		"{\"close\":\"F0\",\"size\":5,\"root\":\"" H2 "\",\"counted\":\"" H1
		"\",\"ballots\":2,\"aggregates\":\"" H2 "\",\"cosignature\":\"AAAA\"}",
		"BASE64", "close"},
};

static void test_write_gives_back_what_parse_read(void **state)
{
	tb_fault fault;
	tb_buf out;

	(void)state;
	tb_buf_init(&out, 100000);
	for (size_t i = 0; i < sizeof GOOD / sizeof GOOD[0]; i++) {
		tb_buf_clear(&out);
		assert_int_equal(GOOD[i].again(&out, GOOD[i].text, &fault), TB_OK);
		assert_string_equal(tb_buf_cstr(&out), GOOD[i].text);
	}
	tb_buf_release(&out);
}

static void test_what_is_wrong_is_named(void **state)
{
	tb_fault fault;
	tb_buf out;

	(void)state;
	tb_buf_init(&out, 100000);
	for (size_t i = 0; i < sizeof BAD / sizeof BAD[0]; i++) {
		memset(&fault, 0, sizeof fault);
		if (BAD[i].again(&out, BAD[i].text, &fault) != TB_ERR_RULE ||
			strcmp(fault.rule, BAD[i].rule) != 0 ||
			(BAD[i].where != NULL && strcmp(fault.where, BAD[i].where) != 0))
			fail_msg("%s: %s at %s", BAD[i].text, fault.rule, fault.where);
	}
	tb_buf_release(&out);
}

/* Every payload cut anywhere, and with every byte changed, is refused or read as what it then says. */
static void test_mutations(void **state)
{
	char text[1000];
	tb_fault fault;
	tb_buf out;

	(void)state;
	tb_buf_init(&out, 100000);
	for (size_t i = 0; i < sizeof GOOD / sizeof GOOD[0]; i++) {
		size_t len = strlen(GOOD[i].text);

		for (size_t at = 0; at < len; at++) {
			memcpy(text, GOOD[i].text, at);
			text[at] = '\0';
			assert_int_equal(GOOD[i].again(&out, text, &fault), TB_ERR_RULE);
			for (int bit = 1; bit < 256; bit *= 2) {
				memcpy(text, GOOD[i].text, len + 1);
				text[at] = (char)(text[at] ^ bit);
				tb_buf_clear(&out);
				if (GOOD[i].again(&out, text, &fault) == TB_OK)
					assert_string_equal(tb_buf_cstr(&out), text);
			}
		}
	}
	tb_buf_release(&out);
}

static void test_same_endorsement(void **state)
{
	const char *text = GOOD[sizeof GOOD / sizeof GOOD[0] - 1].text;
	tb_endorsement a, b;
	tb_fault fault;

	(void)state;
	assert_int_equal(tb_endorsement_parse(&a, text, strlen(text), &fault), TB_OK);
	b = a;
	b.cosignature[3] ^= 1;
	assert_true(tb_endorsement_same(&a, &b));
#define DIFFERS(change)                                                                                      \
	do {                                                                                                 \
		b = a;                                                                                       \
		change;                                                                                      \
		assert_false(tb_endorsement_same(&a, &b));                                                   \
	} while (0)
	DIFFERS(b.close[31] ^= 1);
	DIFFERS(b.root[0] ^= 1);
	DIFFERS(b.counted[9] ^= 1);
	DIFFERS(b.aggregates[31] ^= 1);
	DIFFERS(b.size++);
	DIFFERS(b.ballots++);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_write_gives_back_what_parse_read),
		cmocka_unit_test(test_what_is_wrong_is_named),
		cmocka_unit_test(test_mutations),
		cmocka_unit_test(test_same_endorsement),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

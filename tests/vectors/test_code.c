/* SPDX-License-Identifier: Apache-2.0 */
/* Codes [CODE.FORMAT] [CODE.SECRET], fingerprints [CONTEXT] and trackers [BALLOT.TRACKER] as another implementation reads and
 * writes them.  tb_random() is replaced at link time, so that the code of given characters is made by the program's own code. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "core/base/crockford.h"
#include "core/election/ballot.h"
#include "core/election/check.h"
#include "core/election/code.h"
#include "crypto/rand.h"
#include "tests/support/vectors.h"

static const char *wanted; /* characters of the next random code */

tb_err __wrap_tb_random(void *out, size_t len);
tb_err __wrap_tb_random(void *out, size_t len)
{
	static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
	uint8_t *value = out;

	assert_int_equal(len, strlen(wanted));
	for (size_t i = 0; i < len; i++) {
		const char *at = strchr(alphabet, wanted[i]);

		assert_non_null(at);
		value[i] = (uint8_t)(at - alphabet);
	}
	return TB_OK;
}

static void expect_code(const struct json_t *out, const tb_code *code)
{
	char text[TB_CODE_TEXT_BYTES], characters[TB_CODE_CHARS + 1] = "";

	memcpy(characters, code->character, TB_CODE_CHARS);
	tb_vector_expect_text(out, "code", characters);
	tb_code_write(text, code);
	tb_vector_expect_text(out, "printed", text);
}

static const char *make(const tb_vector *v)
{
	tb_code code;

	wanted = tb_vector_text(v->in, "secret");
	assert_int_equal(tb_code_generate(&code), TB_OK);
	expect_code(v->out, &code);
	return NULL;
}

static const char *parse(const tb_vector *v)
{
	const char *text = tb_vector_text(v->in, "text");
	tb_fault fault;
	tb_code code;

	if (tb_code_parse(&code, text, strlen(text), &fault) != TB_OK)
		return fault.rule;
	if (v->out == NULL)
		return NULL;
	expect_code(v->out, &code);
	tb_vector_expect_bytes(v->out, "secret", code.character, TB_CODE_SECRET_BYTES);
	return NULL;
}

static const char *crockford(const tb_vector *v)
{
	uint8_t hash[32] = {0}, again[TB_FINGERPRINT_BYTES];
	char text[TB_TRACKER_TEXT];

	tb_vector_exactly(hash, 16, v->in, "bytes");
	tb_ballot_tracker_text(text, hash);
	tb_vector_expect_text(v->out, "text", text);
	tb_check_fingerprint(text, hash);
	tb_vector_expect_text(v->out, "text", text);
	assert_int_equal(tb_crockford_parse(again, sizeof again, text, strlen(text)), TB_OK);
	assert_memory_equal(again, hash, sizeof again);
	return NULL;
}

int main(void)
{
	static const char *const topics[] = {"code"};
	static const tb_vector_op ops[] = {
		{"code.make", make},
		{"code.parse", parse},
		{"code.crockford", crockford},
	};

	return tb_vectors_run(topics, 1, ops, sizeof ops / sizeof ops[0]);
}

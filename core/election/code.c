/* SPDX-License-Identifier: Apache-2.0 */
#include "core/election/code.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "core/base/crockford.h"
#include "crypto/ct.h"
#include "crypto/rand.h"
#include "crypto/wipe.h"

#define GROUPS (TB_CODE_CHARS / 4)

/* ---- GF(32) = GF(2)[z]/(z^5+z^2+1), without branches or tables: the elements come from a secret ---- */

static uint32_t times_z(uint32_t a)
{
	return (a << 1 ^ (0x25 & (0 - (a >> 4)))) & 31;
}

static uint32_t multiply(uint32_t a, uint32_t b)
{
	uint32_t product = 0;

	for (int bit = 0; bit < 5; bit++) {
		product ^= a & (0 - (b >> bit & 1));
		a = times_z(a);
	}
	return product;
}

/* sum value[i] a^(num-1-i) for a = z (s[0]) and a = z^2 (s[1]). */
static void syndromes(uint32_t s[2], const uint32_t *value, size_t num)
{
	s[0] = s[1] = 0;
	for (size_t i = 0; i < num; i++) {
		s[0] = times_z(s[0]) ^ value[i];
		s[1] = times_z(times_z(s[1])) ^ value[i];
	}
}

/* ---- characters ---- */

static char to_char(uint32_t value)
{
	uint64_t c = 0;

	for (uint32_t i = 0; i < 32; i++)
		c = tb_ct_select(tb_ct_mask_equal(i, value), (uint64_t)tb_crockford_alphabet[i], c);
	return (char)c;
}

/* 0..31, or 32 for what is no character of a code. */
static uint32_t to_value(char in)
{
	uint64_t c = (unsigned char)in, value = 32;

	c -= 32 & (0 - (uint64_t)((c >= 'a') & (c <= 'z')));
	c = tb_ct_select(tb_ct_mask_equal(c, 'I') | tb_ct_mask_equal(c, 'L'), '1', c);
	c = tb_ct_select(tb_ct_mask_equal(c, 'O'), '0', c);
	for (uint32_t i = 0; i < 32; i++)
		value = tb_ct_select(tb_ct_mask_equal(c, (uint64_t)tb_crockford_alphabet[i]), i, value);
	return (uint32_t)value;
}

tb_err tb_code_generate(tb_code *out)
{
	uint8_t random[TB_CODE_SECRET_BYTES];
	uint32_t value[TB_CODE_CHARS], s[2], c26, c27;
	tb_err err;

	memset(out, 0, sizeof *out);
	err = tb_random(random, sizeof random);
	if (err != TB_OK)
		return err;
	for (size_t i = 0; i < TB_CODE_SECRET_BYTES; i++)
		value[i] = random[i] & 31; /* 32 divides 256: uniform */
	/*
	 * With p = z, r = z^2 and the syndromes S, T of the 26 characters followed by two zeroes, the check characters solve
	 * S + c26 p + c27 = 0, T + c26 r + c27 = 0:  c26 = (S + T) / (p + r), c27 = S + c26 p.
	 * z + z^2 = 6 and its inverse is 14 (test_code multiplies them).
	 */
	value[26] = value[27] = 0;
	syndromes(s, value, TB_CODE_CHARS);
	c26 = multiply(s[0] ^ s[1], 14);
	c27 = s[0] ^ times_z(c26);
	value[26] = c26;
	value[27] = c27;
	for (size_t i = 0; i < TB_CODE_CHARS; i++)
		out->character[i] = to_char(value[i]);
	tb_wipe(random, sizeof random);
	tb_wipe(value, sizeof value);
	return TB_OK;
}

/* Where one wrong character would explain the syndromes: its place 0..27, or TB_CODE_CHARS when more than one is wrong.
 * An error e at place i gives S = e z^(27-i), T = e z^(2(27-i)), so T/S names i. */
static size_t locate(const uint32_t s[2])
{
	uint32_t power = 1;

	if (s[0] == 0 || s[1] == 0)
		return TB_CODE_CHARS;
	for (size_t i = TB_CODE_CHARS; i-- > 0; power = times_z(power))
		if (multiply(s[0], power) == s[1])
			return i;
	return TB_CODE_CHARS;
}

static tb_err wrong_character(tb_fault *fault, size_t place, const char *found)
{
	char where[32];

	snprintf(where, sizeof where, "group %zu of %d", place / 4 + 1, GROUPS);
	return tb_fault_set(fault, "CODE.FORMAT", where, "28 letters and digits as printed", found);
}

/* Turns the characters into values; stops at one that is none, and counts those that are too many. */
static tb_err read_values(uint32_t *value, const char *in, size_t in_len, tb_fault *fault)
{
	size_t num = 0;

	for (size_t i = 0; i < in_len; i++) {
		uint32_t v;

		if (in[i] == ' ' || in[i] == '-')
			continue;
		v = to_value(in[i]);
		if (v > 31 && num < TB_CODE_CHARS)
			return wrong_character(
				fault, num, "a character that no code has (U, an accent, a sign)");
		if (num < TB_CODE_CHARS)
			value[num] = v;
		num++;
	}
	if (num != TB_CODE_CHARS)
		return tb_fault_setf(fault, "CODE.FORMAT", "code", "28 letters and digits: 7 groups of 4",
			"%zu characters", num);
	return TB_OK;
}

tb_err tb_code_parse(tb_code *out, const char *in, size_t in_len, tb_fault *fault)
{
	uint32_t value[TB_CODE_CHARS], s[2];
	size_t place;
	tb_err err;

	memset(out, 0, sizeof *out);
	err = read_values(value, in, in_len, fault);
	if (err == TB_OK) {
		syndromes(s, value, TB_CODE_CHARS);
		if ((s[0] | s[1]) != 0) {
			place = locate(s);
			err = place < TB_CODE_CHARS
				      ? wrong_character(fault, place, "a character that looks mistyped")
				      : tb_fault_set(fault, "CODE.FORMAT", "code",
						"28 letters and digits as printed",
						"at least two characters that look mistyped or exchanged");
		}
	}
	if (err == TB_OK)
		for (size_t i = 0; i < TB_CODE_CHARS; i++)
			out->character[i] = to_char(value[i]);
	tb_wipe(value, sizeof value);
	return err;
}

void tb_code_write(char out[TB_CODE_TEXT_BYTES], const tb_code *code)
{
	for (size_t i = 0, n = 0; i < TB_CODE_CHARS; i++) {
		out[n++] = code->character[i];
		if (i % 4 == 3)
			out[n++] = i + 1 < TB_CODE_CHARS ? '-' : '\0';
	}
}

void tb_code_wipe(tb_code *code)
{
	tb_wipe(code, sizeof *code);
}

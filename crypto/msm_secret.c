/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Straus with fixed windows of 4 bits and signed digits: the doublings are shared, a point costs 65 additions and a table of its
 * multiples 1 to 8, of which every entry is read at every digit.
 */
#include "crypto/msm_secret.h"

#include <stdlib.h>

#include "crypto/ct.h"
#include "crypto/wipe.h"

#define WIDTH 4
#define ENTRIES 8 /* P, 2P, ..., 8P */
#define DIGITS 65 /* of 256 bits, and a carry */

struct tb_msm_secret_room {
	const tb_group *g;
	size_t num;
	tb_points table; /* ENTRIES for each point */
	int8_t *digits;  /* secret; DIGITS for each point */
};

tb_err tb_msm_secret_room_new(const tb_group *g, tb_msm_secret_room **out, size_t num)
{
	tb_msm_secret_room *room;
	tb_err err;

	TB_REQUIRE(num > 0 && num <= SIZE_MAX / DIGITS);
	room = calloc(1, sizeof *room);
	if (room == NULL)
		return TB_ERR_MEMORY;
	room->g = g;
	room->num = num;
	room->digits = calloc(num, DIGITS);
	err = room->digits == NULL ? TB_ERR_MEMORY : tb_points_new(g, &room->table, num * ENTRIES);
	if (err != TB_OK) {
		tb_msm_secret_room_free(room);
		return err;
	}
	*out = room;
	return TB_OK;
}

void tb_msm_secret_room_free(tb_msm_secret_room *room)
{
	if (room == NULL)
		return;
	if (room->digits != NULL)
		tb_wipe(room->digits, room->num * DIGITS);
	if (room->table.data != NULL)
		tb_wipe(room->table.data, room->table.num * room->table.stride);
	free(room->digits);
	tb_points_free(&room->table);
	free(room);
}

/* k = sum of digit_i * 16^i with digits -8..7, the last one 0 or 1. */
static void digits_of(int8_t out[DIGITS], const tb_secret *k)
{
	int carry = 0;

	for (unsigned i = 0; i + 1 < DIGITS; i++) {
		int d = (int)(k->limb[i / 16] >> i % 16 * WIDTH & 15) + carry;

		carry = (d + 8) >> WIDTH;
		out[i] = (int8_t)(d - carry * (1 << WIDTH));
	}
	out[DIGITS - 1] = (int8_t)carry;
}

static void fill_table(const tb_group *g, const tb_points *table, size_t first, const tb_point *P)
{
	tb_point_copy(g, tb_points_at(table, first), P);
	for (size_t e = 1; e < ENTRIES; e++)
		tb_point_add_secret(g, tb_points_at(table, first + e), tb_points_at(table, first + e - 1), P);
}

/* 16 bytes at a time, which every x86-64 has registers for; the stride of a point is a multiple of that. */
typedef uint64_t lane __attribute__((vector_size(16), may_alias));

static inline lane spread(uint64_t mask)
{
	return (lane){mask, mask};
}

/* *out = digit * P from P's table, which begins at `first`: every entry is read, one is taken, and turned round where the digit is
 * negative. */
static void pick(const tb_group *g, tb_point *out, const tb_point *zero, const void *first, int digit)
{
	const size_t lanes = tb_group_point_stride(g) / sizeof(lane);
	const uint64_t negative = tb_ct_barrier((uint64_t)(int64_t)(digit >> 7));
	const uint64_t size = ((uint64_t)(int64_t)digit ^ negative) - negative;
	const lane minus = spread(negative), is_zero = spread(tb_ct_mask_equal(size, 0));
	const lane *table = first, *none = (const lane *)(const void *)zero;
	lane masks[ENTRIES], *sum = (lane *)(void *)out;
	tb_point turned;

	for (size_t e = 0; e < ENTRIES; e++)
		masks[e] = spread(tb_ct_mask_equal(size, e + 1));
	for (size_t i = 0; i < lanes; i++) {
		lane found = none[i] & is_zero;

		for (size_t e = 0; e < ENTRIES; e++)
			found |= table[e * lanes + i] & masks[e];
		sum[i] = found;
	}
	tb_point_neg(g, &turned, out);
	for (size_t i = 0; i < lanes; i++)
		sum[i] ^= (sum[i] ^ ((const lane *)(const void *)&turned)[i]) & minus;
}

static void straus(tb_msm_secret_room *room, tb_point *out, const tb_secret *scalars,
	const tb_point *const *points, size_t num)
{
	const tb_group *g = room->g;
	tb_point zero, part;

	tb_point_identity(g, &zero);
	for (size_t i = 0; i < num; i++) {
		digits_of(room->digits + i * DIGITS, &scalars[i]);
		fill_table(g, &room->table, i * ENTRIES, points[i]);
	}
	tb_point_identity(g, out);
	for (size_t d = DIGITS; d-- > 0;) {
		for (unsigned i = 0; i < WIDTH; i++)
			tb_point_add_secret(g, out, out, out);
		for (size_t i = 0; i < num; i++) {
			const void *first = room->table.data + i * ENTRIES * room->table.stride;

			pick(g, &part, &zero, first, room->digits[i * DIGITS + d]);
			tb_point_add_secret(g, out, out, &part);
		}
	}
	tb_wipe(&part, sizeof part);
}

void tb_msm_secret(tb_msm_secret_room *room, tb_point *out, const tb_secret *scalars,
	const tb_point *const *points, size_t num)
{
	tb_point sum;

	tb_point_identity(room->g, out);
	for (size_t done = 0; done < num;) {
		size_t take = num - done < room->num ? num - done : room->num;

		straus(room, &sum, scalars + done, points + done, take);
		tb_point_add_secret(room->g, out, out, &sum);
		done += take;
	}
	tb_wipe(&sum, sizeof sum);
}

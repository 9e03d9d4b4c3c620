/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/permute.h"

#include <stdlib.h>
#include <string.h>

#include "crypto/ct.h"
#include "crypto/rand.h"
#include "crypto/wipe.h"

static inline void exchange(uint64_t *a, uint64_t *b, uint64_t mask)
{
	uint64_t both = mask & (*a ^ *b);

	*a ^= both;
	*b ^= both;
}

/* Exchanges the records at i and j > i, and their keys, where the keys are in the wrong order. */
static inline void compare_exchange(
	unsigned __int128 *keys, uint64_t *records, size_t words, size_t i, size_t j)
{
	unsigned __int128 less;
	uint64_t *a = records + i * words, *b = records + j * words, mask;

	mask = tb_ct_barrier(0 - (uint64_t)__builtin_sub_overflow(keys[j], keys[i], &less));
	less = (keys[i] ^ keys[j]) & ((unsigned __int128)mask << 64 | mask);
	keys[i] ^= less;
	keys[j] ^= less;
	for (; words >= 4; words -= 4, a += 4, b += 4) {
		exchange(a, b, mask);
		exchange(a + 1, b + 1, mask);
		exchange(a + 2, b + 2, mask);
		exchange(a + 3, b + 3, mask);
	}
	for (; words > 0; words--)
		exchange(a++, b++, mask);
}

/* Sorts the records by their keys. */
static void sort(const tb_permutation *p, const unsigned __int128 *keys, uint64_t *records, size_t words)
{
	size_t top = 1;

	memcpy(p->sorted, keys, p->num * sizeof *keys);
	while (2 * top < p->num)
		top *= 2;
	for (size_t bit = top; bit > 0; bit /= 2) {
		size_t q = top, r = 0, d = bit;

		for (;;) {
			for (size_t i = 0; i + d < p->num; i++) {
				if ((i & bit) == r)
					compare_exchange(p->sorted, records, words, i, i + d);
			}
			if (q == bit)
				break;
			d = q - bit;
			q /= 2;
			r = bit;
		}
	}
}

void tb_permutation_apply(const tb_permutation *p, uint64_t *records, size_t words)
{
	sort(p, p->keys, records, words);
}

/* The records at 0, 1, ... have the keys j_0, j_1, ...: sorted, each is at its key. */
void tb_permutation_apply_inverse(const tb_permutation *p, uint64_t *records, size_t words)
{
	sort(p, p->images, records, words);
}

static tb_err find_images(const tb_permutation *p)
{
	uint64_t *index = calloc(p->num, sizeof *index);

	if (index == NULL)
		return TB_ERR_MEMORY;
	for (size_t i = 0; i < p->num; i++)
		index[i] = i;
	tb_permutation_apply(p, index, 1);
	for (size_t i = 0; i < p->num; i++)
		p->images[i] = index[i];
	tb_wipe(index, p->num * sizeof *index);
	free(index);
	return TB_OK;
}

/*
 * Two equal keys would be kept in an order that the network fixes and not chance; of the keys of a million ballots two are equal with
 * probability below 2^-88, which bounds the distance from the uniform distribution.
 */
tb_err tb_permutation_new(tb_permutation *out, size_t num)
{
	tb_permutation p = {.num = num};
	tb_err err = TB_ERR_MEMORY;

	memset(out, 0, sizeof *out);
	p.keys = calloc(num, sizeof *p.keys);
	p.images = calloc(num, sizeof *p.images);
	p.sorted = calloc(num, sizeof *p.sorted);
	if (p.keys != NULL && p.images != NULL && p.sorted != NULL)
		err = tb_random(p.keys, num * sizeof *p.keys);
	if (err == TB_OK)
		err = find_images(&p);
	if (err != TB_OK) {
		tb_permutation_free(&p);
		return err;
	}
	*out = p;
	return TB_OK;
}

static void keys_free(unsigned __int128 *keys, size_t num)
{
	if (keys != NULL)
		tb_wipe(keys, num * sizeof *keys);
	free(keys);
}

void tb_permutation_free(tb_permutation *p)
{
	keys_free(p->keys, p->num);
	keys_free(p->images, p->num);
	keys_free(p->sorted, p->num);
	memset(p, 0, sizeof *p);
}

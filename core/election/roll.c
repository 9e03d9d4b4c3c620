/* SPDX-License-Identifier: Apache-2.0 */
#include "core/election/roll.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/election/roll_table.h"
#include "crypto/hash.h"
#include "crypto/rand.h"

/*
 * Two indexes, by id and by key: whoever votes is found by the id, and that a key is used twice is found by the key [ROLL.KEYS].  A
 * third has the keys that were replaced.  No look-up walks through the roll: whoever may post can make us do many.
 */
struct tb_roll {
	tb_roll_records records;
	tb_roll_index by_id,
		by_key; /* by_key: former keys of a voter too, until it grows; each hit is compared */
	tb_roll_weights weights;
	bool is_final;
	char last_id[TB_ID_MAX + 1]; /* of the chunks so far */
	uint32_t num_voters, num_cast;
	uint64_t total_weight, weight_cast;
	uint8_t (*replaced)[32]; /* keys that a new credential took the place of */
	uint32_t num_replaced, cap_replaced;
	tb_roll_index by_replaced;
	/* from the manifest */
	uint64_t min_holders;
	bool weights_warn;
	uint32_t max_score;
	uint64_t most_voters; /* UINT64_MAX: no question is ranked [RANK.ROLL] */
	/* secrets of this process: nobody can look for ids, leaves or keys that collide */
	tb_sha256_state tag_state;
	unsigned __int128 multiplier[5];
};

/* ---- tags and hashes ---- */

static void tag(uint8_t *out, size_t len, const tb_roll *r, char kind, const void *data, size_t data_len)
{
	tb_sha256_state s = r->tag_state;
	uint8_t hash[32];

	tb_sha256_update(&s, &kind, 1);
	tb_sha256_update(&s, data, data_len);
	tb_sha256_final(&s, hash);
	memcpy(out, hash, len);
}

/* Multilinear hashing: for keys chosen without knowing the multipliers, two of them collide with probability 2^-64. */
static uint64_t hash_key(const tb_roll *r, const uint8_t key[32])
{
	unsigned __int128 sum = r->multiplier[4];

	for (size_t i = 0; i < 4; i++)
		sum += r->multiplier[i] * tb_load_u64(key + 8 * i);
	return (uint64_t)(sum >> 64);
}

static uint64_t hash_record_key(const void *roll, uint32_t number)
{
	const tb_roll *r = roll;

	return hash_key(r, tb_records_at(&r->records, number)->key);
}

static uint64_t hash_record_id(const void *roll, uint32_t number)
{
	const tb_roll *r = roll;

	return tb_load_u64(tb_records_at(&r->records, number)->id_tag);
}

static uint64_t hash_replaced(const void *roll, uint32_t number)
{
	const tb_roll *r = roll;

	return hash_key(r, r->replaced[number]);
}

/* ---- records ---- */

static uint32_t weight_of(const tb_roll_record *v)
{
	return (uint32_t)v->weight_and_flags[0] << 12 | (uint32_t)v->weight_and_flags[1] << 4 |
	       v->weight_and_flags[2] >> 4;
}

static void set_weight(tb_roll_record *v, uint32_t weight)
{
	v->weight_and_flags[0] = (uint8_t)(weight >> 12);
	v->weight_and_flags[1] = (uint8_t)(weight >> 4);
	v->weight_and_flags[2] = (uint8_t)(weight << 4);
}

static bool has_flag(const tb_roll_record *v, unsigned flag)
{
	return (v->weight_and_flags[2] & flag) != 0;
}

static void set_flag(tb_roll_record *v, unsigned flag)
{
	v->weight_and_flags[2] = (uint8_t)(v->weight_and_flags[2] | flag);
}

/* Appends a voter; there is room everywhere. */
static tb_roll_record *append(tb_roll *r, const char *id, uint32_t weight, const uint8_t key[32])
{
	uint32_t number = r->records.num;
	tb_roll_record *v = tb_records_at(&r->records, number);

	memset(v, 0, sizeof *v);
	tag(v->id_tag, sizeof v->id_tag, r, 'i', id, strlen(id));
	memcpy(v->key, key, 32);
	set_weight(v, weight);
	tb_weights_add(&r->weights, weight);
	tb_index_add(&r->by_id, hash_record_id(r, number), number);
	tb_index_add(&r->by_key, hash_key(r, key), number);
	r->records.num++;
	r->num_voters++;
	r->total_weight += weight;
	return v;
}

/* ---- making ---- */

/* How many voters there may be: a mix of all ranked questions has to fit, and the files of the ballots of each.  UINT64_MAX where
 * none is ranked.  [RANK.ROLL] */
static uint64_t most_voters(const tb_manifest *m)
{
	uint64_t most = UINT64_MAX, mix = 0;
	tb_ranking_definition def;

	for (uint32_t q = 0; q < m->num_questions; q++) {
		uint64_t files;

		if (tb_question_define_ranking(&def, &m->questions[q]) != TB_OK)
			continue;
		mix += 64 * def.w + 160;
		files = TB_RANKED_MAX_BYTES / (5 * def.m + 16);
		most = files < most ? files : most;
	}
	return mix > 0 && TB_RANKED_MAX_BYTES / mix < most ? TB_RANKED_MAX_BYTES / mix : most;
}

tb_err tb_roll_new(tb_roll **out, const tb_manifest *m)
{
	uint8_t secret[64]; /* a whole block of SHA-256 */
	tb_roll *r = calloc(1, sizeof *r);
	tb_err err;

	*out = NULL;
	if (r == NULL)
		return TB_ERR_MEMORY;
	err = tb_random(secret, sizeof secret);
	if (err == TB_OK)
		err = tb_random(r->multiplier, sizeof r->multiplier);
	if (err == TB_OK)
		err = tb_random(&r->weights.multiplier, sizeof r->weights.multiplier);
	if (err != TB_OK) {
		free(r);
		return err;
	}
	r->weights.multiplier |= 1;
	tb_sha256_init(&r->tag_state);
	tb_sha256_update(&r->tag_state, secret, sizeof secret);
	r->min_holders = m->min_holders;
	r->weights_warn = m->weights_warn;
	r->max_score = tb_manifest_max_score(m);
	r->most_voters = most_voters(m);
	*out = r;
	return TB_OK;
}

void tb_roll_free(tb_roll *r)
{
	if (r == NULL)
		return;
	tb_records_release(&r->records);
	tb_index_release(&r->by_id);
	tb_index_release(&r->by_key);
	tb_index_release(&r->by_replaced);
	tb_weights_release(&r->weights);
	free(r->replaced);
	free(r);
}

/* ---- chunks ---- */

static tb_err bad(
	tb_fault *fault, const char *rule, size_t voter, int field, const char *expected, const char *found)
{
	char where[48];

	snprintf(where, sizeof where, "voters[%zu][%d]", voter, field);
	return tb_fault_set(fault, rule, where, expected, found);
}

/* The number of the voter who has this key. */
static bool find_key(const tb_roll *r, const uint8_t key[32], uint32_t *number)
{
	uint64_t hash = hash_key(r, key);
	uint32_t probe = 0;

	while (tb_index_next(&r->by_key, hash, &probe, number))
		if (memcmp(tb_records_at(&r->records, *number)->key, key, 32) == 0)
			return true;
	return false;
}

static int compare_u32(const void *a, const void *b)
{
	const uint32_t *left = a, *right = b;

	return (*left > *right) - (*left < *right);
}

/* A list of the weight values with a holder, sorted, `extra` added; *out is owned. */
static tb_err list_weights(const tb_roll *r, const tb_roll_chunk *extra, uint32_t **out, size_t *num)
{
	size_t n = 0, more = extra != NULL ? extra->num : 0;
	uint32_t *list = malloc((r->weights.num + more + 1) * sizeof *list);

	if (list == NULL)
		return TB_ERR_MEMORY;
	for (uint32_t i = 0; i < r->weights.cap; i++)
		if (r->weights.slot[i].holders > 0)
			list[n++] = r->weights.slot[i].weight;
	for (size_t i = 0; i < more; i++)
		list[n++] = extra->voters[i].weight;
	qsort(list, n, sizeof *list, compare_u32);
	*out = list;
	*num = n;
	return TB_OK;
}

/* Weights that only few have show how those few voted: 1, 2, 4, 8 ... can be read off a total [ROLL.WEIGHTS].
 * `list` has each value that the roll has once, and once more for every voter of the final chunk with it. */
static tb_err check_holders(const tb_roll *r, const uint32_t *list, size_t num, tb_fault *fault)
{
	char expected[96];

	if (num == 0 || list[0] == list[num - 1])
		return TB_OK;
	for (size_t i = 0, next; i < num; i = next) {
		uint32_t before = tb_weights_holders(&r->weights, list[i]);
		uint64_t holders = before;

		for (next = i; next < num && list[next] == list[i]; next++)
			holders++;
		holders -= before > 0 ? 1 : 0;
		if (holders < r->min_holders) {
			snprintf(expected, sizeof expected,
				"at least %llu voters with each weight, as the manifest says",
				(unsigned long long)r->min_holders);
			return tb_fault_setf(fault, "ROLL.WEIGHTS", "voters", expected, "weight %u has %llu",
				list[i], (unsigned long long)holders);
		}
	}
	return TB_OK;
}

static bool is_ranked(const tb_roll *r)
{
	return r->most_voters != UINT64_MAX;
}

/* That there are not too many voters, once `more` have come [RANK.ROLL]. */
static tb_err check_room(const tb_roll *r, uint64_t more, tb_fault *fault)
{
	char expected[80];

	if (r->num_voters + more <= r->most_voters)
		return TB_OK;
	snprintf(expected, sizeof expected, "at most %llu voters: all rankings must fit into a mix",
		(unsigned long long)r->most_voters);
	return tb_fault_setf(
		fault, "RANK.ROLL", "voters", expected, "%llu", (unsigned long long)(r->num_voters + more));
}

/* A weight beside a plaintext ballot would name its voter. */
static tb_err refuse_weight(const char *where, uint64_t weight, tb_fault *fault)
{
	return tb_fault_setf(fault, "RANK.ROLL", where, "1, where a question is ranked", "%llu",
		(unsigned long long)weight);
}

static tb_err check_ranked(const tb_roll *r, const tb_roll_chunk *c, tb_fault *fault)
{
	char where[48];

	for (size_t i = 0; is_ranked(r) && i < c->num; i++) {
		snprintf(where, sizeof where, "voters[%zu]", i);
		if (c->voters[i].weight != 1)
			return refuse_weight(where, c->voters[i].weight, fault);
	}
	return check_room(r, c->num, fault);
}

static tb_err check_weights(const tb_roll *r, const tb_roll_chunk *c, tb_fault *fault)
{
	uint64_t total = r->total_weight;
	uint32_t *list;
	size_t num;
	tb_err err = check_ranked(r, c, fault);

	if (err != TB_OK)
		return err;
	for (size_t i = 0; i < c->num; i++)
		total += c->voters[i].weight;
	/* Beyond this a total could no longer be found by its logarithm [DECRYPT.COMBINE]. */
	if (total > TB_MAX_TOTAL / (r->max_score > 0 ? r->max_score : 1))
		return tb_fault_setf(fault, "ROLL.WEIGHTS", "voters",
			"a total weight times score of at most 2^40", "a total weight of %llu",
			(unsigned long long)total);
	if (!c->is_final || r->weights_warn)
		return TB_OK;
	err = list_weights(r, c, &list, &num);
	if (err != TB_OK)
		return err;
	err = check_holders(r, list, num, fault);
	free(list);
	return err;
}

tb_err tb_roll_check_chunk(const tb_roll *r, const tb_roll_chunk *c, tb_fault *fault)
{
	char expected[48];
	uint32_t other;

	if (r->is_final)
		return tb_fault_set(fault, "ROLL", "", "nothing after the final chunk", "another chunk");
	snprintf(expected, sizeof expected, "%u, the number of voters so far", r->records.num);
	if (c->first != r->records.num)
		return tb_fault_setf(fault, "ROLL", "first", expected, "%llu", (unsigned long long)c->first);
	if (c->num == 0 && (r->records.num == 0 || !c->is_final))
		return tb_fault_set(fault, "ROLL", "voters", "1 to 1000 voters", "none");
	if (c->num > 0 && r->records.num > 0 && strcmp(c->voters[0].id, r->last_id) <= 0)
		return bad(fault, "ROLL", 0, 0, "an id after that of the last voter so far", c->voters[0].id);
	for (size_t i = 0; i < c->num; i++) {
		if (find_key(r, c->voters[i].key, &other)) {
			char found[64];

			snprintf(found, sizeof found, "the key of voter %u of the roll, counted from 0",
				other);
			return bad(fault, "ROLL.KEYS", i, 3, "a key of its own", found);
		}
	}
	return check_weights(r, c, fault);
}

/* Everything that can fail, before anything changes. */
static tb_err reserve(tb_roll *r, uint32_t more)
{
	tb_err err = tb_records_reserve(&r->records, more);

	if (err == TB_OK)
		err = tb_weights_reserve(&r->weights, more);
	if (err == TB_OK)
		err = tb_index_reserve(&r->by_id, r->records.num, more, hash_record_id, r);
	if (err == TB_OK)
		err = tb_index_reserve(&r->by_key, r->records.num, more, hash_record_key, r);
	return err;
}

tb_err tb_roll_apply_chunk(tb_roll *r, const tb_roll_chunk *c)
{
	tb_err err;

	TB_REQUIRE(!r->is_final && c->first == r->records.num && c->num <= TB_ROLL_CHUNK_MAX);
	err = reserve(r, (uint32_t)c->num);
	if (err != TB_OK)
		return err;
	for (uint32_t i = 0; i < c->num; i++)
		(void)append(r, c->voters[i].id, c->voters[i].weight, c->voters[i].key);
	if (c->num > 0)
		snprintf(r->last_id, sizeof r->last_id, "%s", c->voters[c->num - 1].id);
	r->is_final = c->is_final;
	return TB_OK;
}

/* ---- changes ---- */

/*
 * Once the roll is final: has anybody this key, or had it, removed voters included?  Were a replaced key free again, whoever keeps
 * the log could post an old change of credential a second time and so give the key back that the registrar has revoked.
 */
static bool is_key_taken(const tb_roll *r, const uint8_t key[32])
{
	uint64_t hash = hash_key(r, key);
	uint32_t probe = 0, number;

	if (find_key(r, key, &number))
		return true;
	while (tb_index_next(&r->by_replaced, hash, &probe, &number))
		if (memcmp(r->replaced[number], key, 32) == 0)
			return true;
	return false;
}

static tb_err check_add(const tb_roll *r, const tb_roll_change *c, tb_fault *fault)
{
	uint64_t total = r->total_weight + c->weight;
	tb_voter v;

	if (tb_roll_find(r, c->voter, strlen(c->voter), &v) == TB_OK)
		return tb_fault_setf(fault, "ROLL.CHANGE", "voter", "an id that was never on the roll",
			"\"%s\"%s", c->voter, tb_roll_is_removed(r, v) ? ", who was removed" : "");
	if (is_ranked(r) && c->weight != 1)
		return refuse_weight("weight", c->weight, fault);
	/* A weight that nobody else has would show how this voter votes. */
	if (tb_weights_holders(&r->weights, c->weight) == 0)
		return tb_fault_setf(fault, "ROLL.CHANGE", "weight", "a weight that somebody on the roll has",
			"%u", c->weight);
	if (total > TB_MAX_TOTAL / (r->max_score > 0 ? r->max_score : 1))
		return tb_fault_setf(fault, "ROLL.WEIGHTS", "weight",
			"a total weight times score of at most 2^40", "a total weight of %llu",
			(unsigned long long)total);
	return check_room(r, 1, fault);
}

tb_err tb_roll_check_change(const tb_roll *r, const tb_roll_change *c, tb_fault *fault)
{
	tb_voter v = 0;
	tb_err err = TB_OK;

	if (!r->is_final)
		return tb_fault_set(fault, "ROLL.CHANGE", "", "a roll that is final", "one that is not");
	if (c->action == TB_ROLL_ADD)
		err = check_add(r, c, fault);
	else if (tb_roll_find(r, c->voter, strlen(c->voter), &v) != TB_OK || tb_roll_is_removed(r, v))
		err = tb_fault_setf(fault, "ROLL.CHANGE", "voter", "a voter on the roll", "\"%s\"", c->voter);
	if (err == TB_OK && c->action != TB_ROLL_REMOVE && is_key_taken(r, c->key))
		err = tb_fault_set(fault, "ROLL.KEYS", "key", "a key that nobody has or had", "one of these");
	return err;
}

/* Room for one more replaced key, and for the one that takes its place. */
static tb_err reserve_replaced(tb_roll *r)
{
	uint32_t cap = r->cap_replaced + r->cap_replaced / 2 + 16;
	uint8_t(*list)[32];
	tb_err err = tb_index_reserve(&r->by_key, r->records.num, 1, hash_record_key, r);

	if (err == TB_OK)
		err = tb_index_reserve(&r->by_replaced, r->num_replaced, 1, hash_replaced, r);
	if (err != TB_OK || r->num_replaced < r->cap_replaced)
		return err;
	if (cap < r->cap_replaced)
		return TB_ERR_LIMIT;
	list = realloc(r->replaced, cap * sizeof *list);
	if (list == NULL)
		return TB_ERR_MEMORY;
	r->replaced = list;
	r->cap_replaced = cap;
	return TB_OK;
}

static void apply_remove(tb_roll *r, tb_voter voter)
{
	tb_roll_record *v = tb_records_at(&r->records, voter);
	uint32_t weight = weight_of(v);

	set_flag(v, TB_VOTER_REMOVED);
	tb_weights_remove(&r->weights, weight);
	r->num_voters--;
	r->total_weight -= weight;
	if (tb_load_u32(v->latest) != 0) {
		r->num_cast--;
		r->weight_cast -= weight;
	}
}

static void apply_credential(tb_roll *r, tb_voter voter, const uint8_t key[32])
{
	tb_roll_record *v = tb_records_at(&r->records, voter);

	memcpy(r->replaced[r->num_replaced], v->key, 32);
	tb_index_add(&r->by_replaced, hash_replaced(r, r->num_replaced), r->num_replaced);
	r->num_replaced++;
	memcpy(v->key, key, 32);
	tb_index_add(&r->by_key, hash_key(r, key), voter);
	set_flag(v, TB_VOTER_CHANGED);
}

tb_err tb_roll_apply_change(tb_roll *r, const tb_roll_change *c)
{
	tb_voter voter = 0;
	tb_err err;

	TB_REQUIRE(r->is_final);
	if (c->action != TB_ROLL_ADD)
		TB_REQUIRE(tb_roll_find(r, c->voter, strlen(c->voter), &voter) == TB_OK);
	if (c->action == TB_ROLL_REMOVE) {
		apply_remove(r, voter);
		return TB_OK;
	}
	err = c->action == TB_ROLL_ADD ? reserve(r, 1) : reserve_replaced(r);
	if (err != TB_OK)
		return err;
	if (c->action == TB_ROLL_ADD)
		set_flag(append(r, c->voter, c->weight, c->key), TB_VOTER_ADDED);
	else
		apply_credential(r, voter, c->key);
	return TB_OK;
}

/* ---- voters ---- */

tb_err tb_roll_find(const tb_roll *r, const char *id, size_t id_len, tb_voter *out)
{
	uint8_t wanted[sizeof((tb_roll_record *)0)->id_tag];
	uint32_t probe = 0, number;

	tag(wanted, sizeof wanted, r, 'i', id, id_len);
	while (tb_index_next(&r->by_id, tb_load_u64(wanted), &probe, &number)) {
		if (memcmp(tb_records_at(&r->records, number)->id_tag, wanted, sizeof wanted) == 0) {
			*out = number;
			return TB_OK;
		}
	}
	return TB_ERR_NOT_FOUND;
}

static tb_roll_record *record_of(const tb_roll *r, tb_voter v)
{
	TB_REQUIRE(v < r->records.num);
	return tb_records_at(&r->records, v);
}

uint32_t tb_roll_weight(const tb_roll *r, tb_voter v)
{
	return weight_of(record_of(r, v));
}

const uint8_t *tb_roll_key(const tb_roll *r, tb_voter v)
{
	return record_of(r, v)->key;
}

bool tb_roll_is_removed(const tb_roll *r, tb_voter v)
{
	return has_flag(record_of(r, v), TB_VOTER_REMOVED);
}

bool tb_roll_is_added(const tb_roll *r, tb_voter v)
{
	return has_flag(record_of(r, v), TB_VOTER_ADDED);
}

bool tb_roll_is_changed(const tb_roll *r, tb_voter v)
{
	return has_flag(record_of(r, v), TB_VOTER_CHANGED);
}

bool tb_roll_latest(const tb_roll *r, tb_voter v, uint64_t *index)
{
	uint32_t latest = tb_load_u32(record_of(r, v)->latest);

	if (latest != 0)
		*index = latest - 1;
	return latest != 0;
}

bool tb_roll_is_prev(const tb_roll *r, tb_voter v, const uint8_t prev[32])
{
	static const uint8_t none[32];
	const tb_roll_record *record = record_of(r, v);
	uint8_t wanted[sizeof record->leaf_tag];

	if (tb_load_u32(record->latest) == 0)
		return memcmp(prev, none, sizeof none) == 0;
	tag(wanted, sizeof wanted, r, 'l', prev, 32);
	return memcmp(wanted, record->leaf_tag, sizeof wanted) == 0;
}

tb_err tb_roll_set_latest(tb_roll *r, tb_voter v, uint64_t index, const uint8_t leaf[32])
{
	tb_roll_record *record = record_of(r, v);

	TB_REQUIRE(!has_flag(record, TB_VOTER_REMOVED));
	if (index >= UINT32_MAX)
		return TB_ERR_LIMIT;
	if (tb_load_u32(record->latest) == 0) {
		r->num_cast++;
		r->weight_cast += weight_of(record);
	}
	tb_store_u32(record->latest, (uint32_t)index + 1);
	tag(record->leaf_tag, sizeof record->leaf_tag, r, 'l', leaf, 32);
	return TB_OK;
}

/* ---- numbers ---- */

bool tb_roll_is_final(const tb_roll *r)
{
	return r->is_final;
}

uint64_t tb_roll_num_listed(const tb_roll *r)
{
	return r->records.num;
}

uint64_t tb_roll_num_voters(const tb_roll *r)
{
	return r->num_voters;
}

uint64_t tb_roll_total_weight(const tb_roll *r)
{
	return r->total_weight;
}

uint64_t tb_roll_num_cast(const tb_roll *r)
{
	return r->num_cast;
}

uint64_t tb_roll_weight_cast(const tb_roll *r)
{
	return r->weight_cast;
}

/* How many voters with a ballot have each weight; *out has room for every value of the roll. */
static tb_err count_cast(const tb_roll *r, tb_roll_weights *out)
{
	tb_err err = tb_weights_reserve(out, r->weights.num + 1);

	for (uint32_t i = 0; i < r->records.num && err == TB_OK; i++) {
		const tb_roll_record *v = tb_records_at(&r->records, i);

		if (tb_load_u32(v->latest) != 0 && !has_flag(v, TB_VOTER_REMOVED))
			tb_weights_add(out, weight_of(v));
	}
	return err;
}

tb_err tb_roll_each_weight(const tb_roll *r, tb_roll_weight_fn each, void *arg)
{
	tb_roll_weights cast = {.num = 0};
	uint32_t *list = NULL;
	size_t num = 0;
	tb_err err = count_cast(r, &cast);

	if (err == TB_OK)
		err = list_weights(r, NULL, &list, &num);
	for (size_t i = 0; i < num && err == TB_OK; i++)
		each(arg, list[i], tb_weights_holders(&r->weights, list[i]),
			tb_weights_holders(&cast, list[i]));
	free(list);
	tb_weights_release(&cast);
	return err;
}

size_t tb_roll_num_rare_weights(const tb_roll *r)
{
	size_t values = 0, rare = 0;

	for (uint32_t i = 0; i < r->weights.cap; i++) {
		values += r->weights.slot[i].holders > 0;
		rare += r->weights.slot[i].holders > 0 && r->weights.slot[i].holders < r->min_holders;
	}
	return values > 1 ? rare : 0;
}

size_t tb_roll_memory(const tb_roll *r)
{
	return sizeof *r + tb_records_memory(&r->records) +
	       ((size_t)r->by_id.cap + r->by_key.cap + r->by_replaced.cap) * sizeof *r->by_id.slot +
	       r->weights.cap * sizeof *r->weights.slot + r->cap_replaced * sizeof *r->replaced;
}

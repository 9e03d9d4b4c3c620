/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/base64.h"
#include "crypto/sharing.h"
#include "tests/support/attack.h"
#include "tests/support/fixture.h"

/* C: the key ceremony.  D: the electorate. */

#define SMALL                                                                                                \
	{                                                                                                    \
		.small = true, .num_endorsers = 1                                                            \
	}

/* ---- C: commitments made by hand ---- */

/* The payload of trustee i's commitment to the polynomial f0 + f1*x (a threshold of 2), as [CEREMONY.COMMIT] lays it out. */
static void write_commit(const tb_maker *m, tb_buf *out, uint32_t i, const tb_secret *f0, const tb_secret *f1)
{
	const tb_group *g = m->manifest.group, *r255 = tb_group_ristretto255();
	tb_polynomial f = {.threshold = 2, .coefficient = {*f0, *f1}};
	uint8_t ephemeral[32], wire[TB_POINT_MAX_BYTES], share_wire[TB_SHARING_SHARE_BYTES];
	tb_pop_statement st = {.election = tb_board_binding(m->board)->election,
		.index = i,
		.num_trustees = m->manifest.num_trustees,
		.transport = m->manifest.trustees[i - 1].transport_key,
		.ephemeral = ephemeral};
	tb_points commitments;
	tb_secret e, share;
	tb_point point;
	tb_pop pop;

	TB_REQUIRE(tb_points_new(g, &commitments, 2) == TB_OK);
	tb_polynomial_commit(g, &commitments, &f);
	st.commitments = &commitments;
	tb_fixture_secret(r255, &e, "attack ephemeral", i);
	tb_point_mul_generator_secret(r255, &point, &e);
	tb_point_write(r255, ephemeral, &point);
	TB_REQUIRE(tb_pop_prove(g, &pop, &st, f0) == TB_OK);
	tb_buf_clear(out);
	tb_buf_u8(out, 1);
	tb_buf_u8(out, (uint8_t)i);
	for (size_t k = 0; k < 2; k++) {
		tb_point_write(g, wire, tb_points_at(&commitments, k));
		tb_buf_append(out, wire, tb_group_point_bytes(g));
	}
	tb_buf_append(out, ephemeral, 32);
	tb_pop_write(g, wire, &pop);
	tb_buf_append(out, wire, tb_pop_bytes(g));
	for (uint32_t j = 1; j <= m->manifest.num_trustees; j++) {
		tb_share_route route = {.election = st.election,
			.sender = i,
			.recipient = j,
			.ephemeral = ephemeral,
			.from = st.transport,
			.to = m->manifest.trustees[j - 1].transport_key};

		tb_polynomial_evaluate(g, &share, &f, j);
		TB_REQUIRE(tb_share_encrypt(
				   g, share_wire, &route, &e, &m->trustee[i - 1].transport, &share) == TB_OK);
		tb_buf_append(out, share_wire, sizeof share_wire);
	}
	tb_points_free(&commitments);
}

/* C_{i,k} in the payload. */
static uint8_t *commitment(tb_maker_plan *plan, unsigned k)
{
	return plan->payload.data + 2 + 32 * k;
}

static void constant_term_is_identity(tb_attack_run *r, tb_maker_plan *plan)
{
	(void)r;
	memset(commitment(plan, 0), 0, 32);
}

static void leading_coefficient_is_zero(tb_attack_run *r, tb_maker_plan *plan)
{
	(void)r;
	memset(commitment(plan, 1), 0, 32);
}

/* Trustees 1 and 2 conspire: the same polynomial, each with a proof of its own. */
static void same_polynomial(tb_attack_run *r, tb_maker_plan *plan)
{
	tb_secret f0, f1;

	tb_fixture_secret(r->m->manifest.group, &f0, "conspiracy", 0);
	tb_fixture_secret(r->m->manifest.group, &f1, "conspiracy", 1);
	write_commit(r->m, &plan->payload, plan->signer[8] == '1' ? 1 : 2, &f0, &f1);
}

static void conspire(void *arg, tb_maker *m, tb_maker_plan *plan)
{
	tb_attack_run *r = arg;

	(void)m;
	if (plan->type != TB_ENTRY_TRUSTEE_COMMIT || strcmp(plan->signer, "trustee/3") == 0)
		return;
	if (strcmp(plan->signer, "trustee/2") == 0)
		tb_attack_here(r);
	same_polynomial(r, plan);
}

static void equal_commitments(tb_attack_run *r)
{
	tb_attack_begin(r);
	r->m->before = conspire;
	tb_maker_manifest(r->m);
	tb_maker_roll(r->m);
	tb_maker_commit(r->m, 1);
	tb_maker_commit(r->m, 2);
}

/* Trustee 2 posts trustee 1's payload as its own. */
static void copy_commitment(tb_attack_run *r, tb_maker_plan *plan)
{
	tb_entry e;
	tb_buf room;
	tb_fault fault;
	const tb_buf *first = &r->m->entries[r->m->num_entries - 1];

	tb_buf_init(&room, TB_ENTRY_MAX_BYTES);
	TB_REQUIRE(tb_entry_parse(&e, &room, first->data, first->len, &fault) == TB_OK);
	tb_buf_clear(&plan->payload);
	tb_buf_append(&plan->payload, e.payload, e.payload_len);
	plan->payload.data[1] = 2;
	tb_buf_release(&room);
}

/* C_{3,0} = x*g minus what the others committed to: trustee 3 alone would know the election's key, but cannot prove it. */
static void rogue_key(tb_attack_run *r, tb_maker_plan *plan)
{
	const tb_group *g = r->m->manifest.group;
	tb_point sum, each;
	tb_secret x;

	tb_fixture_secret(g, &x, "rogue", 0);
	tb_point_mul_generator_secret(g, &sum, &x);
	for (size_t i = 0; i < 2; i++) {
		const tb_buf *bytes = &r->m->entries[r->m->num_entries - 2 + i];
		tb_entry e;
		tb_buf room;
		tb_fault fault;

		tb_buf_init(&room, TB_ENTRY_MAX_BYTES);
		TB_REQUIRE(tb_entry_parse(&e, &room, bytes->data, bytes->len, &fault) == TB_OK);
		TB_REQUIRE(tb_point_parse(g, &each, e.payload + 2) == TB_OK);
		tb_point_sub(g, &sum, &sum, &each);
		tb_buf_release(&room);
	}
	tb_point_write(g, commitment(plan, 0), &sum);
}

/* The proof of possession of the same trustee in another election. */
static void replayed_commitment(tb_attack_run *r, tb_maker_plan *plan)
{
	tb_entry e;
	tb_buf room;
	tb_fault fault;
	const tb_buf *bytes;

	tb_attack_other(r);
	bytes = &r->other->entries[2]; /* manifest, roll, commit of trustee 1 */
	tb_buf_init(&room, TB_ENTRY_MAX_BYTES);
	TB_REQUIRE(tb_entry_parse(&e, &room, bytes->data, bytes->len, &fault) == TB_OK &&
		   e.type == TB_ENTRY_TRUSTEE_COMMIT);
	tb_buf_clear(&plan->payload);
	tb_buf_append(&plan->payload, e.payload, e.payload_len);
	tb_buf_release(&room);
}

static void other_coefficient(tb_attack_run *r, tb_maker_plan *plan)
{
	tb_secret x;
	tb_point p;

	tb_fixture_secret(r->m->manifest.group, &x, "other coefficient", 0);
	tb_point_mul_generator_secret(r->m->manifest.group, &p, &x);
	tb_point_write(r->m->manifest.group, commitment(plan, 1), &p);
}

static void index_zero(tb_attack_run *r, tb_maker_plan *plan)
{
	(void)r;
	plan->payload.data[1] = 0;
}

static void index_of_another(tb_attack_run *r, tb_maker_plan *plan)
{
	(void)r;
	plan->payload.data[1] = 3;
}

static void second_commitment(tb_attack_run *r)
{
	tb_attack_begin(r);
	tb_maker_manifest(r->m);
	tb_maker_roll(r->m);
	tb_maker_commit(r->m, 1);
	tb_maker_commit(r->m, 2);
	tb_attack_here(r);
	tb_maker_commit(r->m, 1);
}

static void fourth_trustee(tb_attack_run *r, tb_maker_plan *plan)
{
	(void)r;
	(void)snprintf(plan->signer, sizeof plan->signer, "trustee/4");
	plan->payload.data[1] = 4;
}

static void signed_by_the_server(tb_attack_run *r, tb_maker_plan *plan)
{
	plan->is_signed = false;
	plan->key = r->m->server.sign;
}

/* ---- C: certificates and opening ---- */

static void other_root(tb_attack_run *r, tb_maker_plan *plan)
{
	(void)r;
	plan->payload.data[10] ^= 1; /* u8 1, u8 i, u64 size, root */
}

static void other_size(tb_attack_run *r, tb_maker_plan *plan)
{
	(void)r;
	plan->payload.data[9] ^= 1;
}

static void other_key(tb_attack_run *r, tb_maker_plan *plan)
{
	const tb_group *g = r->m->manifest.group;
	tb_point p;

	tb_point_generator(g, &p);
	tb_point_write(g, plan->payload.data + plan->payload.len - 32, &p);
}

static void open_with_two_certificates(tb_attack_run *r)
{
	tb_maker *m;

	tb_attack_begin(r);
	m = r->m;
	tb_maker_manifest(m);
	tb_maker_roll(m);
	for (uint32_t i = 1; i <= 3; i++)
		tb_maker_commit(m, i);
	tb_maker_certify(m, 1);
	tb_maker_certify(m, 3);
	tb_attack_here(r);
	tb_maker_open(m);
	tb_attack_vote_all(m);
	tb_maker_close(m);
}

static void certify_before_the_roll_is_final(tb_attack_run *r)
{
	tb_maker *m;

	tb_attack_begin(r);
	m = r->m;
	tb_maker_manifest(m);
	for (uint32_t i = 1; i <= 3; i++)
		tb_maker_commit(m, i);
	tb_attack_here(r);
	tb_maker_certify(m, 1);
}

static void open_with_key(tb_attack_run *r, tb_maker_plan *plan)
{
	const tb_group *g = r->m->manifest.group;
	char from[45], to[45];
	uint8_t wire[32];
	tb_secret x;
	tb_point p;

	tb_point_write(g, wire, tb_ceremony_h(tb_board_ceremony(r->m->board)));
	tb_base64_write(from, wire, 32);
	tb_fixture_secret(g, &x, "the attacker's own key", 0);
	tb_point_mul_generator_secret(g, &p, &x);
	tb_point_write(g, wire, &p);
	tb_base64_write(to, wire, 32);
	from[44] = to[44] = 0;
	tb_attack_replace(&plan->payload, from, to);
}

static void open_too_early(tb_attack_run *r, tb_maker_plan *plan)
{
	plan->time = r->m->manifest.opens - 60;
}

static void flip_root(tb_attack_run *r, tb_maker_plan *plan)
{
	char *at;

	(void)r;
	(void)tb_buf_cstr(&plan->payload);
	at = strstr((char *)plan->payload.data, "\"root\":\"");
	TB_REQUIRE(at != NULL);
	at[8] = at[8] == '0' ? '1' : '0';
}

/* ---- D: the roll ---- */

static void two_voters_with_one_key(tb_attack_run *r, tb_maker_plan *plan)
{
	char from[45], to[45];

	tb_base64_write(from, r->m->voters[3].keys.sign_key, 32);
	tb_base64_write(to, r->m->voters[1].keys.sign_key, 32);
	from[44] = to[44] = 0;
	tb_attack_replace(&plan->payload, from, to);
}

static void identity_key(tb_attack_run *r, tb_maker_plan *plan)
{
	static const uint8_t identity[32];
	char from[45], to[45];

	tb_base64_write(from, r->m->voters[3].keys.sign_key, 32);
	tb_base64_write(to, identity, 32);
	from[44] = to[44] = 0;
	tb_attack_replace(&plan->payload, from, to);
}

/* A change of the roll signed by `who`, or posted at another time, between votes. */
static void add_a_voter(tb_attack_run *r, const tb_maker_person *who, uint64_t time)
{
	static const char reason[] = "late", label[] = "Nobody";
	char voter[] = "nobody";
	tb_roll_change change = {.action = TB_ROLL_ADD, .voter = voter, .weight = 1};
	tb_maker_plan plan;
	tb_maker *m = r->m;
	tb_secret key;

	change.label = strdup(label);
	change.reason = strdup(reason);
	tb_fixture_secret(tb_group_ristretto255(), &key, "nobody", 0);
	tb_schnorr_public(change.key, &key);
	tb_maker_plan_init(m, &plan, TB_ENTRY_ROLL_CHANGE, "registrar");
	plan.key = who->sign;
	plan.time = time;
	TB_REQUIRE(tb_roll_change_write(&plan.payload, &change) == TB_OK);
	free(change.label);
	free(change.reason);
	tb_attack_here(r);
	tb_maker_post(m, &plan);
}

static void voter_added_by_the_server(tb_attack_run *r)
{
	tb_attack_begin(r);
	tb_maker_until_voted(r->m);
	add_a_voter(r, &r->m->server, r->m->now);
	tb_maker_close(r->m);
}

static void voter_added_after_the_end(tb_attack_run *r)
{
	tb_attack_begin(r);
	tb_maker_until_voted(r->m);
	r->m->now = r->m->manifest.closes;
	add_a_voter(r, &r->m->registrar, r->m->now);
	tb_maker_close(r->m);
}

static void roll_entry_after_opening(tb_attack_run *r)
{
	tb_attack_begin(r);
	tb_maker_until_open(r->m);
	tb_maker_vote(r->m, 0);
	tb_attack_here(r);
	tb_maker_roll(r->m);
	tb_maker_vote(r->m, 1);
	tb_maker_close(r->m);
}

static void removed_voter_votes(tb_attack_run *r)
{
	tb_attack_begin(r);
	tb_maker_until_open(r->m);
	tb_maker_vote(r->m, 0);
	tb_maker_vote(r->m, 1);
	tb_maker_remove(r->m, 1);
	tb_attack_here(r);
	tb_maker_vote(r->m, 1);
	tb_maker_close(r->m);
}

static void removed_voter_comes_back(tb_attack_run *r)
{
	tb_attack_begin(r);
	tb_maker_until_open(r->m);
	tb_maker_vote(r->m, 0);
	tb_maker_remove(r->m, 1);
	tb_attack_here(r);
	tb_maker_add(r->m, "v0000002", 1);
	tb_maker_vote(r->m, 2);
	tb_maker_close(r->m);
}

/* The server makes up a voter and votes. */
static void stuff(tb_attack_run *r)
{
	tb_maker_plan plan;
	tb_maker *m;

	tb_attack_begin(r);
	m = r->m;
	tb_maker_until_open(m);
	tb_maker_vote(m, 0);
	(void)snprintf(m->voters[4].id, sizeof m->voters[4].id, "stranger");
	tb_attack_here(r);
	tb_maker_plan_vote(m, 4, &plan);
	tb_maker_post(m, &plan);
	tb_maker_vote(m, 1);
	tb_maker_close(m);
}

static void counted_although_removed(tb_attack_run *r)
{
	tb_attack_begin(r);
	tb_maker_until_voted(r->m);
	tb_maker_remove(r->m, 2);
	tb_maker_close(r->m);
}

const tb_attack tb_attacks_setup[] = {
	{.id = "B-02",
		.text = "an election key that the server alone knows",
		.attacker = "server",
		.check = TB_CHECK_CEREMONY,
		.rule = "OPEN",
		.where = "payload.public_key",
		.num = 1,
		.type = TB_ENTRY_OPEN,
		.edit = open_with_key,
		.until = TB_UNTIL_RESULT,
		.config = SMALL},
	{.id = "B-04",
		.text = "a trustee who certified another log",
		.attacker = "server showing two boards",
		.check = TB_CHECK_CEREMONY,
		.rule = "CEREMONY.CERTIFY",
		.num = 1,
		.type = TB_ENTRY_TRUSTEE_CERTIFY,
		.which = 2,
		.edit = other_root,
		.until = TB_UNTIL_RESULT,
		.config = SMALL},
	{.id = "B-12",
		.text = "an opening over another roll",
		.attacker = "server",
		.check = TB_CHECK_CEREMONY,
		.rule = "OPEN",
		.where = "payload.root",
		.num = 1,
		.type = TB_ENTRY_OPEN,
		.edit = flip_root,
		.until = TB_UNTIL_RESULT,
		.config = SMALL},
	{.id = "C-01",
		.text = "a commitment to the zero secret",
		.attacker = "trustee",
		.check = TB_CHECK_CEREMONY,
		.rule = "CEREMONY.COMMIT",
		.num = 1,
		.type = TB_ENTRY_TRUSTEE_COMMIT,
		.which = 1,
		.edit = constant_term_is_identity,
		.until = TB_UNTIL_COMMIT,
		.config = SMALL},
	{.id = "C-02a",
		.text = "a trustee's commitment copied, proof included",
		.attacker = "trustee",
		.check = TB_CHECK_CEREMONY,
		.rule = "CEREMONY.POP",
		.num = 1,
		.type = TB_ENTRY_TRUSTEE_COMMIT,
		.which = 1,
		.edit = copy_commitment,
		.until = TB_UNTIL_COMMIT,
		.config = SMALL},
	{.id = "C-02b",
		.text = "two trustees with one polynomial, each with its own proof",
		.attacker = "two trustees",
		.check = TB_CHECK_CEREMONY,
		.rule = "CEREMONY.DISTINCT",
		.num = 1,
		.make = equal_commitments,
		.config = SMALL},
	{.id = "C-03",
		.text = "a commitment computed from the others', to know the key alone",
		.attacker = "trustee",
		.check = TB_CHECK_CEREMONY,
		.rule = "CEREMONY.POP",
		.num = 1,
		.type = TB_ENTRY_TRUSTEE_COMMIT,
		.which = 2,
		.edit = rogue_key,
		.until = TB_UNTIL_COMMIT,
		.config = SMALL},
	{.id = "C-05",
		.text = "the commitment of another election",
		.attacker = "trustee",
		.check = TB_CHECK_CEREMONY,
		.rule = "CEREMONY.POP",
		.num = 1,
		.type = TB_ENTRY_TRUSTEE_COMMIT,
		.edit = replayed_commitment,
		.until = TB_UNTIL_COMMIT,
		.config = SMALL},
	{.id = "C-06",
		.text = "a coefficient that the proof of possession was not made for",
		.attacker = "trustee",
		.check = TB_CHECK_CEREMONY,
		.rule = "CEREMONY.POP",
		.num = 1,
		.type = TB_ENTRY_TRUSTEE_COMMIT,
		.which = 1,
		.edit = other_coefficient,
		.until = TB_UNTIL_COMMIT,
		.config = SMALL},
	{.id = "C-08",
		.text = "a leading coefficient of zero, which lowers the threshold",
		.attacker = "trustee",
		.check = TB_CHECK_CEREMONY,
		.rule = "CEREMONY.COMMIT",
		.num = 1,
		.type = TB_ENTRY_TRUSTEE_COMMIT,
		.which = 1,
		.edit = leading_coefficient_is_zero,
		.until = TB_UNTIL_COMMIT,
		.config = SMALL},
	{.id = "C-09",
		.text = "a certificate for another election key",
		.attacker = "trustee",
		.check = TB_CHECK_CEREMONY,
		.rule = "CEREMONY.CERTIFY",
		.num = 1,
		.type = TB_ENTRY_TRUSTEE_CERTIFY,
		.which = 1,
		.edit = other_key,
		.until = TB_UNTIL_RESULT,
		.config = SMALL},
	{.id = "C-11a",
		.text = "trustee index 0",
		.attacker = "trustee",
		.check = TB_CHECK_CEREMONY,
		.rule = "CEREMONY.COMMIT",
		.num = 1,
		.type = TB_ENTRY_TRUSTEE_COMMIT,
		.edit = index_zero,
		.until = TB_UNTIL_COMMIT,
		.config = SMALL},
	{.id = "C-11b",
		.text = "the index of another trustee",
		.attacker = "trustee",
		.check = TB_CHECK_CEREMONY,
		.rule = "CEREMONY.COMMIT",
		.num = 1,
		.type = TB_ENTRY_TRUSTEE_COMMIT,
		.edit = index_of_another,
		.until = TB_UNTIL_COMMIT,
		.config = SMALL},
	{.id = "C-11c",
		.text = "a second commitment of one trustee",
		.attacker = "trustee",
		.check = TB_CHECK_CEREMONY,
		.rule = "CEREMONY.DISTINCT",
		.num = 1,
		.make = second_commitment,
		.config = SMALL},
	{.id = "C-11d",
		.text = "a fourth trustee where the manifest has three",
		.attacker = "server",
		.check = TB_CHECK_ENTRIES,
		.rule = "ENTRY.SIGNER",
		.where = "signer",
		.num = 1,
		.type = TB_ENTRY_TRUSTEE_COMMIT,
		.which = 2,
		.edit = fourth_trustee,
		.until = TB_UNTIL_COMMIT,
		.config = SMALL},
	{.id = "C-12",
		.text = "an opening although one trustee refused to certify",
		.attacker = "server",
		.check = TB_CHECK_ENTRIES,
		.rule = "ENTRY.ORDER",
		.where = "type",
		.num = 1,
		.make = open_with_two_certificates,
		.config = SMALL},
	{.id = "C-13",
		.text = "a certificate for a longer log",
		.attacker = "server showing two boards",
		.check = TB_CHECK_CEREMONY,
		.rule = "CEREMONY.CERTIFY",
		.num = 1,
		.type = TB_ENTRY_TRUSTEE_CERTIFY,
		.which = 1,
		.edit = other_size,
		.until = TB_UNTIL_RESULT,
		.config = SMALL},
	{.id = "C-14",
		.text = "a commitment signed by a key that is not in the manifest",
		.attacker = "server",
		.check = TB_CHECK_SIGNATURES,
		.rule = "ENTRY.SIGNATURE",
		.where = "signature",
		.num = 1,
		.type = TB_ENTRY_TRUSTEE_COMMIT,
		.which = 1,
		.edit = signed_by_the_server,
		.until = TB_UNTIL_RESULT,
		.config = SMALL},
	{.id = "C-15",
		.text = "a certificate before the roll is final",
		.attacker = "trustee and server",
		.check = TB_CHECK_ENTRIES,
		.rule = "ENTRY.ORDER",
		.where = "type",
		.num = 1,
		.make = certify_before_the_roll_is_final,
		.config = SMALL},
	{.id = "C-16",
		.text = "polls opened a minute early",
		.attacker = "server",
		.check = TB_CHECK_CEREMONY,
		.rule = "OPEN",
		.where = "time",
		.num = 1,
		.type = TB_ENTRY_OPEN,
		.edit = open_too_early,
		.until = TB_UNTIL_RESULT,
		.config = SMALL},
	{.id = "D-01",
		.text = "one credential for two voters",
		.attacker = "registrar",
		.check = TB_CHECK_ROLL,
		.rule = "ROLL.KEYS",
		.num = 1,
		.type = TB_ENTRY_ROLL,
		.edit = two_voters_with_one_key,
		.until = TB_UNTIL_ROLL,
		.config = SMALL},
	{.id = "D-02",
		.text = "a credential that is the identity: anybody can sign with it",
		.attacker = "registrar",
		.check = TB_CHECK_ROLL,
		.rule = "ROLL.KEYS",
		.num = 1,
		.type = TB_ENTRY_ROLL,
		.edit = identity_key,
		.until = TB_UNTIL_ROLL,
		.config = SMALL},
	{.id = "D-03a",
		.text = "a voter twice on the roll",
		.attacker = "registrar",
		.check = TB_CHECK_ROLL,
		.rule = "ROLL",
		.num = 1,
		.type = TB_ENTRY_ROLL,
		.from = "[\"v0000004\"",
		.to = "[\"v0000003\"",
		.until = TB_UNTIL_ROLL,
		.config = SMALL},
	{.id = "D-03b",
		.text = "a weight of zero",
		.attacker = "registrar",
		.check = TB_CHECK_ROLL,
		.rule = "ROLL",
		.num = 1,
		.type = TB_ENTRY_ROLL,
		.from = "\"v0000004\",1,",
		.to = "\"v0000004\",0,",
		.until = TB_UNTIL_ROLL,
		.config = SMALL},
	{.id = "D-03c",
		.text = "voters missing between two roll entries",
		.attacker = "registrar or server",
		.check = TB_CHECK_ROLL,
		.rule = "ROLL",
		.num = 1,
		.type = TB_ENTRY_ROLL,
		.which = 1,
		.from = "\"first\":2",
		.to = "\"first\":3",
		.until = TB_UNTIL_ROLL,
		.config = {.small = true, .chunk = 2, .num_voters = 4}},
	{.id = "D-04a",
		.text = "a voter added after the opening without the registrar",
		.attacker = "server",
		.check = TB_CHECK_SIGNATURES,
		.rule = "ENTRY.SIGNATURE",
		.where = "signature",
		.num = 1,
		.make = voter_added_by_the_server,
		.config = SMALL},
	{.id = "D-04b",
		.text = "a roll entry after the opening",
		.attacker = "registrar and server",
		.check = TB_CHECK_ENTRIES,
		.rule = "ENTRY.ORDER",
		.where = "type",
		.num = 1,
		.make = roll_entry_after_opening,
		.config = SMALL},
	{.id = "D-05a",
		.text = "a ballot by a voter who was removed",
		.attacker = "server",
		.check = TB_CHECK_BALLOTS,
		.rule = "BALLOT.ROLL",
		.where = "signer",
		.num = 1,
		.make = removed_voter_votes,
		.config = SMALL},
	{.id = "D-05b",
		.text = "a removed voter who is added again",
		.attacker = "registrar",
		.check = TB_CHECK_ROLL,
		.rule = "ROLL.CHANGE",
		.make = removed_voter_comes_back,
		.config = {.small = true, .num_voters = 2}},
	{.id = "D-05c",
		.text = "a removed voter's ballot among those that close counts",
		.attacker = "server",
		.check = TB_CHECK_CLOSE,
		.rule = "CLOSE",
		.where = "payload.voters",
		.num = 1,
		.type = TB_ENTRY_CLOSE,
		.from = "\"voters\":4",
		.to = "\"voters\":5",
		.make = counted_although_removed,
		.config = SMALL},
	{.id = "D-07",
		.text = "a ballot by somebody who is not on the roll",
		.attacker = "server",
		.check = TB_CHECK_BALLOTS,
		.rule = "BALLOT.ROLL",
		.where = "signer",
		.num = 1,
		.make = stuff,
		.config = SMALL},
	{.id = "D-08",
		.text = "a ballot signed with another key",
		.attacker = "server",
		.check = TB_CHECK_BALLOT_SIGNATURES,
		.rule = "ENTRY.SIGNATURE",
		.num = 1,
		.type = TB_ENTRY_BALLOT,
		.which = 3,
		.edit = signed_by_the_server,
		.until = TB_UNTIL_RESULT,
		.config = SMALL},
	{.id = "D-09a",
		.text = "a change of the roll in the admin's name",
		.attacker = "admin",
		.check = TB_CHECK_ENTRIES,
		.rule = "ENTRY.SIGNER",
		.where = "signer",
		.num = 0,
		.type = TB_ENTRY_ROLL_CHANGE,
		.which = 0,
		.from = "\"signer\":\"registrar\"",
		.to = "\"signer\":\"admin\"",
		.in_bytes = true,
		.until = TB_UNTIL_CLOSE,
		.config = {.small = true, .extras = true}},
	{.id = "D-09b",
		.text = "a voter added after the end of the polls",
		.attacker = "registrar and server",
		.check = TB_CHECK_ROLL,
		.rule = "ROLL.CHANGE",
		.where = "time",
		.num = 1,
		.make = voter_added_after_the_end,
		.config = SMALL},
	{0},
};

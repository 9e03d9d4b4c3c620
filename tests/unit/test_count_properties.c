/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "core/count/count.h"

/*
 * What must hold for any ballots: their order, grouping and the numbers of candidates change nothing, and oracles that
 * follow the rules in the most simple-minded way, ballot by ballot, come to the same figures in every round.
 */
enum { MAX_N = 7, MAX_BALLOTS = 40, LINES = MAX_BALLOTS };

typedef struct profile {
	uint32_t n, num;
	uint16_t rank[LINES][MAX_N]; /* 0: not ranked */
	uint64_t weight[LINES];
	uint32_t lot[MAX_N];
} profile;

static uint64_t seed = 20270301;

static uint32_t below(uint32_t max)
{
	seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (uint32_t)((seed >> 33) % max);
}

static void shuffle(uint32_t *v, uint32_t num)
{
	for (uint32_t i = 0; i < num; i++)
		v[i] = i;
	for (uint32_t i = num; i > 1; i--) {
		uint32_t k = below(i), kept = v[i - 1];

		v[i - 1] = v[k];
		v[k] = kept;
	}
}

/* Few candidates and small numbers, so that ties of every kind occur. */
static void make_profile(profile *p, bool may_tie)
{
	uint32_t order[MAX_N];

	memset(p, 0, sizeof *p);
	p->n = 2 + below(MAX_N - 1);
	p->num = 1 + below(12);
	shuffle(p->lot, p->n);
	for (uint32_t i = 0; i < p->num; i++) {
		uint32_t ranked = below(p->n + 1);
		uint16_t rank = 1;

		shuffle(order, p->n);
		p->weight[i] = 1 + below(below(4) == 0 ? 30 : 4);
		for (uint32_t k = 0; k < ranked; k++) {
			p->rank[i][order[k]] = rank;
			rank = (uint16_t)(rank + (may_tie && below(5) == 0 ? 0 : 1));
		}
	}
}

static void load(tb_count_ballots *b, const profile *p)
{
	tb_count_ballots_init(b);
	for (uint32_t i = 0; i < p->n; i++) {
		char name = (char)('A' + (int)i);

		assert_int_equal(tb_count_ballots_add_candidate(b, &name, 1), TB_OK);
	}
	for (uint32_t i = 0; i < p->num; i++) {
		tb_count_pref prefs[MAX_N];
		uint32_t num = 0;

		for (uint32_t k = 0; k < p->n; k++)
			if (p->rank[i][k] > 0)
				prefs[num++] = (tb_count_pref){(uint16_t)k, p->rank[i][k]};
		assert_int_equal(tb_count_ballots_add(b, prefs, NULL, num, p->weight[i]), TB_OK);
	}
	assert_int_equal(tb_count_ballots_finish(b), TB_OK);
}

/* Counts with the profile's lot. */
static void run(
	tb_count_account *a, tb_count_ballots *b, const profile *p, const tb_count_method *m, uint32_t seats)
{
	tb_count_options o = {.seats = seats, .lot = p->lot, .default_option = TB_COUNT_NOBODY};
	tb_why why;

	load(b, p);
	if (tb_count_run(a, m, b, &o, &why) != TB_OK)
		fail_msg("%s: %s", m->id, why.text);
}

static uint32_t seats_for(const tb_count_method *m, const profile *p)
{
	return m->flags & TB_COUNT_ONE_SEAT ? 1 : 1 + below(p->n);
}

/* ---- order and grouping ---- */

static void json_of(tb_buf *out, const profile *p, const tb_count_method *m, uint32_t seats)
{
	tb_count_options o = {.seats = seats, .lot = p->lot, .default_option = TB_COUNT_NOBODY};
	tb_count_ballots b;
	tb_count_account a;

	run(&a, &b, p, m, seats);
	tb_buf_init(out, 1u << 22);
	assert_int_equal(tb_count_account_write(out, &a, m, &b, &o), TB_OK);
	tb_count_account_release(&a);
	tb_count_ballots_release(&b);
}

/* Some groups in two parts, all in another order. */
static void scatter(profile *out, const profile *p)
{
	uint32_t order[LINES], num = 0;

	*out = *p;
	for (uint32_t i = 0; i < p->num; i++) {
		uint64_t part = p->weight[i] > 1 && below(2) == 0 ? 1 + below((uint32_t)p->weight[i] - 1) : 0;

		for (int half = 0; half < 2; half++) {
			uint64_t weight = half == 0 ? part : p->weight[i] - part;

			if (weight == 0)
				continue;
			memcpy(out->rank[num], p->rank[i], sizeof p->rank[i]);
			out->weight[num++] = weight;
		}
	}
	out->num = num;
	shuffle(order, num);
	for (uint32_t i = 0; i < num; i++) {
		profile kept = *out;

		memcpy(out->rank[i], kept.rank[order[i]], sizeof kept.rank[0]);
		out->weight[i] = kept.weight[order[i]];
		memcpy(out->rank[order[i]], kept.rank[i], sizeof kept.rank[0]);
		out->weight[order[i]] = kept.weight[i];
	}
}

static void test_order_and_grouping_change_nothing(void **state)
{
	(void)state;
	for (int round = 0; round < 150; round++) {
		profile p, other;

		make_profile(&p, true);
		scatter(&other, &p);
		for (const tb_count_method *const *m = tb_count_methods; *m != NULL; m++) {
			uint32_t seats = seats_for(*m, &p);
			tb_buf first, second;

			if ((*m)->flags & TB_COUNT_NEEDS_SCORES)
				continue;
			json_of(&first, &p, *m, seats);
			json_of(&second, &other, *m, seats);
			assert_string_equal(tb_buf_cstr(&first), tb_buf_cstr(&second));
			tb_buf_release(&first);
			tb_buf_release(&second);
		}
	}
}

/* Another numbering of the candidates, with the lot renumbered too, elects the same people. */
static void test_the_numbers_of_candidates_mean_nothing(void **state)
{
	(void)state;
	for (int round = 0; round < 150; round++) {
		profile p, other;
		uint32_t to[MAX_N];

		make_profile(&p, true);
		other = p;
		shuffle(to, p.n);
		for (uint32_t i = 0; i < p.num; i++)
			for (uint32_t k = 0; k < p.n; k++)
				other.rank[i][to[k]] = p.rank[i][k];
		for (uint32_t k = 0; k < p.n; k++)
			other.lot[k] = to[p.lot[k]];
		for (const tb_count_method *const *m = tb_count_methods; *m != NULL; m++) {
			uint32_t seats = seats_for(*m, &p);
			tb_count_ballots b, c;
			tb_count_account x, y;

			if ((*m)->flags & TB_COUNT_NEEDS_SCORES)
				continue;
			run(&x, &b, &p, *m, seats);
			run(&y, &c, &other, *m, seats);
			assert_int_equal(x.order.num, y.order.num);
			for (uint32_t k = 0; k < p.n; k++)
				assert_int_equal(x.fates[k].why, y.fates[to[k]].why);
			tb_count_account_release(&x);
			tb_count_account_release(&y);
			tb_count_ballots_release(&b);
			tb_count_ballots_release(&c);
		}
	}
}

/* ---- oracles: what they share ---- */

static uint32_t lot_place(const profile *p, uint32_t candidate)
{
	uint32_t i = 0;

	while (p->lot[i] != candidate)
		i++;
	return i;
}

/* The candidates of a line one by one, up to the first shared rank. */
static uint32_t line_order(const profile *p, uint32_t line, uint32_t *out)
{
	uint32_t num = 0;

	for (uint32_t rank = 1; rank <= MAX_N; rank++) {
		uint32_t here = 0, who = 0;

		for (uint32_t k = 0; k < p->n; k++)
			if (p->rank[line][k] == rank) {
				who = k;
				here++;
			}
		if (here > 1)
			return num;
		if (here == 1)
			out[num++] = who;
	}
	return num;
}

static uint64_t prefer(const profile *p, uint32_t a, uint32_t b)
{
	uint64_t sum = 0;

	for (uint32_t i = 0; i < p->num; i++)
		if (p->rank[i][a] > 0 && (p->rank[i][b] == 0 || p->rank[i][a] < p->rank[i][b]))
			sum += p->weight[i];
	return sum;
}

/* ---- [COUNT.SCOTTISH]: every paper by itself ---- */

typedef struct papers {
	const profile *p;
	uint32_t order[LINES][MAX_N], len[LINES], at[LINES];
	uint64_t value[LINES];
	tb_amount votes[64][MAX_N];
	bool out[MAX_N], elected[MAX_N], spent[MAX_N];
	tb_amount quota;
	uint32_t stage;
} papers;

/* Papers of `from` go to the next candidate who is neither out nor elected. */
static void hand_on(papers *s, uint32_t from, tb_amount part, tb_amount whole)
{
	for (uint32_t i = 0; i < s->p->num; i++) {
		if (s->at[i] >= s->len[i] || s->order[i][s->at[i]] != from)
			continue;
		s->value[i] = (uint64_t)(s->value[i] * part / whole);
		do
			s->at[i]++;
		while (s->at[i] < s->len[i] &&
			(s->out[s->order[i][s->at[i]]] || s->elected[s->order[i][s->at[i]]]));
	}
}

static void sum_up(papers *s)
{
	for (uint32_t k = 0; k < s->p->n; k++)
		s->votes[s->stage][k] = s->elected[k] && s->spent[k] ? s->quota : 0;
	for (uint32_t i = 0; i < s->p->num; i++)
		if (s->at[i] < s->len[i] && !s->spent[s->order[i][s->at[i]]])
			s->votes[s->stage][s->order[i][s->at[i]]] += (tb_amount)s->value[i] * s->p->weight[i];
}

/* Is a before b (in having more, or fewer), looking back stage by stage, then to the lot?  Pairwise, so it equals narrowing a set: whoever is
 * best at the first stage that differs beats all others. */
static bool precedes(const papers *s, uint32_t a, uint32_t b, bool want_most)
{
	for (uint32_t r = s->stage + 1; r-- > 0;)
		if (s->votes[r][a] != s->votes[r][b])
			return (s->votes[r][a] > s->votes[r][b]) == want_most;
	return (lot_place(s->p, a) < lot_place(s->p, b)) == want_most;
}

static uint32_t best(const papers *s, bool want_most)
{
	uint32_t found = MAX_N;

	for (uint32_t k = 0; k < s->p->n; k++) {
		bool may = want_most ? s->elected[k] && !s->spent[k] && s->votes[s->stage][k] > s->quota
				     : !s->elected[k] && !s->out[k];

		if (may && (found == MAX_N || precedes(s, k, found, want_most)))
			found = k;
	}
	return found;
}

static uint32_t num_of(const papers *s, bool elected)
{
	uint32_t num = 0;

	for (uint32_t k = 0; k < s->p->n; k++)
		num += elected ? s->elected[k] : !s->elected[k] && !s->out[k];
	return num;
}

static void begin_papers(papers *s, const profile *p, uint32_t seats)
{
	tb_amount valid = 0;

	memset(s, 0, sizeof *s);
	s->p = p;
	for (uint32_t i = 0; i < p->num; i++) {
		s->len[i] = line_order(p, i, s->order[i]);
		s->value[i] = 100000;
		valid += s->len[i] > 0 ? p->weight[i] : 0;
	}
	s->quota = (valid / (seats + 1) + 1) * 100000;
	sum_up(s);
}

static void count_papers(papers *s, uint32_t seats)
{
	for (;;) {
		uint32_t who;

		for (uint32_t k = 0; k < s->p->n; k++)
			if (!s->out[k] && s->votes[s->stage][k] >= s->quota)
				s->elected[k] = true;
		if (num_of(s, true) >= seats || num_of(s, true) + num_of(s, false) <= seats)
			return;
		who = best(s, true);
		if (who < MAX_N) {
			hand_on(s, who, s->votes[s->stage][who] - s->quota, s->votes[s->stage][who]);
			s->spent[who] = true;
		} else {
			who = best(s, false);
			s->out[who] = true;
			hand_on(s, who, 1, 1);
		}
		s->stage++;
		sum_up(s);
	}
}

static void test_scottish_paper_by_paper(void **state)
{
	const tb_count_method *m = tb_count_method_find("scottish-stv");

	(void)state;
	for (int round = 0; round < 1500; round++) {
		static papers s;
		profile p;
		uint32_t seats;
		tb_count_ballots b;
		tb_count_account a;

		make_profile(&p, round % 3 == 0);
		seats = seats_for(m, &p);
		begin_papers(&s, &p, seats);
		count_papers(&s, seats);
		run(&a, &b, &p, m, seats);
		assert_int_equal(a.num_rounds, s.stage + 1);
		for (uint32_t r = 0; r <= s.stage; r++)
			for (uint32_t k = 0; k < p.n; k++)
				assert_true(a.rounds[r].votes[k] == s.votes[r][k]);
		for (uint32_t k = 0; k < p.n; k++)
			assert_int_equal(tb_count_why_is_elected(a.fates[k].why),
				s.elected[k] || (num_of(&s, true) < seats && !s.out[k]));
		tb_count_account_release(&a);
		tb_count_ballots_release(&b);
	}
}

/* ---- [COUNT.MEEK]: every line by itself, from the text of the rule ---- */

typedef struct meek {
	const profile *p;
	uint32_t seats, elected_num;
	tb_amount kf[MAX_N], v[MAX_N], q, s;
	char status[MAX_N]; /* h e d */
} meek;

#define U ((tb_amount)1000000000)

static void meek_distribute(meek *m)
{
	tb_amount sum = 0, total = 0, due = 0;

	for (uint32_t k = 0; k < m->p->n; k++)
		m->v[k] = 0;
	for (uint32_t i = 0; i < m->p->num; i++) {
		uint32_t order[MAX_N], len = line_order(m->p, i, order);
		tb_amount w = U;

		for (uint32_t k = 0; k < len && w > 0; k++) {
			tb_amount wk = w * m->kf[order[k]], give = wk / U + (wk % U != 0);

			give = give > w ? w : give;
			m->v[order[k]] += give * m->p->weight[i];
			w -= give;
		}
	}
	for (uint32_t k = 0; k < m->p->n; k++)
		sum += m->v[k];
	m->q = sum / (m->seats + 1) + 1;
	for (uint32_t k = 0; k < m->p->n; k++)
		if (m->status[k] == 'e') {
			total += m->v[k];
			due += m->q;
		}
	m->s = total > due ? total - due : 0;
}

static uint32_t hopeful(const meek *m)
{
	uint32_t num = 0;

	for (uint32_t k = 0; k < m->p->n; k++)
		num += m->status[k] == 'h';
	return num;
}

/* B.2; true when somebody was elected. */
static bool meek_iterate(meek *m)
{
	tb_amount last = 0;

	for (int i = 0;; i++) {
		bool is_new = false;

		meek_distribute(m);
		for (uint32_t k = 0; k < m->p->n; k++)
			if (m->status[k] == 'h' && m->v[k] >= m->q) {
				is_new = true;
				m->elected_num++;
				m->status[k] = 'e';
			}
		if (is_new)
			return true;
		if (m->s < 1000 || (i > 0 && m->s >= last))
			return false;
		last = m->s;
		for (uint32_t k = 0; k < m->p->n; k++)
			if (m->status[k] == 'e') {
				tb_amount kq = m->kf[k] * m->q;

				kq = kq / U + (kq % U != 0);
				m->kf[k] = kq * U / m->v[k] + (kq * U % m->v[k] != 0);
			}
	}
}

static void meek_defeat(meek *m)
{
	uint32_t worst = MAX_N, low = MAX_N;

	for (uint32_t k = 0; k < m->p->n; k++)
		if (m->status[k] == 'h' && (low == MAX_N || m->v[k] < m->v[low]))
			low = k;
	for (uint32_t k = 0; k < m->p->n; k++)
		if (m->status[k] == 'h' && m->v[k] <= m->v[low] + m->s &&
			(worst == MAX_N || lot_place(m->p, k) > lot_place(m->p, worst)))
			worst = k;
	m->status[worst] = 'd';
	m->kf[worst] = 0;
}

static void compare_meek(const meek *m, const tb_count_account *a, uint32_t round)
{
	assert_true(round < a->num_rounds);
	assert_true(a->rounds[round].quota == m->q);
	for (uint32_t k = 0; k < m->p->n; k++) {
		assert_true(a->rounds[round].votes[k] == m->v[k]);
		if (m->status[k] != 'd' || a->rounds[round].keep[k] == 0)
			assert_true(a->rounds[round].keep[k] == m->kf[k]);
	}
}

static void test_meek_line_by_line(void **state)
{
	const tb_count_method *method = tb_count_method_find("meek-prf");

	(void)state;
	for (int round = 0; round < 700; round++) {
		meek m = {0};
		profile p;
		tb_count_ballots b;
		tb_count_account a;
		uint32_t r = 0;

		make_profile(&p, round % 3 == 0);
		m.p = &p;
		m.seats = seats_for(method, &p);
		run(&a, &b, &p, method, m.seats);
		for (uint32_t k = 0; k < p.n; k++) {
			m.kf[k] = U;
			m.status[k] = 'h';
		}
		for (; m.elected_num < m.seats && hopeful(&m) + m.elected_num > m.seats; r++) {
			bool is_new = meek_iterate(&m);

			compare_meek(&m, &a, r);
			if (!is_new)
				meek_defeat(&m);
		}
		assert_int_equal(a.num_rounds, r == 0 ? 1 : r);
		for (uint32_t k = 0; k < p.n; k++)
			assert_int_equal(tb_count_why_is_elected(a.fates[k].why),
				m.status[k] == 'e' || (m.status[k] == 'h' && m.elected_num < m.seats));
		tb_count_account_release(&a);
		tb_count_ballots_release(&b);
	}
}

/* ---- [COUNT.SCHULZE] and [COUNT.DEBIAN]: all paths, one after the other ---- */

/* How strong a link is: winning votes, and where losing votes count, fewer of them next. */
static uint64_t link_of(const profile *p, uint32_t a, uint32_t b, bool by_losing)
{
	uint64_t won = prefer(p, a, b), lost = prefer(p, b, a);

	if (won <= lost)
		return 0;
	return by_losing ? won * 1000000 + (999999 - lost) : won;
}

static uint64_t widest(const profile *p, uint32_t from, uint32_t to, uint32_t used, bool by_losing)
{
	uint64_t found = link_of(p, from, to, by_losing);

	for (uint32_t via = 0; via < p->n; via++) {
		uint64_t first, rest;

		if (used >> via & 1 || via == from || via == to)
			continue;
		first = link_of(p, from, via, by_losing);
		if (first <= found)
			continue;
		rest = widest(p, via, to, used | 1u << from, by_losing);
		rest = rest < first ? rest : first;
		found = rest > found ? rest : found;
	}
	return found;
}

static bool is_unbeaten(const profile *p, uint32_t who, const bool *gone, bool by_losing)
{
	for (uint32_t k = 0; k < p->n; k++)
		if (k != who && !gone[k] && widest(p, k, who, 0, by_losing) > widest(p, who, k, 0, by_losing))
			return false;
	return true;
}

static void test_schulze_by_all_paths(void **state)
{
	const tb_count_method *m = tb_count_method_find("schulze");

	(void)state;
	for (int round = 0; round < 300; round++) {
		bool gone[MAX_N] = {false};
		profile p;
		tb_count_ballots b;
		tb_count_account a;
		uint32_t left;

		make_profile(&p, true);
		run(&a, &b, &p, m, left = p.n);
		for (uint32_t r = 0; r < a.num_rounds; r++) {
			bool level[MAX_N];
			uint32_t num = 0;

			for (uint32_t k = 0; k < p.n; k++)
				num += level[k] = !gone[k] && is_unbeaten(&p, k, gone, false);
			assert_int_equal(a.rounds[r].of.num, num);
			for (uint32_t i = 0; i < num; i++) {
				assert_true(level[a.rounds[r].of.at[i]]);
				gone[a.rounds[r].of.at[i]] = true;
			}
			left -= num;
		}
		assert_true(left == 0 || a.num_valid == 0);
		for (uint32_t x = 0; x < p.n && a.num_valid > 0; x++)
			for (uint32_t y = 0; y < p.n; y++)
				assert_true(x == y || a.paths[x * p.n + y] == widest(&p, x, y, 0, false));
		tb_count_account_release(&a);
		tb_count_ballots_release(&b);
	}
}

/* Dropping weakest defeats leaves those whom no path of winning, then losing votes beats: between them the lot decides. */
static void test_debian_by_all_paths(void **state)
{
	const tb_count_method *m = tb_count_method_find("condorcet-debian");

	(void)state;
	for (int round = 0; round < 600; round++) {
		bool gone[MAX_N] = {false};
		profile p;
		tb_count_ballots b;
		tb_count_account a;
		uint32_t want = MAX_N;

		make_profile(&p, true);
		run(&a, &b, &p, m, 1);
		for (uint32_t k = 0; k < p.n && a.num_valid > 0; k++)
			if (is_unbeaten(&p, k, gone, true) &&
				(want == MAX_N || lot_place(&p, k) < lot_place(&p, want)))
				want = k;
		assert_int_equal(a.order.num, a.num_valid > 0);
		assert_true(a.num_valid == 0 || a.order.at[0] == want);
		tb_count_account_release(&a);
		tb_count_ballots_release(&b);
	}
}

/* ---- [COUNT.BORDA]: a point for everybody below, half a point for every equal ---- */

static tb_amount points_of(const profile *p, uint32_t line, uint32_t who)
{
	tb_amount points = 0;
	bool is_empty = true;

	for (uint32_t k = 0; k < p->n; k++) {
		uint16_t mine = p->rank[line][who], its = p->rank[line][k];

		is_empty = is_empty && its == 0;
		if (k != who)
			points += mine == its ? 5 : mine > 0 && (its == 0 || mine < its) ? 10 : 0;
	}
	return is_empty ? 0 : points;
}

static void test_borda_by_comparing_everybody(void **state)
{
	const tb_count_method *m = tb_count_method_find("borda");

	(void)state;
	for (int round = 0; round < 500; round++) {
		profile p;
		tb_count_ballots b;
		tb_count_account a;

		make_profile(&p, true);
		run(&a, &b, &p, m, seats_for(m, &p));
		for (uint32_t k = 0; k < p.n; k++) {
			tb_amount want = 0;

			for (uint32_t i = 0; i < p.num; i++)
				want += p.weight[i] * points_of(&p, i, k);
			assert_true(a.rounds[0].votes[k] == want);
		}
		tb_count_account_release(&a);
		tb_count_ballots_release(&b);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_order_and_grouping_change_nothing),
		cmocka_unit_test(test_the_numbers_of_candidates_mean_nothing),
		cmocka_unit_test(test_scottish_paper_by_paper),
		cmocka_unit_test(test_meek_line_by_line),
		cmocka_unit_test(test_schulze_by_all_paths),
		cmocka_unit_test(test_debian_by_all_paths),
		cmocka_unit_test(test_borda_by_comparing_everybody),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

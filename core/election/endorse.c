/* SPDX-License-Identifier: Apache-2.0 */
#include "core/election/endorse.h"

#include <stdio.h>
#include <string.h>

#include "core/base/base64.h"

void tb_endorsements_init(tb_endorsements *e, const tb_manifest *m)
{
	memset(e, 0, sizeof *e);
	e->num_endorsers = m->num_trustees + m->num_endorsers;
	e->threshold = m->threshold;
	TB_REQUIRE(e->num_endorsers <= TB_ENDORSEMENTS_MAX && e->threshold >= 1);
}

tb_err tb_endorsements_add(tb_endorsements *e, uint32_t endorser, const tb_endorsement *said)
{
	TB_REQUIRE(endorser < e->num_endorsers);
	/* One statement per key, ever: who endorsed two boards could help to decrypt both [ENDORSE]. */
	if (e->has[endorser])
		return TB_ERR_STATE;
	e->has[endorser] = true;
	e->statement[endorser] = *said;
	e->order[e->num++] = endorser;
	return TB_OK;
}

uint32_t tb_endorsements_required(const tb_endorsements *e)
{
	return (e->num_endorsers + e->threshold + 1) / 2;
}

uint32_t tb_endorsements_matching(const tb_endorsements *e, const tb_endorsement *own)
{
	uint32_t num = 0;

	for (uint32_t i = 0; i < e->num_endorsers; i++)
		num += e->has[i] && tb_endorsement_same(&e->statement[i], own) ? 1 : 0;
	return num;
}

bool tb_endorsements_suffice(const tb_endorsements *e, const tb_endorsement *own)
{
	return tb_endorsements_matching(e, own) >= tb_endorsements_required(e);
}

static tb_err hash_differs(
	tb_fault *fault, const char *where, const uint8_t expected[32], const uint8_t found[32])
{
	char hex[2][TB_HEX_LEN(32) + 1] = {{0}};

	tb_hex_write(hex[0], expected, 32);
	tb_hex_write(hex[1], found, 32);
	return tb_fault_set(fault, "ENDORSE", where, hex[0], hex[1]);
}

static tb_err number_differs(tb_fault *fault, const char *where, uint64_t expected, uint64_t found)
{
	char text[24];

	(void)snprintf(text, sizeof text, "%llu", (unsigned long long)expected);
	return tb_fault_setf(fault, "ENDORSE", where, text, "%llu", (unsigned long long)found);
}

tb_err tb_endorsement_check(const tb_endorsement *own, const tb_endorsement *said, tb_fault *fault)
{
	if (memcmp(own->close, said->close, sizeof own->close) != 0)
		return hash_differs(fault, "close", own->close, said->close);
	if (own->size != said->size)
		return number_differs(fault, "size", own->size, said->size);
	if (memcmp(own->root, said->root, sizeof own->root) != 0)
		return hash_differs(fault, "root", own->root, said->root);
	if (memcmp(own->counted, said->counted, sizeof own->counted) != 0)
		return hash_differs(fault, "counted", own->counted, said->counted);
	if (own->ballots != said->ballots)
		return number_differs(fault, "ballots", own->ballots, said->ballots);
	if (memcmp(own->aggregates, said->aggregates, sizeof own->aggregates) != 0)
		return hash_differs(fault, "aggregates", own->aggregates, said->aggregates);
	return TB_OK;
}

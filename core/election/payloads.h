/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TB_CORE_ELECTION_PAYLOADS_H
#define TB_CORE_ELECTION_PAYLOADS_H

#include "core/election/manifest.h"
#include "core/log/checkpoint.h"

/*
 * The small payloads in canonical JSON: [OPEN], [EXTEND], [CLOSE], [NOTICE], [CANCEL], [ROLL.CHANGE],
 * [ENDORSE].  Parsing checks the shape and what concerns the payload alone; whether it is right at its place
 * is the board's question. parse: RULE with the rule of the type, JSON.CANONICAL, TEXT or ID; MEMORY.  *out
 * is then zeroed.   write: MEMORY, LIMIT, appended. Structs with `char *` own them: release after use.
 */
typedef struct tb_open {
	uint64_t size;
	uint8_t root[32];
	uint8_t public_key[TB_POINT_MAX_BYTES]; /* wire form of h in the election's group */
	size_t public_key_len;
} tb_open;
TB_CHECKED tb_err tb_open_parse(
	tb_open *out, const tb_group *g, const void *bytes, size_t len, tb_fault *fault);
TB_CHECKED tb_err tb_open_write(tb_buf *out, const tb_open *p);

typedef struct tb_close {
	uint64_t size, ballots, voters;
	uint8_t root[32];
} tb_close;
TB_CHECKED tb_err tb_close_parse(tb_close *out, const void *bytes, size_t len, tb_fault *fault);
TB_CHECKED tb_err tb_close_write(tb_buf *out, const tb_close *p);

typedef struct tb_extend {
	uint64_t closes;
	char *reason;
} tb_extend;
TB_CHECKED tb_err tb_extend_parse(tb_extend *out, const void *bytes, size_t len, tb_fault *fault);
TB_CHECKED tb_err tb_extend_write(tb_buf *out, const tb_extend *p);
void tb_extend_release(tb_extend *p);

/* Notice: its text.  Cancel: its reason.  *text is owned (free). */
TB_CHECKED tb_err tb_notice_parse(char **text, const void *bytes, size_t len, tb_fault *fault);
TB_CHECKED tb_err tb_notice_write(tb_buf *out, const char *text);
TB_CHECKED tb_err tb_cancel_parse(char **reason, const void *bytes, size_t len, tb_fault *fault);
TB_CHECKED tb_err tb_cancel_write(tb_buf *out, const char *reason);

typedef enum tb_roll_action { TB_ROLL_ADD, TB_ROLL_REMOVE, TB_ROLL_CREDENTIAL } tb_roll_action;
typedef struct tb_roll_change {
	tb_roll_action action;
	char *voter, *label, *reason;
	uint32_t weight;
	uint8_t key[32]; /* checked to be a key; zero for remove */
} tb_roll_change;
TB_CHECKED tb_err tb_roll_change_parse(tb_roll_change *out, const void *bytes, size_t len, tb_fault *fault);
TB_CHECKED tb_err tb_roll_change_write(tb_buf *out, const tb_roll_change *p);
void tb_roll_change_release(tb_roll_change *p);

typedef struct tb_endorsement {
	uint8_t close[32], root[32], counted[32], aggregates[32];
	uint64_t size, ballots;
	uint8_t cosignature[TB_COSIGNATURE_BYTES];
} tb_endorsement;
TB_CHECKED tb_err tb_endorsement_parse(tb_endorsement *out, const void *bytes, size_t len, tb_fault *fault);
TB_CHECKED tb_err tb_endorsement_write(tb_buf *out, const tb_endorsement *p);
/* Do both endorse the same statement?  (Everything but the cosignature.) */
bool tb_endorsement_same(const tb_endorsement *a, const tb_endorsement *b);

#endif

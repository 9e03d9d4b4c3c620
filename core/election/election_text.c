/* SPDX-License-Identifier: Apache-2.0 */
#include "core/election/election_text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/base/text.h"
#include "core/election/election_text_internal.h"

/*
 * Reading an election file line by line.  A line is blank, a comment, an option, a keyword with its value, or free text
 * below a title, a question or an option [FILE.LINE].  The manifest grows with the lines; where each part of it
 * was written is remembered, so that a rule that tb_manifest_check() finds broken is reported with its line.
 */

/* ---- keywords [FILE.KEYWORD] ---- */

const char *const tb_keyword_names[TB_KEY_NUM] = {
	[TB_KEY_TITLE] = "Title",
	[TB_KEY_SLUG] = "Slug",
	[TB_KEY_ORIGIN] = "Origin",
	[TB_KEY_GROUP] = "Group",
	[TB_KEY_OPENS] = "Polls open",
	[TB_KEY_CLOSES] = "Polls close",
	[TB_KEY_GRANULARITY] = "Granularity",
	[TB_KEY_RULES] = "Rules",
	[TB_KEY_REVOTE] = "Revote",
	[TB_KEY_REHEARSAL] = "Rehearsal",
	[TB_KEY_FLOOR] = "Privacy floor",
	[TB_KEY_WEIGHTS] = "Weights",
	[TB_KEY_ELIGIBILITY] = "Eligibility",
	[TB_KEY_SERVER] = "Server",
	[TB_KEY_ADMIN] = "Admin",
	[TB_KEY_REGISTRAR] = "Registrar",
	[TB_KEY_THRESHOLD] = "Threshold",
	[TB_KEY_MIXES] = "Mixes",
	[TB_KEY_TRUSTEE] = "Trustee",
	[TB_KEY_ENDORSER] = "Endorser",
	[TB_KEY_WITNESSES] = "Witnesses",
	[TB_KEY_WITNESS] = "Witness",
	[TB_KEY_QUESTION] = "Question",
	[TB_KEY_ID] = "Id",
	[TB_KEY_METHOD] = "Method",
	[TB_KEY_WINNERS] = "Winners",
	[TB_KEY_QUORUM] = "Quorum",
	[TB_KEY_APPROVAL] = "Approval",
	[TB_KEY_ORDER] = "Order",
	[TB_KEY_BLANK] = "Blank",
	[TB_KEY_COUNT] = "Count",
	[TB_KEY_EQUAL] = "Equal ranks",
	[TB_KEY_MINIMUM] = "Minimum votes",
	[TB_KEY_DEFAULT] = "Default option",
	[TB_KEY_DEFAULT_QUORUM] = "Default quorum",
	[TB_KEY_LINK] = "Link",
	[TB_KEY_PICTURE] = "Picture",
	[TB_KEY_MAJORITY] = "Majority",
};

bool tb_keyword_find(const char *line, tb_keyword *key, const char **value, bool *odd)
{
	size_t len = strspn(line, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz ");

	*odd = false;
	if (len == 0 || line[len] != ':')
		return false;
	for (unsigned i = 0; i < TB_KEY_NUM; i++) {
		if (strlen(tb_keyword_names[i]) == len && strncasecmp(line, tb_keyword_names[i], len) == 0) {
			*key = (tb_keyword)i;
			*value = line + len + 1 + strspn(line + len + 1, " \t");
			return true;
		}
	}
	/* A mistyped keyword must not become a part of the text in silence. */
	*odd = line[0] >= 'A' && line[0] <= 'Z' && len <= 20 &&
	       (line[len + 1] == ' ' || line[len + 1] == '\0');
	return false;
}

/* The least number of letters to change, add or leave out between two words of at most 20 letters. */
static unsigned distance(const char *a, size_t a_len, const char *b)
{
	unsigned row[24], before, above;
	size_t b_len = strlen(b);

	for (unsigned j = 0; j <= b_len; j++)
		row[j] = j;
	for (size_t i = 1; i <= a_len; i++) {
		before = row[0];
		row[0] = (unsigned)i;
		for (size_t j = 1; j <= b_len; j++) {
			above = row[j];
			row[j] = before + (strncasecmp(a + i - 1, b + j - 1, 1) != 0);
			row[j] = above + 1 < row[j] ? above + 1 : row[j];
			row[j] = row[j - 1] + 1 < row[j] ? row[j - 1] + 1 : row[j];
			before = above;
		}
	}
	return row[b_len];
}

static tb_err unknown_keyword(tb_text_reader *r, const char *line)
{
	size_t len = strcspn(line, ":");
	unsigned best = 4;
	char expected[120] = "a keyword of election files, or \"| \" before the line if it is text";

	for (unsigned i = 0; i < TB_KEY_NUM; i++) {
		unsigned d = distance(line, len, tb_keyword_names[i]);

		if (d < best) {
			best = d;
			snprintf(expected, sizeof expected,
				"\"%s:\", or \"| \" before the line if it is text", tb_keyword_names[i]);
		}
	}
	return tb_text_wrong(r, "FILE.KEYWORD", expected, "\"%.60s\"", line);
}

/* ---- free text [FILE.TEXT] ---- */

static char *copy_of(const char *text)
{
	size_t size = strlen(text) + 1;
	char *copy = malloc(size);

	if (copy != NULL)
		memcpy(copy, text, size);
	return copy;
}

/* What the free text here is the description of. */
static char **described(tb_text_reader *r)
{
	tb_manifest *m = r->m;
	tb_question *q;

	if (r->below == TB_BELOW_TITLE)
		return &m->text;
	TB_REQUIRE(r->below != TB_BELOW_NOTHING && m->num_questions > 0);
	q = &m->questions[m->num_questions - 1];
	if (r->below == TB_BELOW_QUESTION)
		return &q->text;
	TB_REQUIRE(q->num_options > 0);
	return &q->options[q->num_options - 1].text;
}

/* The text below a title, a question or an option is complete. */
static tb_err end_text(tb_text_reader *r)
{
	char **to;

	r->num_blank = 0;
	if (!r->has_text)
		return TB_OK;
	r->has_text = false;
	to = described(r);
	if (tb_buf_status(&r->text) != TB_OK)
		return tb_buf_status(&r->text);
	if (*to != NULL)
		return tb_text_wrong(r, "FILE.TEXT", "the text of an option in one piece",
			"a second piece of it before this line");
	*to = copy_of(tb_buf_cstr(&r->text));
	tb_buf_clear(&r->text);
	return *to != NULL ? TB_OK : TB_ERR_MEMORY;
}

static tb_err remember_text(tb_text_reader *r)
{
	uint32_t question = r->m->num_questions - 1;

	if (r->below == TB_BELOW_TITLE)
		return tb_text_remember(r, "text");
	if (r->below == TB_BELOW_QUESTION)
		return tb_text_remember(r, "questions[%u].text", question);
	return tb_text_remember(
		r, "questions[%u].options[%u].text", question, r->m->questions[question].num_options - 1);
}

static tb_err add_text(tb_text_reader *r, const char *line)
{
	tb_err err = TB_OK;

	if (r->below == TB_BELOW_NOTHING)
		return tb_text_wrong(
			r, "FILE.TEXT", "text only below Title:, Question: or an option", "\"%.80s\"", line);
	if (!r->has_text)
		err = remember_text(r);
	else
		for (uint32_t i = 0; i <= r->num_blank; i++)
			tb_buf_text(&r->text, "\n");
	tb_buf_text(&r->text, line);
	r->has_text = true;
	r->num_blank = 0;
	return err;
}

/* ---- lines ---- */

static tb_err begin_question(tb_text_reader *r, const char *title)
{
	tb_manifest *m = r->m;
	tb_question *list;
	tb_err err = tb_text_end_question(r);

	if (err != TB_OK)
		return err;
	list = tb_text_grow(m->questions, m->num_questions, sizeof *list);
	if (list == NULL)
		return TB_ERR_MEMORY;
	m->questions = list;
	list[m->num_questions++].winners = 1;
	memset(r->question_seen, 0, sizeof r->question_seen);
	r->question_seen[TB_KEY_QUESTION] = r->line;
	r->below = TB_BELOW_QUESTION;
	r->in_option = false;
	err = tb_text_set(&list[m->num_questions - 1].title, title, strlen(title));
	return err == TB_OK ? tb_text_remember(r, "questions[%u]", m->num_questions - 1) : err;
}

static tb_err begin_option(tb_text_reader *r, const char *label)
{
	tb_question *q;
	tb_option *list;
	tb_err err = end_text(r);

	if (err != TB_OK)
		return err;
	if (r->m->num_questions == 0)
		return tb_text_wrong(
			r, "FILE.KEYWORD", "a line \"Question: ...\" before the first option", "an option");
	q = &r->m->questions[r->m->num_questions - 1];
	list = tb_text_grow(q->options, q->num_options, sizeof *list);
	if (list == NULL)
		return TB_ERR_MEMORY;
	q->options = list;
	list += q->num_options++;
	memset(r->option_seen, 0, sizeof r->option_seen);
	r->below = TB_BELOW_OPTION;
	r->in_option = true;
	label += strspn(label, " \t");
	err = tb_text_set(&list->label, label, strlen(label));
	if (err != TB_OK)
		return err;
	return tb_text_remember(r, "questions[%u].options[%u]", r->m->num_questions - 1, q->num_options - 1);
}

/* The part of the manifest that a keyword of the election says. */
static const char *const PATHS[] = {[TB_KEY_TITLE] = "title",
	[TB_KEY_SLUG] = "slug",
	[TB_KEY_ORIGIN] = "origin",
	[TB_KEY_GROUP] = "group",
	[TB_KEY_OPENS] = "opens",
	[TB_KEY_CLOSES] = "closes",
	[TB_KEY_GRANULARITY] = "granularity",
	[TB_KEY_RULES] = "rules",
	[TB_KEY_REVOTE] = "revote",
	[TB_KEY_REHEARSAL] = "rehearsal",
	[TB_KEY_FLOOR] = "privacy_floor",
	[TB_KEY_WEIGHTS] = "weights",
	[TB_KEY_ELIGIBILITY] = "eligibility",
	[TB_KEY_SERVER] = "server",
	[TB_KEY_ADMIN] = "admin",
	[TB_KEY_REGISTRAR] = "registrar",
	[TB_KEY_THRESHOLD] = "threshold",
	[TB_KEY_MIXES] = "mixes",
	[TB_KEY_TRUSTEE] = "trustees",
	[TB_KEY_ENDORSER] = "endorsers",
	[TB_KEY_WITNESSES] = "witnesses.need",
	[TB_KEY_WITNESS] = "witnesses.keys"};

static bool is_of_option(const tb_text_reader *r, tb_keyword key)
{
	return key == TB_KEY_LINK || key == TB_KEY_PICTURE || key == TB_KEY_MAJORITY ||
	       (key == TB_KEY_ID && r->in_option);
}

static tb_err remember_question_part(tb_text_reader *r, tb_keyword key)
{
	static const char *const parts[TB_KEY_NUM] = {[TB_KEY_ID] = "id",
		[TB_KEY_LINK] = "link",
		[TB_KEY_PICTURE] = "picture",
		[TB_KEY_WINNERS] = "winners",
		[TB_KEY_QUORUM] = "quorum",
		[TB_KEY_APPROVAL] = "approval",
		[TB_KEY_ORDER] = "order",
		[TB_KEY_BLANK] = "blank",
		[TB_KEY_COUNT] = "count.method",
		[TB_KEY_EQUAL] = "count.equal",
		[TB_KEY_MINIMUM] = "count.minimum",
		[TB_KEY_DEFAULT] = "count.default",
		[TB_KEY_DEFAULT_QUORUM] = "count.quorum"};
	static const char *const of_method[] = {"method", "min", "max", "score_max"};
	uint32_t q = r->m->num_questions - 1;
	tb_err err = TB_OK;

	if (key == TB_KEY_MAJORITY)
		return tb_text_remember(
			r, "questions[%u].count.ratios[%u]", q, r->m->questions[q].num_options - 1);
	if (is_of_option(r, key))
		return tb_text_remember(
			r, "questions[%u].options[%u].%s", q, r->m->questions[q].num_options - 1, parts[key]);
	if (key != TB_KEY_METHOD)
		return tb_text_remember(r, "questions[%u].%s", q, parts[key]);
	for (size_t i = 0; err == TB_OK && i < 4; i++)
		err = tb_text_remember(r, "questions[%u].%s", q, of_method[i]);
	return err;
}

static bool may_repeat(tb_keyword key)
{
	return key == TB_KEY_TRUSTEE || key == TB_KEY_ENDORSER || key == TB_KEY_WITNESS;
}

/* Once in the election, in a question or in an option [FILE.TWICE]. */
static tb_err note_seen(tb_text_reader *r, uint32_t *seen, tb_keyword key)
{
	if (seen[key] != 0 && !may_repeat(key))
		return tb_text_wrong(r, "FILE.TWICE", "this line once", "\"%s:\" in line %u already",
			tb_keyword_names[key], seen[key]);
	seen[key] = r->line;
	return TB_OK;
}

static tb_err read_keyword(tb_text_reader *r, tb_keyword key, const char *value)
{
	bool of_option = is_of_option(r, key);
	tb_err err = end_text(r);

	r->below = TB_BELOW_NOTHING;
	if (err != TB_OK)
		return err;
	if (*value == '\0')
		return tb_text_wrong(
			r, "FILE.VALUE", "something after the colon", "\"%s:\"", tb_keyword_names[key]);
	if (key == TB_KEY_QUESTION)
		return begin_question(r, value);
	if (key < TB_KEY_QUESTION) {
		err = note_seen(r, r->head_seen, key);
		if (err == TB_OK && !may_repeat(key))
			err = tb_text_remember(r, "%s", PATHS[key]);
		r->below = key == TB_KEY_TITLE ? TB_BELOW_TITLE : TB_BELOW_NOTHING;
		r->in_option = false;
		return err == TB_OK ? tb_text_head_value(r, key, value) : err;
	}
	if (r->m->num_questions == 0)
		return tb_text_wrong(r, "FILE.KEYWORD", "a line \"Question: ...\" before this one", "\"%s:\"",
			tb_keyword_names[key]);
	if (of_option && !r->in_option)
		return tb_text_wrong(r, "FILE.KEYWORD", "such a line only below an option",
			"\"%s:\" elsewhere", tb_keyword_names[key]);
	err = note_seen(r, of_option ? r->option_seen : r->question_seen, key);
	if (err == TB_OK)
		err = remember_question_part(r, key);
	if (of_option)
		r->below = TB_BELOW_OPTION; /* its text may come after its id, link and picture */
	return err == TB_OK ? tb_text_question_value(r, key, value) : err;
}

/* `line` is NUL-terminated and may be changed. */
static tb_err read_line(tb_text_reader *r, char *line)
{
	size_t indent = strspn(line, " \t"), len = strlen(line);
	const char *value;
	tb_keyword key;
	bool odd;

	if (line[indent] == '|') { /* text exactly as it stands behind the bar and one space */
		line += indent + 1;
		return add_text(r, *line == ' ' ? line + 1 : line);
	}
	while (len > indent && (line[len - 1] == ' ' || line[len - 1] == '\t'))
		line[--len] = '\0';
	line += indent;
	if (*line == '\0') {
		r->num_blank++;
		return TB_OK;
	}
	if (*line == '#')
		return TB_OK;
	if (strncmp(line, "[]", 2) == 0)
		return begin_option(r, line + 2);
	if (strncmp(line, "[ ]", 3) == 0)
		return begin_option(r, line + 3);
	if (tb_keyword_find(line, &key, &value, &odd))
		return read_keyword(r, key, value);
	if (odd)
		return unknown_keyword(r, line);
	if (r->below == TB_BELOW_OPTION && indent == 0)
		return tb_text_wrong(r, "FILE.TEXT",
			"the text of an option indented, another option beginning with [], or a keyword",
			"\"%.80s\"", line);
	return add_text(r, line);
}

static tb_err read_lines(tb_text_reader *r, const char *text, size_t len)
{
	const char *at = text, *end = text + len;
	tb_err err = TB_OK;
	tb_buf line;

	if (len >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0)
		at += 3;
	tb_buf_init(&line, TB_ELECTION_TEXT_MAX + 1);
	while (err == TB_OK && at < end) {
		const char *stop = memchr(at, '\n', (size_t)(end - at));
		size_t line_len = (size_t)((stop != NULL ? stop : end) - at);

		r->line++;
		if (memchr(at, '\0', line_len) != NULL || !tb_text_is_utf8(at, line_len)) {
			err = tb_text_wrong(r, "FILE.LINE", "text in UTF-8", "other bytes");
			break;
		}
		tb_buf_clear(&line);
		tb_buf_append(&line, at, line_len > 0 && at[line_len - 1] == '\r' ? line_len - 1 : line_len);
		(void)tb_buf_cstr(&line);
		err = tb_buf_status(&line);
		if (err == TB_OK) {
			static char empty[] = "";

			err = read_line(r, line.data != NULL ? (char *)line.data : empty);
		}
		at = stop != NULL ? stop + 1 : end;
	}
	tb_buf_release(&line);
	if (err == TB_OK)
		err = end_text(r);
	return err == TB_OK ? tb_text_end_question(r) : err;
}

/* ---- what was left out ---- */

static bool is_id_taken(const tb_question *q, const char *id)
{
	for (uint32_t i = 0; i < q->num_options; i++)
		if (q->options[i].id != NULL && strcmp(q->options[i].id, id) == 0)
			return true;
	return false;
}

static bool is_question_id_taken(const tb_manifest *m, const char *id)
{
	for (uint32_t i = 0; i < m->num_questions; i++)
		if (m->questions[i].id != NULL && strcmp(m->questions[i].id, id) == 0)
			return true;
	return false;
}

/* The slug of the text, or `word` and the place; with "-2", "-3" ... while another has it (`q`: among its options, else among
 * questions).  MEMORY. */
static tb_err default_id(char **id, const char *text, const char *word, uint32_t place, const tb_manifest *m,
	const tb_question *q)
{
	char slug[TB_ID_MAX + 1], full[TB_ID_MAX + 16];

	tb_slug_from_text(slug, text);
	if (slug[0] == '\0')
		snprintf(slug, sizeof slug, "%s-%u", word, place + 1);
	snprintf(full, sizeof full, "%s", slug);
	for (uint32_t n = 2; q != NULL ? is_id_taken(q, full) : is_question_id_taken(m, full); n++) {
		slug[TB_ID_MAX - 7] = '\0'; /* room for "-" and six digits */
		snprintf(full, sizeof full, "%s-%u", slug, n);
	}
	*id = copy_of(full);
	return *id != NULL ? TB_OK : TB_ERR_MEMORY;
}

/* An empty string for a text that was not written. */
static tb_err default_text(char **text)
{
	return *text != NULL ? TB_OK : tb_text_set(text, "", 0);
}

static tb_err finish_question(tb_text_reader *r, uint32_t index)
{
	tb_manifest *m = r->m;
	tb_question *q = &m->questions[index];
	tb_err err = TB_OK;

	if (q->method == TB_METHOD_APPROVAL || q->method == TB_METHOD_SCORE)
		q->max = q->num_options <= TB_MAX_OPTIONS ? q->num_options * q->score_max : 0;
	if (q->id == NULL)
		err = default_id(&q->id, q->title, "question", index, m, NULL);
	if (err == TB_OK)
		err = default_text(&q->text);
	/* Beyond what is allowed nobody needs ids, and finding free ones would take long. */
	for (uint32_t i = 0; err == TB_OK && i < q->num_options && q->num_options <= TB_MAX_OPTIONS; i++) {
		tb_option *o = &q->options[i];

		if (o->id == NULL)
			err = default_id(&o->id, o->label, "option", i, m, q);
		if (err == TB_OK)
			err = default_text(&o->text);
		if (err == TB_OK)
			err = default_text(&o->link);
	}
	return err == TB_OK ? tb_text_finish_ranked(r, index) : err;
}

/* "vote.example.org" becomes "vote.example.org/e/<slug>". */
static tb_err complete_origin(tb_manifest *m)
{
	char full[TB_ORIGIN_MAX + 1];
	int len;

	if (strstr(m->origin, "/e/") != NULL)
		return TB_OK;
	len = snprintf(full, sizeof full, "%s/e/%s", m->origin, m->slug);
	return len > TB_ORIGIN_MAX
		       ? TB_OK
		       : tb_text_set(&m->origin, full, (size_t)len); /* too long: reported as it stands */
}

static tb_err finish_manifest(tb_text_reader *r)
{
	tb_manifest *m = r->m;
	char slug[TB_ID_MAX + 1];
	tb_err err = TB_OK;

	if (m->slug == NULL) {
		tb_slug_from_text(slug, m->title);
		err = tb_text_set(&m->slug, slug, strlen(slug));
	}
	if (err == TB_OK)
		err = complete_origin(m);
	if (err == TB_OK)
		err = default_text(&m->text);
	if (m->mixes == 0 && tb_manifest_has_ranked(m))
		m->mixes = m->threshold;
	for (uint32_t i = 0; err == TB_OK && i < m->num_questions && m->num_questions <= TB_MAX_QUESTIONS;
		i++)
		err = finish_question(r, i);
	return err;
}

/* The lines without which nothing else can be said [FILE.MISSING]; roles are the caller's business. */
static tb_err check_lines(tb_text_reader *r)
{
	static const struct {
		tb_keyword key;
		const char *expected;
	} needed[] = {{TB_KEY_TITLE, "a line \"Title: ...\""},
		{TB_KEY_ORIGIN, "a line \"Origin: ...\" with the host (and path) of the server"},
		{TB_KEY_OPENS, "a line \"Polls open: 2027-03-01 12:00 UTC\""},
		{TB_KEY_CLOSES, "a line \"Polls close: 2027-03-14 12:00 UTC\""},
		{TB_KEY_THRESHOLD, "a line \"Threshold: 2 of 3\""},
		{TB_KEY_QUESTION, "a line \"Question: ...\""}};

	for (size_t i = 0; i < sizeof needed / sizeof needed[0]; i++)
		if (r->head_seen[needed[i].key] == 0 &&
			(needed[i].key != TB_KEY_QUESTION || r->m->num_questions == 0))
			return tb_text_wrong(r, "FILE.MISSING", needed[i].expected, "the end of the file");
	if (r->m->num_witnesses > 0 && r->m->witnesses_needed == 0)
		return tb_text_wrong(r, "FILE.MISSING",
			"a line \"Witnesses: ...\" with how many of them have to cosign", "none");
	for (uint32_t i = 0; i < r->m->num_questions; i++)
		if (r->m->questions[i].score_max == 0)
			return tb_text_wrong(r, "FILE.MISSING", "a line \"Method: ...\" below each question",
				"none below \"%.100s\"", r->m->questions[i].title);
	if (r->m->num_trustees > r->planned_trustees)
		return tb_text_wrong(r, "FILE.VALUE", "as many trustees as \"Threshold:\" says", "%u of them",
			r->m->num_trustees);
	return TB_OK;
}

static unsigned find_missing(const tb_text_reader *r)
{
	unsigned missing = 0;

	missing |= r->m->admin_name == NULL ? 1u << TB_ROLE_ADMIN : 0;
	missing |= r->m->registrar_name == NULL ? 1u << TB_ROLE_REGISTRAR : 0;
	missing |= r->m->server_name == NULL ? 1u << TB_ROLE_SERVER : 0;
	missing |= r->m->num_trustees < r->planned_trustees ? 1u << TB_ROLE_TRUSTEE : 0;
	return missing;
}

static tb_err refuse_missing(tb_text_reader *r, unsigned missing)
{
	if ((missing & 1u << TB_ROLE_TRUSTEE) != 0)
		return tb_text_wrong(r, "FILE.MISSING",
			"as many lines \"Trustee: ...\" as \"Threshold:\" says", "%u", r->m->num_trustees);
	return tb_text_wrong(r, "FILE.MISSING",
		(missing & 1u << TB_ROLE_ADMIN) != 0       ? "a line \"Admin: ...\""
		: (missing & 1u << TB_ROLE_REGISTRAR) != 0 ? "a line \"Registrar: ...\""
							   : "a line \"Server: ...\"",
		"the end of the file");
}

/* ---- all of it ---- */

static tb_err read_all(tb_text_reader *r, const char *text, size_t len, bool may_miss, unsigned *missing)
{
	tb_err err = read_lines(r, text, len);

	if (err == TB_OK)
		err = check_lines(r);
	if (err == TB_OK)
		err = finish_manifest(r);
	if (err != TB_OK)
		return err;
	*missing = find_missing(r);
	if (*missing != 0 && !may_miss)
		return refuse_missing(r, *missing);
	err = tb_manifest_check_draft(r->m, *missing, r->fault);
	if (err == TB_ERR_RULE)
		tb_text_add_line(r, r->fault);
	return err;
}

static tb_err parse(
	tb_manifest *out, const char *text, size_t len, bool may_miss, unsigned *missing, tb_fault *fault)
{
	tb_text_reader r = {.m = out, .fault = fault};
	tb_err err;

	tb_manifest_init(out);
	*missing = 0;
	if (len > TB_ELECTION_TEXT_MAX)
		return tb_fault_setf(
			fault, "FILE.LINE", "line 1", "a file of at most 4 MiB", "%zu bytes", len);
	out->group = tb_group_ristretto255();
	out->granularity = TB_GRANULARITY_MINUTE;
	out->privacy_floor = TB_DEFAULT_PRIVACY_FLOOR;
	out->min_holders = TB_DEFAULT_MIN_HOLDERS;
	tb_buf_init(&r.text, TB_ELECTION_TEXT_MAX);
	err = read_all(&r, text, len, may_miss, missing);
	tb_buf_release(&r.text);
	free(r.places);
	for (size_t i = 0; i < TB_MAX_QUESTIONS; i++)
		free(r.default_option[i]);
	if (err != TB_OK)
		tb_manifest_release(out);
	return err;
}

tb_err tb_election_text_parse(tb_manifest *out, const char *text, size_t len, tb_fault *fault)
{
	unsigned missing;

	return parse(out, text, len, false, &missing, fault);
}

tb_err tb_election_text_parse_draft(
	tb_manifest *out, const char *text, size_t len, unsigned *missing, tb_fault *fault)
{
	return parse(out, text, len, true, missing, fault);
}

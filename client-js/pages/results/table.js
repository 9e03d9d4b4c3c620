// SPDX-License-Identifier: Apache-2.0
// The result of a question as rows, and all of it as a file for spreadsheets.

/** @typedef {import('../../core/result_entry.js').Answer} Answer */
/** @typedef {{id: string, label: string, total: number, standing: 'elected'|'adopted'|'approved'|''}} Row */

/** The options as the result ranks them: approved ones as the lot has it, then the others by total. @param {any} q @param {Answer} answer @returns {Row[]} */
export function rowsOf(q, answer) {
	const isDecision = q.method === 'referendum' && q.winners === 1;
	/* Where no rule asks for approval every option has it [RESULT.APPROVAL], which says nothing. */
	const isApproved = (/** @type {string} */ id) => q.approval !== null && answer.approved.includes(id);
	/** @type {Row[]} */
	const rows = q.options.map((/** @type {any} */ option, /** @type {number} */ i) => ({
		id: option.id, label: option.label, total: answer.totals[i],
		standing: answer.elected.includes(option.id) ? (isDecision ? 'adopted' : 'elected') : isApproved(option.id) ? 'approved' : '',
	}));
	const rank = new Map(answer.approved.map((id, i) => [id, i]));
	const place = (/** @type {Row} */ row) => rank.get(row.id) ?? Infinity;
	return rows.sort((a, b) => (place(a) === place(b) ? b.total - a.total : place(a) - place(b)));
}

/** The least total that is approved, and what it is measured by [RESULT.APPROVAL]. @param {any} q @param {Answer} answer @param {import('../../core/result_entry.js').Result} r @returns {{due: number, base: number}} */
export function approvalDue({ approval: { base, fraction: [a, b], strict }, score_max: scoreMax }, answer, r) {
	const whole = BigInt(base === 'options_sum' ? answer.totals.reduce((sum, total) => sum + total, 0) : (base === 'ballots' ? r.weight_counted : r.weight_electorate) * scoreMax);
	const part = BigInt(a) * whole;
	const due = strict ? part / BigInt(b) + 1n : (part + BigInt(b) - 1n) / BigInt(b);
	return { due: Math.max(1, Number(due)), base: Number(whole) };
}

/* A spreadsheet would run a cell that begins so. */
const FORMULA = /^[=+\-@\t\r]/;

/** @param {string|number|boolean} value @returns {string} */
function cell(value) {
	const text = typeof value === 'string' && FORMULA.test(value) ? `'${value}` : String(value);
	return /[",\r\n]/.test(text) ? `"${text.replace(/"/g, '""')}"` : text;
}

/** RFC 4180. @param {any} manifest @param {import('../../core/result_entry.js').Result} result @returns {string} */
export function csvOf(manifest, result) {
	const head = ['question_id', 'question', 'outcome', 'quorum_met', 'option_id', 'option', 'total', 'approved', 'elected'];
	const lines = manifest.questions.flatMap((/** @type {any} */ q, /** @type {number} */ k) => {
		const answer = result.questions[k];
		const first = [q.id, q.title, answer.outcome, answer.quorum_met];
		return q.options.map((/** @type {any} */ { id, label }, /** @type {number} */ i) =>
			[...first, id, label, answer.totals[i] ?? '', answer.approved.includes(id), answer.elected.includes(id)]);
	});
	return [head, ...lines].map((line) => `${line.map(cell).join(',')}\r\n`).join('');
}

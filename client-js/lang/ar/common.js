// SPDX-License-Identifier: Apache-2.0
export default {
	skip: 'انتقل إلى المحتوى',
	language: 'اللغة',
	election: 'هذه الانتخابات',
	'to-election': 'نظرة عامة',
	'to-vote': 'التصويت',
	'to-check': 'تحقق من صوتي',
	'to-board': 'اللوحة العامة',
	'to-results': 'النتائج',
	'to-verify': 'تحقق من كل شيء',
	footer: 'Tabella: انتخابات يمكن لأي شخص التحقق منها.',
};

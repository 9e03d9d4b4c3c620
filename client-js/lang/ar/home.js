// SPDX-License-Identifier: Apache-2.0
export default {
	heading: 'الانتخابات',
	what: 'تُشفَّر بطاقات الاقتراع على جهاز الناخب نفسه. لا تُفك إلا المجاميع، ويمكن لأي شخص التحقق منها.',
	none: 'لا توجد انتخابات على هذا الخادم بعد.',
	'group-open': 'مفتوحة الآن',
	'group-coming': 'قادمة',
	'group-over': 'منتهية',
	'time-open': 'تُغلق {when}:',
	'time-coming': 'تُفتح {when}:',
	'time-over': 'انتهت {when}:',
	late: 'كان ينبغي أن تكون مفتوحة، وستُفتح فور اكتمال الإعداد. الموعد المقرر:',
	vote: 'صوِّت',
	results: 'النتائج',
};

// SPDX-License-Identifier: Apache-2.0
export default {
	heading: 'الانتخابات',
	loading: 'جارٍ التحميل…',
	unreachable: 'الخادم لا يستجيب. يُرجى المحاولة بعد قليل.',
	what: 'تُشفَّر بطاقات الاقتراع على جهاز الناخب نفسه. لا تُفك إلا المجاميع، ويمكن لأي شخص التحقق منها.',
	none: 'لا توجد انتخابات على هذا الخادم بعد.',
	'group-open': 'مفتوحة الآن',
	'group-coming': 'قادمة',
	'group-over': 'منتهية',
	'time-open': 'تُغلق {when}: {time}',
	'time-coming': 'تُفتح {when}: {time}',
	'time-over': 'انتهت {when}: {time}',
	vote: 'صوِّت',
};

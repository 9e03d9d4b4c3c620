// SPDX-License-Identifier: Apache-2.0
import { t } from '../../ui/i18n.js';

const KNOWN = new Set(['manifest', 'roll', 'roll.change', 'trustee.commit', 'trustee.certify', 'open', 'ballot', 'extend', 'client', 'act', 'notice', 'close', 'endorse', 'mix', 'decrypt', 'result', 'cancel']);

/** What kind of entry this is; a board may hold anything. @param {string} type @returns {string} */
export const typeName = (type) => (KNOWN.has(type) ? t(`board.type-${type.replace('.', '-')}`) : t('board.type-unknown', { type }));

// A notice of a deadline in words (A-esc).
import type { Notice } from '../api/types';
import { m } from '../paraglide/messages.js';
import { moment, type Place } from './time';

export const clockWords: Record<Notice['clock'], () => string> = { reaction: m.clock_reaction, completion: m.clock_completion };

export function noticeTitle(notice: Notice): string {
  const what = clockWords[notice.clock]();
  return notice.threshold === 'missed' ? m.did_miss({ what }) : m.did_near({ what });
}

/** Until when there is time, or since when there is none. */
export function noticeTime(notice: Notice, now: number, place: Place): string {
  if (notice.threshold === 'missed') return m.notice_since({ at: moment(Date.parse(notice.moment), now, place) });
  return notice.due ? m.notice_until({ at: moment(Date.parse(notice.due), now, place) }) : moment(Date.parse(notice.moment), now, place);
}

/** That nobody at the region could help then; null when the line was there, or nobody said. */
export function cutWords(entry: { link: 'there' | 'cut_off' | null; cut_since: string | null }, now: number, place: Place): string | null {
  if (entry.link !== 'cut_off') return null;
  return entry.cut_since ? m.cut_off_since({ at: moment(Date.parse(entry.cut_since), now, place) }) : m.cut_off_never();
}

// A notice of a deadline in words (A-esc).
import type { Notice } from '../api/types';
import { m } from '../paraglide/messages.js';
import { moment, type Place } from './time';

type Clock = NonNullable<Notice['clock']>;
const waitWords: Partial<Record<Clock, () => string>> = { session: m.notice_session, silence: m.notice_silence };

/** What the time of a deadline is for. */
export function clockWord(clock: string | null): string {
  if (clock === 'telling') return m.clock_telling();
  return clock === 'reaction' ? m.clock_reaction() : m.clock_completion();
}

function newsTitle(notice: Notice): string {
  if (notice.what === 'given') return m.notice_given();
  if (notice.what === 'passed_down') return m.notice_passed_down({ line: notice.line });
  if (notice.what === 'reopened') return m.notice_reopened();
  return notice.status === 'rejected' ? m.notice_rejected() : m.notice_done();
}

/** How it looks: something to act on at once, something that draws near, something to know. */
export function noticeTone(notice: Notice): 'bad' | 'warn' | 'news' {
  if (notice.clock === null) return notice.what === 'reopened' ? 'warn' : 'news';
  return notice.threshold === 'missed' && !waitWords[notice.clock] ? 'bad' : 'warn';
}

/** Why the region tells it by itself; null when the owner did. */
export function unheardWords(notice: Notice, now: number, place: Place): string | null {
  if (!notice.unheard) return null;
  return notice.unheard_since ? m.notice_unheard({ at: moment(Date.parse(notice.unheard_since), now, place) }) : m.notice_never_heard();
}

export function noticeTitle(notice: Notice): string {
  if (notice.clock === null) return newsTitle(notice);
  const wait = waitWords[notice.clock];
  if (wait) return wait();
  const what = clockWord(notice.clock);
  return notice.threshold === 'missed' ? m.did_miss({ what }) : m.did_near({ what });
}

/** Until when there is time, or since when there is none. */
export function noticeTime(notice: Notice, now: number, place: Place): string {
  if (notice.clock === null) return moment(Date.parse(notice.moment), now, place);
  if (notice.threshold === 'missed') return m.notice_since({ at: moment(Date.parse(notice.moment), now, place) });
  return notice.due ? m.notice_until({ at: moment(Date.parse(notice.due), now, place) }) : moment(Date.parse(notice.moment), now, place);
}

/** That nobody at the region could help then; null when the line was there, or nobody said. */
export function cutWords(entry: { link: 'there' | 'cut_off' | null; cut_since: string | null }, now: number, place: Place): string | null {
  if (entry.link !== 'cut_off') return null;
  return entry.cut_since ? m.cut_off_since({ at: moment(Date.parse(entry.cut_since), now, place) }) : m.cut_off_never();
}

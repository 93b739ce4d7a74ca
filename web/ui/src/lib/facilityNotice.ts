// On which days a notice of a facility holds (T11), in words.
import type { FacilityNotice } from '../api/types';
import { m } from '../paraglide/messages.js';
import { longDay } from './time';

export function noticeDays({ from, until }: Pick<FacilityNotice, 'from' | 'until'>, locale: string): string {
  if (until === null) return `${m.facility_notice_from_day({ day: longDay(from, locale) })}, ${m.facility_notice_open_end()}`;
  if (from === until) return longDay(from, locale);
  return m.facility_notice_days({ from: longDay(from, locale, until), until: longDay(until, locale) });
}

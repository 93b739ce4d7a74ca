// The report of tickets (A19): which days it is asked for, what its figures open.
import type { TicketReport, TicketReportRow } from '../api/types';
import { isDay } from './time';

export type Group = TicketReport['by'];
export type TicketClass = TicketReport['kind'];
/** A12: of contacts, which have neither urgency nor result. */
export type ContactFigure = 'contacts' | 'contacts_other' | 'solved';
export const hasContacts = (by: Group): boolean => by !== 'urgency' && by !== 'result';
export type Figure = 'accepted' | 'accepted_late' | 'completed' | 'in_time' | 'late' | 'late_cut_off' | 'no_deadline' | 'rejected' | 'reopened' | 'merged' | 'reacted' | 'reacted_in_time' | 'reacted_late' | ContactFigure | `rejected_${keyof TicketReportRow['rejected_for']}`;

export const kGroups: readonly Group[] = ['day', 'line', 'urgency', 'topic', 'result', 'subject', 'operator', 'site'];

// As the daemons have it.
export const kMaxDays = 366;
const kDayMs = 86_400_000;

const at = (day: string) => Date.parse(`${day}T12:00:00Z`);

/** So many days before this one. */
export function daysBefore(day: string, count: number): string {
  return new Date(at(day) - count * kDayMs).toISOString().slice(0, 10);
}

/** Days in a span, both ends included. */
export function daysIn(from: string, to: string): number {
  return Math.round((at(to) - at(from)) / kDayMs) + 1;
}

export interface Days {
  from: string;
  to: string;
}

/** What the address says, as far as it can be asked for; a week up to today when it says nothing. */
export function spanOf(from: string | null, to: string | null, today: string): Days {
  const last = to && isDay(to) && to <= today ? to : today;
  const first = from && isDay(from) && from <= last ? from : daysBefore(last, 6);
  return { from: daysIn(first, last) > kMaxDays ? daysBefore(last, kMaxDays - 1) : first, to: last };
}

/** What a row narrows a figure to. */
export function narrowed(group: Group, value: string | null): Record<string, string | number> {
  if (value === null) return {};
  if (group === 'day') return { from: value, to: value };
  if (group === 'line' || group === 'site') return { [group]: Number(value) };
  return { [group]: value };
}

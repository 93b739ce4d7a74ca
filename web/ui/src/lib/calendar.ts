// Calendars as people read them: weeks in words, a year as twelve sheets, norms with their units. Pure.
import type { DaySpan, Norm, ProductionDay, WorkCalendar } from '../api/types';

export type Week = WorkCalendar['week'];
export const kWeekdays = 7;

/** Names from Monday, in the language of the page. */
export function weekdayNames(locale: string, style: 'long' | 'short' = 'short'): string[] {
  const format = new Intl.DateTimeFormat(locale === 'en' ? 'en-GB' : 'ru-RU', { weekday: style, timeZone: 'UTC' });
  // 2024-01-01 was a Monday.
  return Array.from({ length: kWeekdays }, (_, i) => format.format(Date.UTC(2024, 0, 1 + i)));
}

export function monthName(month: number, locale: string): string {
  const format = new Intl.DateTimeFormat(locale === 'en' ? 'en-GB' : 'ru-RU', { month: 'long', timeZone: 'UTC' });
  return format.format(Date.UTC(2024, month, 1));
}

/** "08:30–12:00, 13:00–17:12" */
export function spansText(spans: readonly DaySpan[]): string {
  return spans.map((span) => `${span.from}–${span.to}`).join(', ');
}

/** Neighbouring days with the same hours together: [["пн–пт", "07:00–18:00"], ["сб", "09:00–12:00"]]; days off are left out. */
export function weekSummary(week: Week, locale: string): [string, string][] {
  const names = weekdayNames(locale);
  const out: [string, string][] = [];
  for (let i = 0; i < week.length; ) {
    const hours = spansText(week[i]!.spans);
    let last = i;
    while (last + 1 < week.length && spansText(week[last + 1]!.spans) === hours) last += 1;
    if (hours) out.push([i === last ? names[i]! : `${names[i]}–${names[last]}`, hours]);
    i = last + 1;
  }
  return out;
}

export interface SheetDay {
  date: string;
  day: number;
  /** What the production calendar says of it; null: nothing. */
  rule: ProductionDay | null;
  weekend: boolean;
}

const pad = (n: number) => String(n).padStart(2, '0');

/** The weeks of a month from Monday, null before the first and behind the last day. */
export function monthSheet(year: number, month: number, rules: ReadonlyMap<string, ProductionDay>): (SheetDay | null)[][] {
  const days = new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
  const before = (new Date(Date.UTC(year, month, 1)).getUTCDay() + 6) % kWeekdays;
  const cells: (SheetDay | null)[] = Array.from({ length: before }, () => null);
  for (let day = 1; day <= days; day += 1) {
    const date = `${year}-${pad(month + 1)}-${pad(day)}`;
    cells.push({ date, day, rule: rules.get(date) ?? null, weekend: (before + day - 1) % kWeekdays >= 5 });
  }
  while (cells.length % kWeekdays !== 0) cells.push(null);
  return Array.from({ length: cells.length / kWeekdays }, (_, i) => cells.slice(i * kWeekdays, (i + 1) * kWeekdays));
}

/** Of somebody who works from Monday to Friday. */
export function countYear(year: number, rules: ReadonlyMap<string, ProductionDay>): { working: number; short: number; off: number } {
  const out = { working: 0, short: 0, off: 0 };
  for (let month = 0; month < 12; month += 1) {
    for (const day of monthSheet(year, month, rules).flat()) {
      if (!day) continue;
      const off = day.rule ? day.rule.kind === 'off' : day.weekend;
      if (off) out.off += 1;
      else out.working += 1;
      if (day.rule?.kind === 'short') out.short += 1;
    }
  }
  return out;
}

export type NormMeasure = 'minutes' | 'hours' | 'weeks';
/** A norm as a form has it; no value: no deadline. */
export interface NormForm {
  value: number | null;
  measure: NormMeasure;
  running: Norm['running'];
}

const minutesOf: Record<NormMeasure, number> = { minutes: 1, hours: 60, weeks: 7 * 24 * 60 };

export function normForm(norm: Norm | null): NormForm {
  if (!norm) return { value: null, measure: 'hours', running: 'working_time' };
  const measure = norm.unit === 'weeks' ? 'weeks' : norm.minutes % 60 === 0 ? 'hours' : 'minutes';
  return { value: norm.minutes / minutesOf[measure], measure, running: norm.running };
}

export function normOf(form: NormForm): Norm | null {
  if (!form.value || form.value <= 0) return null;
  return {
    minutes: Math.max(1, Math.round(form.value * minutesOf[form.measure])),
    unit: form.measure === 'weeks' ? 'weeks' : 'hours',
    running: form.running,
  };
}

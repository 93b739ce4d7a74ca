// Norms (A14, V3) in words.
import type { Norm, Urgency } from '../api/types';
import { m } from '../paraglide/messages.js';
import { normForm, type NormMeasure } from './calendar';

export const kUrgencies: readonly Urgency[] = ['low', 'medium', 'high', 'critical'];

export const urgencyNames = () => [m.urgency_low(), m.urgency_medium(), m.urgency_high(), m.urgency_critical()];

export const measureWords: Record<NormMeasure, () => string> = {
  minutes: m.norm_minutes,
  hours: m.norm_hours,
  weeks: m.norm_weeks,
};

export const runningWords: Record<Norm['running'], () => string> = {
  working_time: m.norm_working_time,
  round_the_clock: m.norm_round_the_clock,
};

/** "8 ч", "1,5 нед, круглосуточно" */
export function normText(norm: Norm | null, locale: string): string {
  if (!norm) return m.norm_none();
  const form = normForm(norm);
  const number = new Intl.NumberFormat(locale === 'en' ? 'en-GB' : 'ru-RU').format(form.value ?? 0);
  return `${number} ${measureWords[form.measure]()}${norm.running === 'round_the_clock' ? ` ${m.norm_clock_mark()}` : ''}`;
}

/** What A14 says, where a new queue begins. */
export function defaultNorms(): { urgency: Urgency; registration: Norm; completion: Norm }[] {
  const hours = (n: number): Norm => ({ minutes: n * 60, unit: 'hours', running: n <= 8 ? 'working_time' : 'round_the_clock' });
  return [
    { urgency: 'low', registration: hours(8), completion: { minutes: 252 * 60, unit: 'weeks', running: 'round_the_clock' } },
    { urgency: 'medium', registration: hours(6), completion: hours(120) },
    { urgency: 'high', registration: hours(1), completion: hours(8) },
    { urgency: 'critical', registration: { minutes: 10, unit: 'hours', running: 'working_time' }, completion: hours(4) },
  ];
}

/** What a queue does that says nothing else: three working days, fifteen working minutes. */
export const usualSilence: Norm = { minutes: 3 * 24 * 60, unit: 'hours', running: 'working_time' };
export const usualRegionAfter: Norm = { minutes: 15, unit: 'hours', running: 'working_time' };

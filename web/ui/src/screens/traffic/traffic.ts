// What stands in a cell of calls by hour of day and weekday (O7b).
import type { TrafficHour, TrafficReport } from './trafficApi';

export const kFigures = ['received', 'lost', 'lost_share'] as const;
export type Figure = (typeof kFigures)[number];
export const kMeasures = ['average', 'sum'] as const;
export type Measure = (typeof kMeasures)[number];

/** Of a cell or a total; null where there is nothing to say: no day, or no call of which there is a share. */
export function valueOf(counts: TrafficHour, days: number, figure: Figure, measure: Measure): number | null {
  if (figure === 'lost_share') {
    // Who hung up at once wanted nothing (T5b).
    const wanted = counts.received - counts.phantom;
    return wanted > 0 ? (100 * counts.lost) / wanted : null;
  }
  if (measure === 'sum') return counts[figure];
  return days > 0 ? counts[figure] / days : null;
}

/** Short enough for a cell: 0.3, 12, 1 240; nothing for none. */
export function textOf(value: number | null, figure: Figure, locale: string): string {
  if (value === null || value === 0) return '';
  if (figure === 'lost_share') return `${Math.round(value)} %`;
  return value.toLocaleString(locale, { maximumFractionDigits: value < 10 ? 1 : 0 });
}

/** The largest of the hours: what the colours are measured by. */
export function peakOf(report: TrafficReport, figure: Figure, measure: Measure): number {
  const values = report.rows.flatMap((row) => row.hours.map((hour) => valueOf(hour, row.days, figure, measure) ?? 0));
  return Math.max(0, ...values);
}

/** The hours that the table shows: those around which all calls were, and a working day at least. */
export function hoursShown(report: TrafficReport): number[] {
  const busy = report.total.hours.flatMap((hour, at) => (hour.received > 0 ? [at] : []));
  const first = Math.min(8, ...busy);
  const last = Math.max(19, ...busy);
  return Array.from({ length: last - first + 1 }, (_, at) => first + at);
}

/** The weekday and hour with the most calls a day; null without calls. */
export function busiest(report: TrafficReport): { weekday: number; hour: number } | null {
  let best: { weekday: number; hour: number; calls: number } | null = null;
  for (const row of report.rows) {
    row.hours.forEach((counts, hour) => {
      const calls = valueOf(counts, row.days, 'received', 'average') ?? 0;
      if (calls > (best?.calls ?? 0)) best = { weekday: row.weekday ?? 0, hour, calls };
    });
  }
  return best;
}

export const hourText = (hour: number) => `${String(hour).padStart(2, '0')}:00`;

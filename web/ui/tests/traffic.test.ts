import { describe, expect, it } from 'vitest';

import { busiest, hoursShown, peakOf, textOf, valueOf } from '../src/screens/traffic/traffic';
import type { TrafficReport } from '../src/screens/traffic/trafficApi';

const none = { received: 0, accepted: 0, lost: 0, phantom: 0 };
const row = (weekday: number | null, days: number, at: Record<number, Partial<typeof none>> = {}) => ({
  weekday,
  days,
  ...none,
  hours: Array.from({ length: 24 }, (_, hour) => ({ ...none, ...at[hour] })),
});
const report = (monday: ReturnType<typeof row>, total = row(null, 28, {})): TrafficReport => ({
  from: '2026-05-04',
  to: '2026-05-31',
  generated_at: '2026-05-31T09:00:00.000Z',
  rows: [monday, ...[2, 3, 4, 5, 6, 7].map((day) => row(day, 4))],
  total,
  data_through: null,
  behind: false,
});

describe('calls by hour and weekday (O7b)', () => {
  it('are an average over the days of that weekday, or their sum', () => {
    const cell = { received: 10, accepted: 7, lost: 2, phantom: 1 };
    expect(valueOf(cell, 4, 'received', 'average')).toBe(2.5);
    expect(valueOf(cell, 4, 'received', 'sum')).toBe(10);
    expect(valueOf(cell, 4, 'lost', 'average')).toBe(0.5);
    expect(valueOf(cell, 0, 'lost', 'average')).toBeNull();
  });

  it('the share of the lost is of those who wanted to be answered, and of none there is none', () => {
    expect(valueOf({ received: 11, accepted: 8, lost: 2, phantom: 1 }, 1, 'lost_share', 'sum')).toBe(20);
    expect(valueOf({ ...none, received: 1, phantom: 1 }, 1, 'lost_share', 'sum')).toBeNull();
  });

  it('are said shortly, and none by nothing', () => {
    expect(textOf(2.25, 'received', 'ru')).toBe('2,3');
    expect(textOf(12.4, 'received', 'en')).toBe('12');
    expect(textOf(0, 'received', 'ru')).toBe('');
    expect(textOf(null, 'lost_share', 'ru')).toBe('');
    expect(textOf(33.4, 'lost_share', 'ru')).toBe('33 %');
  });

  it('show a working day at least, and every hour that has a call', () => {
    expect(hoursShown(report(row(1, 4)))).toEqual([8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19]);
    const night = hoursShown(report(row(1, 4), row(null, 28, { 3: { received: 1 }, 22: { received: 1 } })));
    expect([night[0], night.at(-1)]).toEqual([3, 22]);
  });

  it('have a busiest hour, if any', () => {
    expect(busiest(report(row(1, 4)))).toBeNull();
    const busy = report(row(1, 4, { 9: { received: 8 }, 10: { received: 4 } }));
    expect(busiest(busy)).toMatchObject({ weekday: 1, hour: 9 });
    expect(peakOf(busy, 'received', 'average')).toBe(2);
    expect(peakOf(busy, 'received', 'sum')).toBe(8);
  });
});

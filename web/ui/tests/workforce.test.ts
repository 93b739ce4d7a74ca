import { describe, expect, it } from 'vitest';

import { busySpan, stepPath, ticks } from '../src/screens/workforce/chart';
import { desksOf, planText, plansOf, questionOf } from '../src/screens/workforce/question';

const quarter = (needed: number) => ({ at: '2026-11-30T05:00:00.000Z', calls: needed, came: null, needed, planned: null, together: needed });

describe('the question of operators needed (T14)', () => {
  const today = '2026-11-23';

  it('is what the daemon takes when the address says nothing', () => {
    expect(questionOf(new URLSearchParams(), today)).toEqual({ from: today, days: 1, goal_pct: 80, within_s: 20, patience_s: 180, wrap_up_s: 30 });
  });

  it('keeps what an address may hold within what the daemon takes', () => {
    const asked = questionOf(new URLSearchParams('from=2026-13-01&days=3&goal_pct=100&within_s=9999&patience_s=0&wrap_up_s=-1'), today);
    expect(asked).toMatchObject({ from: today, days: 1, goal_pct: 99, within_s: 600, patience_s: 0, wrap_up_s: 30 });
  });

  it('names desks by site and number, and nothing else', () => {
    expect(desksOf(new URLSearchParams('desks=17.1,x,3.2,'))).toEqual(['17.1', '3.2']);
  });

  it('holds a plan of each desk, and none that is empty', () => {
    const plans = plansOf(new URLSearchParams({ plan: '17.1=1-5 08:00-14:00 4, 6 09:00-15:00 1;17.2=7 08:00-09:00 1' }));
    expect(plans.get('17.1')).toBe('1-5 08:00-14:00 4, 6 09:00-15:00 1');
    plans.set('17.2', ' ');
    expect(planText(plans)).toBe('17.1=1-5 08:00-14:00 4, 6 09:00-15:00 1');
    expect(questionOf(new URLSearchParams({ plan: '17.2=' }), today)).not.toHaveProperty('plan');
  });
});

describe('the chart of operators and calls', () => {
  it('shows the hours in which anything is, and one around them', () => {
    const day = Array.from({ length: 96 }, (_, i) => quarter(i >= 32 && i < 80 ? 1 : 0));
    expect(busySpan(day)).toHaveLength(48 + 8);
    expect(busySpan(day.map(() => quarter(0)))).toHaveLength(96);
    expect(busySpan([quarter(1), quarter(0)])).toHaveLength(2);
  });

  it('draws steps, and breaks where nothing is known', () => {
    const x = (i: number) => i * 10;
    const y = (value: number) => 100 - value;
    expect(stepPath([1, 2], x, y)).toBe('M0.0 99.0H10.0L10.0 98.0H20.0');
    expect(stepPath([1, null, 2], x, y)).toBe('M0.0 99.0H10.0M20.0 98.0H30.0');
  });

  it('has round ticks that reach the most', () => {
    expect(ticks(1)).toEqual([0, 1]);
    expect(ticks(7)).toEqual([0, 2, 4, 6, 8]);
    expect(ticks(130)).toEqual([0, 50, 100, 150]);
    expect(ticks(3.2, 2)).toEqual([0, 2, 4]);
  });
});

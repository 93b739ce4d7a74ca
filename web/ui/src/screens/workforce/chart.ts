// Shapes of the chart of operators and calls.
import type { Quarter } from './workforceApi';

/** From the first to the last quarter in which anything is, with an hour around them. */
export function busySpan(quarters: readonly Quarter[]): readonly Quarter[] {
  const isBusy = (q: Quarter) => q.needed > 0 || (q.planned ?? 0) > 0 || (q.came ?? 0) > 0;
  const first = quarters.findIndex(isBusy);
  if (first < 0) return quarters;
  const last = quarters.findLastIndex(isBusy);
  const kHour = 4;
  return quarters.slice(Math.max(0, first - kHour), last + 1 + kHour);
}

/** A line of steps, one a quarter; where nothing is known it is broken. */
export function stepPath(values: readonly (number | null)[], x: (i: number) => number, y: (value: number) => number): string {
  let out = '';
  let isDrawn = false;
  values.forEach((value, i) => {
    if (value !== null) out += `${isDrawn ? 'L' : 'M'}${x(i).toFixed(1)} ${y(value).toFixed(1)}H${x(i + 1).toFixed(1)}`;
    isDrawn = value !== null;
  });
  return out;
}

/** Round numbers from 0 up to at least `most`, about so many steps. */
export function ticks(most: number, steps = 4): number[] {
  const rough = most / steps;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = Math.max(1, [1, 2, 5, 10].map((one) => one * power).find((one) => one >= rough)!);
  const out = [0];
  while (out[out.length - 1]! < most) out.push(out.length * step);
  return out;
}

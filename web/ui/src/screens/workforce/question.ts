// What the screen of operators needed asks for, as its address says it.
import { isDay } from '../../lib/time';
import type { WorkforceQuery } from './workforceApi';

/** Of the settings: what the daemon takes when nothing is said, and its bounds. */
export const kSettings = {
  goal_pct: { usual: 80, min: 1, max: 99 },
  within_s: { usual: 20, min: 0, max: 600 },
  patience_s: { usual: 180, min: 0, max: 3600 },
  wrap_up_s: { usual: 30, min: 0, max: 1800 },
} as const;
export type Setting = keyof typeof kSettings;

export const kSpans = ['1', '7', '14'] as const;

export const keyOf = (desk: { site: number; desk: number }): string => `${desk.site}.${desk.desk}`;

function settingOf(query: URLSearchParams, name: Setting): number {
  const { usual, min, max } = kSettings[name];
  const text = query.get(name);
  if (text === null || !/^\d+$/.test(text)) return usual;
  return Math.min(max, Math.max(min, Number(text)));
}

export function desksOf(query: URLSearchParams): string[] {
  return (query.get('desks') ?? '').split(',').filter((one) => /^\d+\.\d+$/.test(one));
}

/** Shifts by desk, as they were typed. */
export function plansOf(query: URLSearchParams): Map<string, string> {
  const plans = new Map<string, string>();
  for (const one of (query.get('plan') ?? '').split(';')) {
    const at = one.indexOf('=');
    if (at > 0) plans.set(one.slice(0, at), one.slice(at + 1));
  }
  return plans;
}

export function planText(plans: Map<string, string>): string {
  return [...plans].filter(([, plan]) => plan.trim() !== '').map(([desk, plan]) => `${desk}=${plan.trim()}`).join(';');
}

export function questionOf(query: URLSearchParams, today: string): Required<Pick<WorkforceQuery, 'from' | 'days' | Setting>> & WorkforceQuery {
  const from = query.get('from') ?? '';
  const days = query.get('days') ?? '';
  const desks = desksOf(query).join(',');
  const plan = planText(plansOf(query));
  return {
    from: isDay(from) ? from : today,
    days: kSpans.some((one) => one === days) ? Number(days) : 1,
    goal_pct: settingOf(query, 'goal_pct'),
    within_s: settingOf(query, 'within_s'),
    patience_s: settingOf(query, 'patience_s'),
    wrap_up_s: settingOf(query, 'wrap_up_s'),
    ...(desks ? { desks } : {}),
    ...(plan ? { plan } : {}),
  };
}

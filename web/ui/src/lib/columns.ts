// What each figure of T5 counts, so that a cell can open it.
import type { Call } from '../api/types';

export type Column =
  | 'availability'
  | 'received'
  | 'accepted'
  | 'lost'
  | 'phantom'
  | 'registered'
  | 'agents'
  | 'wait'
  | 'talk'
  | 'answer';

type CallClass = 'received' | 'accepted' | 'lost' | 'phantom';

const classes: Record<Exclude<Column, 'registered'>, CallClass> = {
  availability: 'received',
  received: 'received',
  accepted: 'accepted',
  lost: 'lost',
  phantom: 'phantom',
  agents: 'accepted',
  wait: 'accepted',
  talk: 'accepted',
  answer: 'accepted',
};

/** Null: the figure counts contacts, not calls. */
export function callsOf(column: Column): CallClass | null {
  return column === 'registered' ? null : classes[column];
}

/** The measure that an average is made of (ms). */
export function measureOf(column: Column, call: Call): number | null {
  if (column === 'talk') return call.talk_ms;
  return column === 'answer' ? call.answer_ms : call.wait_ms;
}

/** Averages show their extremes first; everything else stays in its order. */
export function ordered(column: Column, calls: readonly Call[]): Call[] {
  if (column === 'agents') return [...calls].sort((a, b) => (a.agent ?? '').localeCompare(b.agent ?? ''));
  if (!['wait', 'talk', 'answer'].includes(column)) return [...calls];
  return [...calls].sort((a, b) => (measureOf(column, b) ?? 0) - (measureOf(column, a) ?? 0));
}

// Who does what in the calls that this node drives (O4, T13, N3). Pure.
import type * as T from '../api/types';

export type LegRole = T.QueuedCall['legs'][number]['role'];

/** Somebody who is held longer should hear from us (T2's desks answer within a minute). */
export const kHeldLongMs = 60_000;

export function heldMs(call: Pick<T.QueuedCall, 'held_at'>, now: number): number | null {
  return call.held_at === null ? null : Math.max(0, now - Date.parse(call.held_at));
}

/** In a call that is another's: who was asked, is the third, listens. */
const beside: ReadonlySet<LegRole> = new Set<LegRole>(['consulted', 'party', 'listening', 'whispering', 'taking_over']);

export interface Part {
  role: LegRole;
  /** His phone was answered. */
  up: boolean;
}

export function partOf(agent: string, calls: readonly T.QueuedCall[]): (Part & { call: T.QueuedCall }) | null {
  for (const call of calls) {
    const leg = call.legs.find((one) => one.agent === agent);
    if (leg) return { role: leg.role, up: leg.up, call };
  }
  return null;
}

export function isBeside(part: Part): boolean {
  return beside.has(part.role);
}

/** The agent whose call it is. */
export function servingOf(call: T.QueuedCall): string | null {
  return call.legs.find((leg) => leg.role === 'agent')?.agent ?? null;
}

export interface OnBoard {
  agent: T.Agent;
  state: T.Agent['state'];
  /** What he does in another's call. */
  role: LegRole | null;
  /** Null: since when is not known. */
  since: string | null;
}

/** The journal knows calls by whoever answered them; who else is on the telephone the queue knows. */
export function onBoard(agent: T.Agent, queue: T.CallQueue | null): OnBoard {
  const plain: OnBoard = { agent, state: agent.state, role: null, since: agent.since };
  const known = queue?.connected ? queue.agents.find((one) => one.agent === agent.agent) : undefined;
  if (!queue || !known) return plain;
  const part = partOf(agent.agent, queue.calls);
  if (part && isBeside(part)) return { agent, state: part.up ? 'talking' : 'ringing', role: part.role, since: null };
  // He has passed it on to somebody outside, and is free.
  if (!part && known.call === null && agent.state === 'talking') return { agent, state: known.state, role: null, since: known.since };
  return plain;
}

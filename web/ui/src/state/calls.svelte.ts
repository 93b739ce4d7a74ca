// The calls of this moment, read again when the daemon says that they changed.
import * as api from '../api/api';
import type { Call } from '../api/types';
import { isBeside, partOf, servingOf, type Part } from '../lib/calling';
import { callQueue } from './callQueue.svelte';
import { Loader } from './loader.svelte';
import { session } from './session.svelte';

interface LiveCalls {
  waiting: Call[];
  ringing: Call[];
  talking: Call[];
  missed: Call[];
}

export interface Beside extends Part {
  phone: string | null;
  /** The agent whose call it is. */
  by: string | null;
}

const none: LiveCalls = { waiting: [], ringing: [], talking: [], missed: [] };

class Calls {
  private readonly loader = new Loader<LiveCalls>(() => api.liveCalls());

  /** Call while the screen starts. */
  follow(): void {
    this.loader.follow('calls');
  }

  get lists(): LiveCalls {
    return this.loader.data ?? none;
  }

  /** Waiting for anyone at this desk, ringing ones first. */
  get queue(): Call[] {
    return [...this.lists.ringing, ...this.lists.waiting].filter((call) => call.desk === session.desk);
  }

  /** The call that this user talks in, or that rings at this user's phone. */
  get mine(): Call | null {
    const agent = session.who?.user.agent;
    if (!agent) return null;
    // Passed on to a number outside, it is nobody's here: his who answered it last has the next one.
    const outside = new Set(callQueue.now?.calls.filter((call) => call.phase === 'outside').map((call) => call.call));
    const byAgent = (call: Call) => call.agent === agent && !outside.has(call.id);
    return this.lists.talking.find(byAgent) ?? this.lists.ringing.find(byAgent) ?? null;
  }

  /** Another's call that this user is asked about, is the third in or listens to: with its number, before it is his. */
  get beside(): Beside | null {
    const me = callQueue.me?.agent;
    const part = me ? partOf(me, callQueue.now?.calls ?? []) : null;
    if (!part || !isBeside(part)) return null;
    const call = this.lists.talking.find((one) => one.id === part.call.call) ?? null;
    return { role: part.role, up: part.up, phone: call?.phone ?? null, by: servingOf(part.call) };
  }
}

export const calls = new Calls();

// The calls of this moment. Frames move single calls at once; the list is read again when the daemon says it changed.
import * as api from '../api/api';
import type { Call } from '../api/types';
import { live } from './live.svelte';
import { Loader } from './loader.svelte';
import { session } from './session.svelte';

interface LiveCalls {
  waiting: Call[];
  ringing: Call[];
  talking: Call[];
  missed: Call[];
}

const none: LiveCalls = { waiting: [], ringing: [], talking: [], missed: [] };

/** Which list of LiveCalls a call stands in; null: in none (answered and over). */
function placeOf(call: Call): keyof LiveCalls | null {
  if (call.class === 'talking') return 'talking';
  if (call.class === 'lost') return 'missed';
  if (call.class !== 'waiting') return null;
  return call.ringing_at ? 'ringing' : 'waiting';
}

function moved(lists: LiveCalls, call: Call): LiveCalls {
  const place = placeOf(call);
  const next = { ...none };
  for (const name of Object.keys(none) as (keyof LiveCalls)[]) {
    const at = lists[name].findIndex((one) => one.id === call.id);
    if (name !== place) next[name] = at < 0 ? lists[name] : lists[name].filter((one) => one.id !== call.id);
    else if (at >= 0) next[name] = lists[name].with(at, call);
    else next[name] = name === 'missed' ? [call, ...lists[name]] : [...lists[name], call];
  }
  return next;
}

class Calls {
  private readonly loader = new Loader<LiveCalls>(() => api.liveCalls());

  /** Call while the screen starts. */
  follow(): void {
    this.loader.follow('calls');
    $effect(() => live.onCall((call) => this.loader.set(moved(this.lists, call))));
  }

  get lists(): LiveCalls {
    return this.loader.data ?? none;
  }

  /** Waiting for anyone at this desk, ringing ones first. */
  get queue(): Call[] {
    return [...this.lists.ringing, ...this.lists.waiting].filter((call) => call.desk === session.desk);
  }

  get missed(): Call[] {
    return this.lists.missed.filter((call) => call.desk === session.desk);
  }

  /** The call that this user talks in, or that rings at this user's phone. */
  get mine(): Call | null {
    const agent = session.who?.user.agent;
    if (!agent) return null;
    const byAgent = (call: Call) => call.agent === agent;
    return this.lists.talking.find(byAgent) ?? this.lists.ringing.find(byAgent) ?? null;
  }
}

export const calls = new Calls();

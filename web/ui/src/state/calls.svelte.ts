// The calls of this moment, read again when the daemon says that they changed.
import * as api from '../api/api';
import type { Call } from '../api/types';
import { Loader } from './loader.svelte';
import { session } from './session.svelte';

interface LiveCalls {
  waiting: Call[];
  ringing: Call[];
  talking: Call[];
  missed: Call[];
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
    const byAgent = (call: Call) => call.agent === agent;
    return this.lists.talking.find(byAgent) ?? this.lists.ringing.find(byAgent) ?? null;
  }
}

export const calls = new Calls();

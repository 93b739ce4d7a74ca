// The call queue that this node drives (O3, O4, N3): what it looks like now, and what this user asks of it. Empty where
// the telephone system decides by itself; then nothing of it is shown, but whose my state is.
import * as api from '../api/api';
import type { CallAsk, CallQueue, QueueAgent, QueuedCall } from '../api/types';
import { Loader } from './loader.svelte';

class CallQueueState {
  readonly loader = new Loader<CallQueue>(() => api.callQueue());
  error = $state.raw<api.ApiError | null>(null);
  /** An ask is on its way. */
  busy = $state(false);

  /** Call while the screen starts. */
  follow(): void {
    this.loader.follow('call_queue');
  }

  /** Null: not driven, or not known yet. */
  get now(): CallQueue | null {
    const queue = this.loader.data;
    return queue?.driven ? queue : null;
  }

  /** My state is the telephone system's: there is nothing to choose here. */
  get keepsMyState(): boolean {
    return this.loader.data?.keeps_my_state ?? false;
  }

  get me(): QueueAgent | null {
    const name = this.now?.me;
    return (name && this.now?.agents.find((one) => one.agent === name)) || null;
  }

  /** A click on a number calls it. */
  get canDial(): boolean {
    return this.now !== null && this.now.controls && this.now.reaches.number && this.now.connected && this.me !== null && this.me.call === null;
  }

  get mine(): QueuedCall | null {
    const no = this.me?.call;
    return (no && this.now?.calls.find((call) => call.no === no)) || null;
  }

  /** Who waits in the queues that this agent serves, in the order in which they will be served. */
  get waiting(): QueuedCall[] {
    const serves = new Set([...(this.me?.serves ?? []), ...(this.me?.lent ?? [])]);
    return (this.now?.calls ?? [])
      .filter((call) => call.phase === 'waiting' && call.queue !== null && serves.has(call.queue))
      .sort((a, b) => b.priority - a.priority || (a.entered_at ?? a.arrived_at).localeCompare(b.entered_at ?? b.arrived_at));
  }

  async ask(what: CallAsk): Promise<boolean> {
    if (this.busy) return false;
    this.busy = true;
    const answer = await api.askCallQueue(what);
    this.busy = false;
    this.error = answer.ok ? null : answer.error;
    void this.loader.load();
    return answer.ok;
  }
}

export const callQueue = new CallQueueState();

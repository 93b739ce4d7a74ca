// This user as an agent (T13): state, reason, since when; and the way to change it.
import * as api from '../api/api';
import type { BreakReason, Colleague } from '../api/types';
import { newKey } from '../lib/ids';
import { callQueue } from './callQueue.svelte';
import { Loader } from './loader.svelte';
import { session } from './session.svelte';

class AgentState {
  readonly loader = new Loader(() => api.listAgents());
  /** The list of break reasons is open. */
  choosing = $state(false);
  error = $state.raw<api.ApiError | null>(null);

  /** Call while the screen starts. */
  follow(): void {
    this.loader.follow('agents', 'calls');
  }

  get all(): Colleague[] {
    return this.loader.data?.items ?? [];
  }

  get me(): Colleague | null {
    // Who has no name in the telephone system is known by the login.
    const name = session.who?.user.agent ?? session.who?.user.login;
    return name ? (this.all.find((agent) => agent.agent === name) ?? null) : null;
  }

  /** The agents have been read: who is not among them is away. */
  get known(): boolean {
    return this.loader.data !== null;
  }

  get onBreak(): boolean {
    return this.me?.state === 'break';
  }

  async set(state: 'ready' | 'break' | 'offline', reason: BreakReason | null = null): Promise<void> {
    this.choosing = false;
    const answer = await api.setMyState(state, reason, newKey());
    this.error = answer.ok ? null : answer.error;
    if (answer.ok) {
      const changed = answer.data;
      this.loader.set({
        items: this.all.map((one) => (one.agent === changed.agent ? { ...one, ...changed } : one)),
      });
      void this.loader.load();
    }
  }

  /** F9: from a break back to ready, else choose a reason. */
  toggle(): void {
    if (!this.known || callQueue.keepsMyState) return;
    if (this.onBreak || !this.me || this.me.state === 'offline') void this.set('ready');
    else this.choosing = !this.choosing;
  }
}

export const agent = new AgentState();

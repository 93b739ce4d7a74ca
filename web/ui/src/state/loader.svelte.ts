// A resource on a screen: its last good value, and the error of the last try. Keeps the value while it loads again, so
// that nothing flickers; one request at a time, however often it is asked.
import { untrack } from 'svelte';

import type { Answer, ApiError } from '../api/api';
import type { LiveTopic } from '../api/types';
import { m } from '../paraglide/messages.js';
import { live } from './live.svelte';

// "changed" comes up to 5 times a second; a screen need not load more often than people can read.
const kRestMs = 400;

export class Loader<V> {
  data = $state.raw<V | null>(null);
  error = $state.raw<ApiError | null>(null);
  /** When `data` was read (ms). */
  at = $state(0);
  private running = false;
  private again = false;
  private round = 0;

  constructor(private readonly fetch: () => Promise<Answer<V>>) {}

  async load(): Promise<void> {
    if (this.running) {
      this.again = true;
      return;
    }
    this.running = true;
    const round = this.round;
    const answer = await this.fetch();
    if (round === this.round) this.take(answer);
    await new Promise((resolve) => setTimeout(resolve, kRestMs));
    this.running = false;
    if (this.again) {
      this.again = false;
      void this.load();
    }
  }

  /** Forget the value: what it is about has changed. An answer on its way is ignored. */
  reset(): void {
    this.round += 1;
    this.data = null;
    this.error = null;
    if (this.running) this.again = true;
  }

  set(data: V): void {
    this.round += 1;
    this.data = data;
    this.error = null;
  }

  /** What an empty list says: that there is nothing, once that is known. */
  nothing(words: string): string {
    if (this.data !== null) return words;
    return this.error ? '—' : m.loading();
  }

  /** Load now and whenever one of these topics changes; call while a component starts. */
  follow(...topics: LiveTopic[]): this {
    $effect(() => {
      live.version(...topics);
      untrack(() => void this.load());
    });
    return this;
  }

  private take(answer: Answer<V>): void {
    if (answer.ok) {
      this.data = answer.data;
      this.error = null;
      this.at = Date.now();
    } else {
      this.error = answer.error;
    }
  }
}

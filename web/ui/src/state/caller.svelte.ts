// What is known of the phone number in the form in front.
import { untrack } from 'svelte';

import * as api from '../api/api';
import type { Caller } from '../api/types';
import { digitsOf } from '../lib/phone';
import { live } from './live.svelte';

export type Known = Caller['known'][number];

// Fewer digits belong to no telephone; a look-up per key would only flicker.
const kDigitsWorthAsking = 4;
const kPauseMs = 250;

class CallerState {
  data = $state.raw<Caller | null>(null);
  /** The digits that `data` is about. */
  digits = $state('');
  private wanted = '';
  private timer: ReturnType<typeof setTimeout> | undefined;

  /** Call while the screen starts; `phone` reads the form in front. */
  follow(phone: () => string): void {
    $effect(() => {
      const digits = digitsOf(phone());
      untrack(() => this.want(digits));
    });
    $effect(() => {
      live.version('contacts', 'tickets');
      untrack(() => void this.ask());
    });
  }

  private want(digits: string): void {
    if (digits === this.wanted) return;
    this.wanted = digits;
    clearTimeout(this.timer);
    if (digits.length < kDigitsWorthAsking) {
      this.data = null;
      this.digits = '';
      return;
    }
    this.timer = setTimeout(() => void this.ask(), kPauseMs);
  }

  private async ask(): Promise<void> {
    const digits = this.wanted;
    if (digits.length < kDigitsWorthAsking) return;
    const answer = await api.getCaller(digits.length === 11 ? `+${digits}` : digits);
    if (digits !== this.wanted) return;
    // While the daemon is away, what was known of the same number still is.
    if (answer.ok) this.data = answer.data;
    else if (digits !== this.digits) this.data = null;
    this.digits = digits;
  }
}

export const caller = new CallerState();

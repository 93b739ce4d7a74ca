// Short messages that come and go; read out politely, never taking focus.
import type { Tone } from '../lib/status';

export interface Notice {
  id: number;
  tone: Tone;
  text: string;
}

const kShownMs = 7000;
// More at once is not read.
const kMost = 3;

class Notices {
  list = $state<Notice[]>([]);
  private next = 1;

  say(tone: Tone, text: string): void {
    const id = this.next++;
    this.list = [...this.list, { id, tone, text }].slice(-kMost);
    setTimeout(() => this.dismiss(id), kShownMs);
  }

  dismiss(id: number): void {
    this.list = this.list.filter((one) => one.id !== id);
  }
}

export const notices = new Notices();

// What the deadlines of tickets tell the user (A-esc): how many notices are unread, and the list while it is open. The
// count follows the tickets; the list stands still under the pointer until he asks for what is new.
import { onDestroy } from 'svelte';
import * as api from '../api/api';
import type { Notice } from '../api/types';
import { Loader } from './loader.svelte';
import { session } from './session.svelte';

const kEveryMs = 60_000;

class Bell {
  readonly count = new Loader(() => api.countNotices());
  readonly list = new Loader(() => api.listNotices());

  /** Who is told of deadlines: those who work on tickets, at the hub the region's supervisors. */
  get mine(): boolean {
    return session.isHub ? session.has('supervisor') : session.has('operator', 'specialist', 'expert', 'supervisor');
  }

  get unread(): number {
    return this.count.data?.unread ?? 0;
  }

  get items(): Notice[] {
    return this.list.data?.items ?? [];
  }

  /** Notices that came since the list was read. */
  get fresh(): number {
    if (!this.list.data || this.list.at > this.count.at) return 0;
    return Math.max(0, this.unread - this.items.filter((one) => !one.read).length);
  }

  /** Call while a component starts. */
  follow(): void {
    this.count.follow('tickets', 'notices');
    // What the region is told because time has passed, and of whom it does not hear, nobody announces.
    const timer = setInterval(() => void this.count.load(), kEveryMs);
    onDestroy(() => clearInterval(timer));
  }

  /** Shown as read at once; when the daemon did not hear of it, the next list says so. */
  async read(ids: string[]): Promise<void> {
    const unread = this.items.filter((one) => !one.read && ids.includes(one.id));
    if (unread.length === 0 || !this.list.data) return;
    const told = new Set(unread.map((one) => one.id));
    this.list.set({ ...this.list.data, items: this.items.map((one) => (told.has(one.id) ? { ...one, read: true } : one)) });
    const answer = await api.readNotices([...told]);
    if (answer.ok) this.count.set(answer.data);
    else void this.list.load();
  }
}

export const bell = new Bell();

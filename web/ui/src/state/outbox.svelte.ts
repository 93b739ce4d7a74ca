// Forms that the daemon has not taken yet. They live in the browser's store, survive a reload, and go out in order once
// the daemon is back; all tabs see one list.
import * as api from '../api/api';
import * as idb from '../api/idb';
import type { Registered } from '../api/types';
import { fateOf, lease, nextParcel, type Parcel } from '../lib/parcels';
import { live } from './live.svelte';
import { session } from './session.svelte';

/** What became of a parcel that had to wait. */
export interface Delivery {
  parcel: Parcel;
  result: Registered | null;
}

// The live link tells when the daemon is back; this only covers a browser whose link is broken for good.
const kRetryMs = 5000;

class Outbox {
  parcels = $state.raw<Parcel[]>([]);
  private busy = false;
  private readonly channel = typeof BroadcastChannel === 'undefined' ? null : new BroadcastChannel('opora-outbox');
  private readonly sinks = new Set<(delivery: Delivery) => void>();

  get mine(): Parcel[] {
    const user = session.who?.user.login;
    return this.parcels.filter((parcel) => parcel.user === user);
  }

  get waiting(): number {
    return this.mine.filter((parcel) => !parcel.refused).length;
  }

  onDelivery(sink: (delivery: Delivery) => void): () => void {
    this.sinks.add(sink);
    return () => this.sinks.delete(sink);
  }

  /** Call while the app starts. */
  follow(): void {
    if (this.channel) this.channel.onmessage = () => void this.refresh();
    void this.refresh();
    $effect(() => {
      void live.ups;
      void session.phase;
      void this.flush();
    });
    $effect(() => {
      const timer = setInterval(() => void this.flush(), kRetryMs);
      return () => clearInterval(timer);
    });
  }

  /** Safe in the browser when this returns. */
  async add(parcel: Parcel): Promise<void> {
    await idb.put('outbox', parcel);
    await this.changed();
  }

  async discard(key: string): Promise<void> {
    await idb.remove('outbox', key);
    await this.changed();
  }

  async flush(): Promise<void> {
    if (this.busy || session.phase !== 'in') return;
    this.busy = true;
    try {
      while (await this.sendNext());
    } finally {
      this.busy = false;
    }
  }

  private async sendNext(): Promise<boolean> {
    const user = session.who?.user.login;
    const parcel = user ? nextParcel(this.parcels, user, Date.now()) : null;
    if (!parcel) return false;
    if (!(await idb.update<Parcel>('outbox', parcel.key, (kept) => lease(kept, Date.now())))) {
      await this.refresh();
      return false;
    }
    const answer = await this.send(parcel);
    const error = answer.ok ? null : answer.error;
    return this.settle(parcel, error, answer.ok && 'contact_id' in answer.data ? (answer.data as Registered) : null);
  }

  private send(parcel: Parcel): Promise<api.Answer<Registered | object>> {
    return parcel.kind === 'contact'
      ? api.registerContact(parcel.body, parcel.key)
      : api.actOnTicket(parcel.number, { action: 'comment', text: parcel.text }, parcel.key);
  }

  private async settle(parcel: Parcel, error: api.ApiError | null, result: Registered | null): Promise<boolean> {
    const fate = fateOf(error);
    if (fate === 'delivered') {
      await idb.remove('outbox', parcel.key);
      for (const sink of this.sinks) sink({ parcel, result });
    } else {
      const refused = fate === 'refused' && error ? { code: error.code, path: error.path, detail: error.detail } : null;
      await idb.update<Parcel>('outbox', parcel.key, (kept) => ({ ...kept, leasedUntil: 0, refused }));
    }
    if (fate === 'sign_in') void session.renew();
    await this.changed();
    return fate === 'delivered' || fate === 'refused';
  }

  private async changed(): Promise<void> {
    this.channel?.postMessage('changed');
    await this.refresh();
  }

  private async refresh(): Promise<void> {
    this.parcels = (await idb.all<Parcel>('outbox')).sort((a, b) => a.madeAt - b.madeAt);
  }
}

export const outbox = new Outbox();

// The status line of this page: live frames, the browser's outbox and the clock folded into one sentence.
import { untrack } from 'svelte';

import * as api from '../api/api';
import type { HubSync } from '../api/types';
import { sameNews, statusOf, type Status } from '../lib/status';
import { clock } from './clock.svelte';
import { live } from './live.svelte';
import { outbox } from './outbox.svelte';
import { session } from './session.svelte';

class StatusState {
  private hub = $state.raw<HubSync | null>(null);

  /** Moves only when there is news; for the live region. */
  news = $state.raw<Status>({ kind: 'starting' });

  get now(): Status {
    const region = session.isHub && this.hub ? this.hub : null;
    return statusOf(
      {
        heardAt: live.heardAt,
        startedAt: live.startedAt,
        sync: live.sync,
        unsent: outbox.waiting,
        region: region && { sites: region.sites, connected: region.connected, dataThrough: region.data_through },
      },
      clock.local,
    );
  }

  /** Call while the app starts. */
  follow(): void {
    $effect(() => {
      live.version('sync', 'sites');
      // The hub's sync frames carry no counts of sites: each is a reason to read them again.
      void live.sync;
      if (session.isHub) untrack(() => void this.loadHub());
    });
    $effect(() => {
      const now = this.now;
      untrack(() => {
        if (sameNews(this.news, now)) return;
        this.news = now;
        // A form that is being sent waits in the outbox instead. While nobody is signed in nothing is heard anyway.
        if (now.kind === 'no_node' && session.phase === 'in') api.giveUpChanges();
      });
    });
  }

  private async loadHub(): Promise<void> {
    const answer = await api.syncState();
    if (answer.ok && 'sites' in answer.data) this.hub = answer.data;
  }
}

export const status = new StatusState();

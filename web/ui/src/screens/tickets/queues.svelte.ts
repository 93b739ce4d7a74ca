// The region's queues, as the screens of tickets need them: loaded with the first of them, kept by what is said of
// catalogues.
import * as api from '../../api/api';
import type { Queue } from '../../api/types';
import { live } from '../../state/live.svelte';
import { session } from '../../state/session.svelte';

class Queues {
  all = $state.raw<readonly Queue[]>([]);
  private seen = -1;

  /** Those that tickets of this site may wait in. */
  get here(): readonly Queue[] {
    const site = session.who?.site.no ?? 0;
    return this.all.filter((queue) => session.isHub || queue.sites.length === 0 || queue.sites.includes(site));
  }

  /** Call while a component starts. */
  follow(): void {
    $effect(() => {
      const version = live.version('catalogues');
      if (version === this.seen) return;
      this.seen = version;
      void this.load();
    });
  }

  private async load(): Promise<void> {
    const answer = await api.listQueues();
    if (answer.ok) this.all = answer.data.items;
    else this.seen = -1;
  }
}

export const queues = new Queues();

export function queueName(id: string): string {
  const queue = queues.all.find((one) => one.id === id);
  if (!queue) return id;
  return session.place.locale === 'en' ? queue.name_en : queue.name_ru;
}

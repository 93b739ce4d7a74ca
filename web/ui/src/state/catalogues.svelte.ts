// The rubricator and the facilities, kept in the browser: a form opens with them even when the daemon is slow or away.
import { untrack } from 'svelte';

import * as api from '../api/api';
import * as idb from '../api/idb';
import type { CatalogueSite, Rubricator, Topic } from '../api/types';
import { live } from './live.svelte';

interface Cached<V> {
  name: string;
  value: V;
}

class Catalogues {
  rubricator = $state.raw<Rubricator>({ version: 0, published_at: null, topics: [] });
  sites = $state.raw<CatalogueSite[]>([]);
  private readonly byId = $derived(new Map(this.rubricator.topics.map((topic) => [topic.id, topic])));
  private readonly byNo = $derived(new Map(this.sites.map((site) => [site.no, site])));

  /** Call while the app starts. */
  follow(): void {
    void this.restore();
    $effect(() => {
      live.version('catalogues', 'sites');
      untrack(() => void this.load());
    });
  }

  topic(id: string | null): Topic | null {
    return (id && this.byId.get(id)) || null;
  }

  siteName(no: number | null | undefined): string {
    if (no === null || no === undefined) return '';
    return this.byNo.get(no)?.name ?? `№ ${no}`;
  }

  deskName(site: number, desk: number): string {
    return this.byNo.get(site)?.desks.find((one) => one.no === desk)?.name ?? `№ ${desk}`;
  }

  async load(): Promise<void> {
    const [rubricator, sites] = await Promise.all([api.getRubricator(), api.listCatalogueSites()]);
    if (rubricator.ok) {
      this.rubricator = rubricator.data;
      void idb.put('cache', { name: 'rubricator', value: rubricator.data });
    }
    if (sites.ok) {
      this.sites = sites.data.items;
      void idb.put('cache', { name: 'sites', value: sites.data.items });
    }
  }

  private async restore(): Promise<void> {
    for (const { name, value } of await idb.all<Cached<never>>('cache')) {
      if (name === 'rubricator' && this.rubricator.version === 0) this.rubricator = value;
      if (name === 'sites' && this.sites.length === 0) this.sites = value;
    }
  }
}

export const catalogues = new Catalogues();

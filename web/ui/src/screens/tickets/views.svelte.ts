// Filters that the account keeps at its place, and those that a supervisor shares with its role: parts of an address
// under a name. None names a patient: nobody would erase it.
import type { TicketFilter } from '../../api/types';
import { newKey } from '../../lib/ids';
import { errorText } from '../../lib/words';
import { dropFilter, keepFilter, listFilters, type FilterForm } from './filtersApi';
import { notices } from '../../state/notices.svelte';
import { session } from '../../state/session.svelte';

const kPersonal = ['q', 'phone', 'email', 'applicant', 'birth_date'];

class Views {
  list = $state.raw<TicketFilter[]>([]);

  constructor() {
    session.onSignIn(() => (this.list = []));
  }

  has(query: string): boolean {
    return this.list.some((view) => view.query === query);
  }

  mayKeep(query: URLSearchParams): boolean {
    return query.size > 0 && !this.has(query.toString()) && !kPersonal.some((name) => query.has(name));
  }

  async load(): Promise<void> {
    await this.bring();
    const answer = await listFilters();
    if (answer.ok) this.list = answer.data.items;
  }

  /** True when it is kept. */
  async keep(form: FilterForm): Promise<boolean> {
    const answer = await keepFilter(form, newKey());
    if (!answer.ok) notices.say('bad', errorText(answer.error));
    else this.list = [...this.list.filter((one) => one.id !== answer.data.id), answer.data];
    return answer.ok;
  }

  async drop(id: string): Promise<void> {
    const answer = await dropFilter(id, newKey());
    // Somebody else took it back before.
    if (!answer.ok && answer.error.code !== 'not_found') return notices.say('bad', errorText(answer.error));
    this.list = this.list.filter((one) => one.id !== id);
  }

  /** What an earlier version kept in this browser becomes the account's; it is tried once. */
  private async bring(): Promise<void> {
    const key = `opora.views.${session.who?.user.login ?? ''}`;
    const text = localStorage.getItem(key);
    if (text === null) return;
    localStorage.removeItem(key);
    let kept: { name: string; query: string }[] = [];
    try {
      kept = JSON.parse(text) as typeof kept;
    } catch {
      // A damaged store: none kept.
    }
    for (const one of kept) {
      const query = new URLSearchParams(one.query);
      if (this.mayKeep(query)) await keepFilter({ name: one.name.slice(0, 60), query: one.query }, newKey());
    }
  }
}

export const views = new Views();

// Forms in progress. Each is written to the browser's store a moment after the last key, so that a reload or a power
// cut loses nothing; a draft belongs to one tab at a time, and a tab adopts those whose tab is gone.
import * as idb from '../api/idb';
import { emptyForm, isPristine, type Form } from '../lib/form';
import { newKey } from '../lib/ids';
import { session } from './session.svelte';
import { tabs } from './tabs';

export interface Draft {
  id: string;
  /** Idempotency-Key of the request that this draft becomes. */
  key: string;
  user: string;
  tab: string;
  madeAt: number;
  callId: string | null;
  /** When its request was first sent (ms): a repeated one must be the same to the letter. */
  sentAt: number | null;
  form: Form;
}

// Short enough that a power cut loses a word, long enough that a slow disk follows the typing.
const kPauseMs = 300;
// What a page being closed could still write at once.
const kLastWords = 'opora.last_words';

class Drafts {
  list = $state<Draft[]>([]);
  activeId = $state('');
  saved = $state(true);
  private timer: ReturnType<typeof setTimeout> | undefined;
  private readonly unsaved = new Set<string>();

  constructor() {
    session.onSignIn(() => void this.restore());
    addEventListener('pagehide', () => this.leaveLastWords());
  }

  get active(): Draft | null {
    return this.list.find((draft) => draft.id === this.activeId) ?? null;
  }

  /** The active draft was typed into. */
  touched(): void {
    if (!this.active) return;
    this.unsaved.add(this.activeId);
    this.saved = false;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.save(), kPauseMs);
  }

  async save(): Promise<void> {
    clearTimeout(this.timer);
    const ids = [...this.unsaved];
    this.unsaved.clear();
    for (const id of ids) {
      const draft = this.list.find((one) => one.id === id);
      if (draft) await idb.put('drafts', $state.snapshot(draft));
    }
    this.saved = this.unsaved.size === 0;
  }

  /** An empty form in front; the one in progress stays as a tab. */
  open(fill: Partial<Form> = {}, callId: string | null = null): Draft {
    const active = this.active;
    if (active && !active.callId && isPristine(active.form)) {
      Object.assign(active.form, fill);
      active.callId = callId;
      this.touched();
      return active;
    }
    const draft = this.append(fill, callId);
    this.activeId = draft.id;
    return draft;
  }

  /** Behind the one in progress. */
  append(fill: Partial<Form>, callId: string | null): Draft {
    const draft: Draft = {
      id: newKey(),
      key: newKey(),
      user: session.who?.user.login ?? '',
      tab: tabs.id,
      madeAt: Date.now(),
      callId,
      sentAt: null,
      form: { ...emptyForm(), ...fill },
    };
    this.list.push(draft);
    if (callId || !isPristine(draft.form)) {
      this.unsaved.add(draft.id);
      void this.save();
    }
    return this.list.at(-1)!;
  }

  show(id: string): void {
    this.activeId = id;
  }

  step(by: 1 | -1): void {
    const at = this.list.findIndex((draft) => draft.id === this.activeId);
    const next = this.list[(at + by + this.list.length) % this.list.length];
    if (next) this.activeId = next.id;
  }

  /** Done with it; another draft comes forward, an empty one if there is none. */
  async close(id: string): Promise<void> {
    const at = this.list.findIndex((draft) => draft.id === id);
    if (at < 0) return;
    this.list.splice(at, 1);
    this.unsaved.delete(id);
    if (this.activeId === id) this.activeId = (this.list[at] ?? this.list[at - 1] ?? this.append({}, null)).id;
    await idb.remove('drafts', id);
  }

  /** The daemon refused this key's request for good: the corrected one is another request. */
  renewKey(draft: Draft): void {
    draft.key = newKey();
    draft.sentAt = null;
    this.touched();
  }

  private async restore(): Promise<void> {
    const user = session.who?.user.login ?? '';
    this.list = [];
    const kept = new Map((await idb.all<Draft>('drafts')).map((draft) => [draft.id, draft]));
    for (const draft of this.lastWords()) kept.set(draft.id, draft);
    const others = await tabs.alive();
    const mine = [...kept.values()].filter((draft) => draft.user === user && !others.has(draft.tab));
    mine.sort((a, b) => a.madeAt - b.madeAt);
    this.list = mine.map((draft) => ({ ...draft, tab: tabs.id, form: { ...emptyForm(), ...draft.form } }));
    for (const draft of this.list) this.unsaved.add(draft.id);
    this.activeId = (this.list.at(-1) ?? this.append({}, null)).id;
    void this.save();
  }

  private leaveLastWords(): void {
    const drafts = this.list.filter((draft) => this.unsaved.has(draft.id)).map((draft) => $state.snapshot(draft));
    if (drafts.length > 0) localStorage.setItem(kLastWords, JSON.stringify(drafts));
  }

  private lastWords(): Draft[] {
    try {
      const drafts = JSON.parse(localStorage.getItem(kLastWords) ?? '[]') as Draft[];
      localStorage.removeItem(kLastWords);
      return drafts;
    } catch {
      return [];
    }
  }
}

export const drafts = new Drafts();

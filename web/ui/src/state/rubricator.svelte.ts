// The next version of the rubricator while it is being edited: kept in the browser until it is published.
import * as api from '../api/api';
import type { ContactKind, Rubricator, Topic } from '../api/types';
import { diffTopics, freshTopicId, isEmptyDiff, mergeTopics } from '../lib/diff';
import { newKey } from '../lib/ids';
import { catalogues } from './catalogues.svelte';

interface Kept {
  base: Rubricator;
  key: string;
  topics: Topic[];
}

const kName = 'opora.rubricator.edit';

class RubricatorEditor {
  topics = $state<Topic[] | null>(null);
  /** What the edit started from. */
  private base = $state.raw<Rubricator>(catalogues.rubricator);
  error = $state.raw<api.ApiError | null>(null);
  busy = $state(false);
  private key = newKey();

  readonly diff = $derived(this.topics ? diffTopics(catalogues.rubricator.topics, this.topics) : null);

  constructor() {
    try {
      const kept = JSON.parse(localStorage.getItem(kName) ?? 'null') as Kept | null;
      if (kept) [this.base, this.key, this.topics] = [kept.base, kept.key, kept.topics];
    } catch {
      // Nothing kept.
    }
  }

  get changed(): boolean {
    return this.diff !== null && !isEmptyDiff(this.diff);
  }

  /** Somebody else has published meanwhile. */
  get overtaken(): boolean {
    return this.topics !== null && this.base.version < catalogues.rubricator.version;
  }

  start(): void {
    this.base = catalogues.rubricator;
    this.topics = catalogues.rubricator.topics.map((topic) => ({ ...topic }));
    this.touched();
  }

  /** Goes on from the version that somebody else has published, with what is changed here. */
  takeIn(): void {
    if (!this.topics) return;
    this.topics = mergeTopics(this.base.topics, this.topics, catalogues.rubricator.topics);
    this.base = catalogues.rubricator;
    this.error = null;
    this.touched();
  }

  add(kind: string, group: string, name: string, contactKind: ContactKind | null): void {
    if (!this.topics) return;
    const id = freshTopicId(name, new Set(this.topics.map((topic) => topic.id)));
    const last = this.topics.findLastIndex((topic) => topic.kind === kind && topic.group === group);
    this.topics.splice(last < 0 ? this.topics.length : last + 1, 0, { id, kind, group, name, contact_kind: contactKind });
    this.touched();
  }

  remove(id: string): void {
    this.topics = this.topics?.filter((topic) => topic.id !== id) ?? null;
    this.touched();
  }

  move(id: string, by: 1 | -1): void {
    if (!this.topics) return;
    const at = this.topics.findIndex((topic) => topic.id === id);
    const [topic] = this.topics.splice(at, 1);
    if (topic) this.topics.splice(Math.max(0, at + by), 0, topic);
    this.touched();
  }

  touched(): void {
    this.key = newKey();
    if (!this.topics) localStorage.removeItem(kName);
    else localStorage.setItem(kName, JSON.stringify({ base: this.base, key: this.key, topics: this.topics }));
  }

  cancel(): void {
    this.topics = null;
    this.error = null;
    this.touched();
  }

  /** The number of the new version; null when it was refused. */
  async publish(): Promise<number | null> {
    if (!this.topics) return null;
    this.busy = true;
    const answer = await api.publishRubricator(this.base.version, $state.snapshot(this.topics), this.key);
    this.busy = false;
    this.error = answer.ok ? null : answer.error;
    if (!answer.ok) {
      if (answer.error.code === 'conflict') await catalogues.load();
      return null;
    }
    catalogues.rubricator = answer.data;
    this.cancel();
    return answer.data.version;
  }
}

export const rubricator = new RubricatorEditor();

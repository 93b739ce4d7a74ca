// What a new version of the rubricator would change.
import type { Topic } from '../api/types';
import { kindOfTopic } from './kinds';

export interface TopicDiff {
  added: Topic[];
  removed: Topic[];
  changed: { before: Topic; after: Topic }[];
  /** Same topics, another order. */
  moved: boolean;
}

const same = (a: Topic, b: Topic) => a.kind === b.kind && a.group === b.group && a.name === b.name && kindOfTopic(a) === kindOfTopic(b);

export function diffTopics(before: readonly Topic[], after: readonly Topic[]): TopicDiff {
  const old = new Map(before.map((topic) => [topic.id, topic]));
  const next = new Set(after.map((topic) => topic.id));
  const kept = (topics: readonly Topic[], other: { has(id: string): boolean }) =>
    topics.filter((topic) => other.has(topic.id)).map((topic) => topic.id);
  return {
    added: after.filter((topic) => !old.has(topic.id)),
    removed: before.filter((topic) => !next.has(topic.id)),
    changed: after.flatMap((topic) => {
      const was = old.get(topic.id);
      return was && !same(was, topic) ? [{ before: was, after: topic }] : [];
    }),
    moved: kept(before, next).join('\n') !== kept(after, old).join('\n'),
  };
}

export function isEmptyDiff(diff: TopicDiff): boolean {
  return diff.added.length + diff.removed.length + diff.changed.length === 0 && !diff.moved;
}

/** `mine` and `theirs` are both made from `base`: theirs with what is changed in mine. */
export function mergeTopics(base: readonly Topic[], mine: readonly Topic[], theirs: readonly Topic[]): Topic[] {
  const [was, now] = [base, theirs].map((topics) => new Map(topics.map((topic) => [topic.id, topic])));
  const here = new Set(mine.map((topic) => topic.id));
  const out = mine.flatMap((topic) => {
    const before = was?.get(topic.id);
    if (!before || !same(before, topic)) return [topic];
    return now?.get(topic.id) ?? [];
  });
  for (const [at, topic] of theirs.entries()) {
    if (here.has(topic.id) || was?.has(topic.id)) continue;
    const after = out.findIndex((one) => one.id === theirs[at - 1]?.id);
    out.splice(after < 0 ? out.length : after + 1, 0, topic);
  }
  return out.map((topic) => ({ ...topic }));
}

/** An id that no topic has yet, made of the name's letters: ids are for ever, names change. */
export function freshTopicId(name: string, taken: ReadonlySet<string>): string {
  const base = name
    .toLowerCase()
    .replace(/[^a-zа-яё0-9]+/g, '-')
    .replace(/^-|-$/g, '')
    .replace(/[а-яё]/g, (letter) => translit[letter] ?? '')
    .slice(0, 48);
  let id = base || 'topic';
  for (let n = 2; taken.has(id); n += 1) id = `${base || 'topic'}-${n}`;
  return id;
}

const translit: Record<string, string> = Object.fromEntries(
  'а-a б-b в-v г-g д-d е-e ё-e ж-zh з-z и-i й-y к-k л-l м-m н-n о-o п-p р-r с-s т-t у-u ф-f х-kh ц-ts ч-ch ш-sh щ-sch ъ- ы-y ь- э-e ю-yu я-ya'
    .split(' ')
    .map((pair) => pair.split('-') as [string, string]),
);

// What a new topic begins with, of the topics that stand beside it.
import type { ContactKind, Topic } from '../api/types';

/** As most of them have it; of two kinds that as many have, the one that comes first. */
export function usualKind(topics: readonly Topic[]): ContactKind | null {
  const counts = new Map<ContactKind | null, number>();
  for (const { contact_kind: kind } of topics) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return [...counts].reduce<[ContactKind | null, number]>((best, one) => (one[1] > best[1] ? one : best), [null, 0])[0];
}

// Finding a colleague while typing: every word must begin a word of the name, or the login; the other keyboard layout
// is tried when nothing fits.
import type { Agent } from '../api/types';
import { fold, otherLayout } from './layout';
import { kMaxMatches } from './topics';

export interface Colleague {
  login: string;
  name: string;
}

/** Those who can be given work: who has no user of this place cannot. */
export function colleaguesOf(agents: readonly Agent[]): Colleague[] {
  return agents
    .flatMap((agent) => (agent.user ? [{ login: agent.user, name: agent.name ?? agent.user }] : []))
    .sort((a, b) => a.name.localeCompare(b.name));
}

function fitting(people: readonly Colleague[], query: string): Colleague[] {
  const words = fold(query).split(' ').filter(Boolean);
  const fits = (one: Colleague) => {
    const text = ` ${fold(one.name)} ${fold(one.login)}`;
    return words.every((word) => text.includes(` ${word}`));
  };
  return people.filter(fits).slice(0, kMaxMatches);
}

export function matchColleagues(people: readonly Colleague[], query: string): Colleague[] {
  const found = fitting(people, query);
  const other = found.length > 0 ? null : otherLayout(query);
  return other === null ? found : fitting(people, other);
}

// Colleagues who may be given a ticket: whose line it is, who is there, who has the least to do. Found while typing:
// every word must begin a word of the name, or the login; the other keyboard layout is tried when nothing fits.
import type { Agent, Colleague as Listed } from '../api/types';
import { fold, otherLayout } from './layout';
import { kMaxMatches } from './topics';

type Line = 1 | 2 | 3;

export interface Colleague {
  login: string;
  name: string;
  lines: readonly number[];
  /** Not those below them; a supervisor has none. */
  ownLines: readonly number[];
  /** Groups of topics; none is all of them. */
  skills: readonly string[];
  state: Agent['state'];
  open: number;
  /** A day: not at work up to then. */
  awayUntil: string | null;
  substitute: string | null;
}

/** Whoever waits for a call can begin at once; whoever is not signed in cannot be asked. */
const readiness: Record<Agent['state'], number> = { ready: 0, ringing: 1, talking: 1, break: 2, offline: 3 };

const byFreedom = (a: Colleague, b: Colleague): number =>
  Number(a.awayUntil !== null) - Number(b.awayUntil !== null) ||
  readiness[a.state] - readiness[b.state] ||
  a.open - b.open ||
  a.name.localeCompare(b.name);

/** Those who can be given work, who is free first: who has no user of this place cannot. */
export function colleaguesOf(agents: readonly Listed[]): Colleague[] {
  const known = agents.flatMap((agent): Colleague[] =>
    agent.user
      ? [
          {
            login: agent.user,
            name: agent.name ?? agent.user,
            lines: agent.lines,
            ownLines: agent.own_lines,
            skills: agent.skills,
            state: agent.state,
            open: agent.open_tickets,
            awayUntil: agent.away_until,
            substitute: agent.substitute,
          },
        ]
      : [],
  );
  return known.sort(byFreedom);
}

const isThere = (one: Colleague): boolean => one.awayUntil === null;
const worksOn = (one: Colleague, line: Line): boolean => one.ownLines.length > 0 && one.lines.includes(line);

/** Of a line; where nobody works on it, supervisors aside, everybody does. Who is away is offered only when that is asked for. */
export function ofLine(people: readonly Colleague[], line: Line, even: 'present' | 'absent' = 'present'): Colleague[] {
  const staffed = people.some((one) => worksOn(one, line));
  return people.filter((one) => (!staffed || one.lines.includes(line)) && (even === 'absent' || isThere(one)));
}

/** Among whom a line's tickets are shared out: those whose own it is, else those above who work on it, else all of any line. */
export function sharersOf(people: readonly Colleague[], line: Line): Colleague[] {
  const present = ofLine(people, line);
  const own = present.filter((one) => one.ownLines.includes(line));
  const above = present.filter((one) => worksOn(one, line));
  const others = present.filter((one) => one.ownLines.length > 0);
  return [own, above, others].find((some) => some.length > 0) ?? present;
}

const knows = (one: Colleague, group: string | null): boolean =>
  one.skills.length === 0 || (group !== null && one.skills.includes(group));

/**
 * Whom each ticket goes to, so that nobody has more than he must: the one with the least to do of those who know its
 * topic; nobody when there is none.
 */
export function spread(groups: readonly (string | null)[], people: readonly Colleague[]): (string | null)[] {
  const load = new Map(people.map((one) => [one.login, one.open]));
  return groups.map((group) => {
    const least = people
      .filter((one) => knows(one, group))
      .reduce<Colleague | null>((best, one) => (best && load.get(best.login)! <= load.get(one.login)! ? best : one), null);
    if (!least) return null;
    load.set(least.login, load.get(least.login)! + 1);
    return least.login;
  });
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

import { describe, expect, it } from 'vitest';

import type { Colleague } from '../src/api/types';
import { personOf } from '../src/lib/names';
import { colleaguesOf, matchColleagues, ofLine, sharersOf, spread } from '../src/lib/people';

const agent = (user: string | null, name: string | null, more: Partial<Colleague> = {}): Colleague => ({
  agent: user ?? 'pbx',
  user,
  name,
  desk: 1,
  state: 'ready',
  reason: null,
  since: null,
  extension: null,
  lines: [1],
  own_lines: [1],
  skills: [],
  open_tickets: 0,
  away_until: null,
  substitute: null,
  ...more,
});

const people = colleaguesOf([agent('ivanova', 'Иванова Анна Сергеевна'), agent(null, null), agent('arkhipov', 'Архипов Пётр'), agent('nameless', null)]);
const found = (query: string) => matchColleagues(people, query).map((one) => one.login);

describe('a person in a record', () => {
  it('is shown by name, by login where nobody knows the name, and is nobody without both', () => {
    expect(personOf('Иванова Анна Сергеевна', 'ivanova')).toBe('Иванова А. С.');
    expect(personOf(null, 'ivanova')).toBe('ivanova');
    expect(personOf(null, null)).toBeNull();
  });
});

describe('colleagues', () => {
  it('are those with a user, by name where they are equally free', () => {
    expect(people.map((one) => one.name)).toEqual(['nameless', 'Архипов Пётр', 'Иванова Анна Сергеевна']);
  });
  it('are found by the beginning of any word of the name, ё or е, and by login', () => {
    expect(found('анна ив')).toEqual(['ivanova']);
    expect(found('петр')).toEqual(['arkhipov']);
    expect(found('arkh')).toEqual(['arkhipov']);
    expect(found('')).toHaveLength(3);
    expect(found('ванова')).toEqual([]);
  });
  it('are found in the wrong keyboard layout', () => {
    expect(found('bdfyjdf')).toEqual(['ivanova']);
  });
});

describe('who is given a ticket', () => {
  const logins = (some: readonly { login: string }[]) => some.map((one) => one.login);
  const shift = colleaguesOf([
    agent('busy', 'Занятая', { open_tickets: 3 }),
    agent('break', 'На перерыве', { state: 'break' }),
    agent('gone', 'Ушедшая', { state: 'offline' }),
    agent('sick', 'Больная', { away_until: '2026-11-30' }),
    agent('free', 'Свободная', { open_tickets: 1, lines: [1, 2], own_lines: [2], skills: ['Справка'] }),
  ]);

  it('is free first: who is there, ready, with the least to do', () => {
    expect(logins(shift)).toEqual(['free', 'busy', 'break', 'gone', 'sick']);
  });
  it('works on the line and is not away, but when the absent are asked for', () => {
    expect(logins(ofLine(shift, 2))).toEqual(['free']);
    expect(logins(ofLine(shift, 1))).not.toContain('sick');
    expect(logins(ofLine(shift, 1, 'absent'))).toContain('sick');
  });
  it('is anybody on a line where nobody works', () => {
    expect(logins(ofLine(shift, 3))).toEqual(['free', 'busy', 'break', 'gone']);
  });
  it('is anybody where only the supervisor is of all lines', () => {
    const small = colleaguesOf([agent('desk', 'Стол'), agent('head', 'Старшая', { lines: [1, 2, 3], own_lines: [] })]);
    expect(logins(ofLine(small, 2))).toEqual(['head', 'desk']);
    expect(logins(sharersOf(small, 1))).toEqual(['desk']);
    expect(logins(sharersOf(small, 2))).toEqual(['desk']);
  });
  it('is, of many tickets, who is of the line itself before those above', () => {
    const larger = colleaguesOf([
      agent('desk', 'Стол'),
      agent('expert', 'Эксперт', { lines: [1, 2, 3], own_lines: [3] }),
      agent('head', 'Старшая', { lines: [1, 2, 3], own_lines: [] }),
    ]);
    expect([1, 2, 3].map((line) => logins(sharersOf(larger, line as 1 | 2 | 3)))).toEqual([['desk'], ['expert'], ['expert']]);
  });
  it('is the one with the least of those who know the topic', () => {
    const two = shift.filter((one) => one.login === 'free' || one.login === 'busy');
    expect(spread(['Справка', 'Справка', 'Справка', 'Справка'], two)).toEqual(['free', 'free', 'free', 'busy']);
    expect(spread(['Запись', null], two)).toEqual(['busy', 'busy']);
    expect(spread(['Запись'], [two[0]!])).toEqual([null]);
  });
});

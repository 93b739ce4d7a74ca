import { describe, expect, it } from 'vitest';

import type { Agent } from '../src/api/types';
import { personOf } from '../src/lib/names';
import { colleaguesOf, matchColleagues } from '../src/lib/people';

const agent = (user: string | null, name: string | null): Agent => ({
  agent: user ?? 'pbx',
  user,
  name,
  desk: 1,
  state: 'ready',
  reason: null,
  since: null,
  extension: null,
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
  it('are those with a user, by name', () => {
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

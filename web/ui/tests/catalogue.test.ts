import { readFileSync } from 'node:fs';

import { describe, expect, test } from 'vitest';

type Message = string | { match: Record<string, string> }[];
const read = (locale: string) =>
  JSON.parse(readFileSync(new URL(`../messages/${locale}.json`, import.meta.url), 'utf8')) as Record<string, Message>;
const texts = (message: Message) => (typeof message === 'string' ? [message] : Object.values(message[0]!.match));
const holes = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map((hole) => hole[1]).sort();

describe('the catalogue of words', () => {
  const ru = read('ru');
  const en = read('en');

  test('both languages have the same words', () => {
    expect(Object.keys(en)).toEqual(Object.keys(ru));
  });

  test('a translation fills the same places', () => {
    for (const key of Object.keys(ru).filter((name) => name !== '$schema')) {
      const wanted = holes(texts(ru[key]!).at(-1)!);
      expect([key, holes(texts(en[key]!).at(-1)!)]).toEqual([key, wanted]);
    }
  });

  test('one thing has one name: a ticket is «обращение»', () => {
    expect(Object.keys(ru).filter((key) => texts(ru[key]!).some((text) => /заяв(к|ок)/i.test(text)))).toEqual([]);
  });

  test('Russian plurals have one, few and many', () => {
    for (const [key, message] of Object.entries(ru)) {
      if (typeof message === 'string') continue;
      expect([key, Object.keys(message[0]!.match)]).toEqual([key, ['plural=one', 'plural=few', 'plural=*']]);
    }
  });
});

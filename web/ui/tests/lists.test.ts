import { describe, expect, test } from 'vitest';

import type { Call, Problem, Topic } from '../src/api/types';
import { callsOf, ordered } from '../src/lib/columns';
import { diffTopics, freshTopicId, isEmptyDiff, mergeTopics } from '../src/lib/diff';
import { readFilters, toQuery } from '../src/lib/filters';
import { looksLikeNumber } from '../src/lib/numbers';
import { rankProblems } from '../src/lib/problems';
import { mergeRows } from '../src/lib/rows';
import { kMaxMatches, matchTopics } from '../src/lib/topics';

const topic = (id: string, kind: string, group: string, name: string): Topic => ({ id, kind, group, name, contact_kind: null });
const topics = [
  topic('a', 'запись', 'Запись на приём', 'Первичная запись'),
  topic('b', 'запись', 'Запись на приём', 'Вакцинация'),
  topic('c', 'поддержка', 'Медицинские информационные системы', 'АРМ «Поликлиника»'),
];
const ids = (found: { topics: Topic[] }) => found.topics.map((one) => one.id);

describe('topics while typing', () => {
  test('every word must begin a word of the path; the name counts most', () => {
    expect(ids(matchTopics(topics, 'запись перв'))).toEqual(['a']);
    expect(ids(matchTopics(topics, 'поликл'))).toEqual(['c']);
    expect(ids(matchTopics(topics, 'запись'))[0]).toBe('a');
  });

  test('the wrong layout is understood, and said', () => {
    expect(matchTopics(topics, 'dfrw')).toEqual({ topics: [topics[1]], rescued: 'вакц' });
    expect(matchTopics(topics, 'zzz').rescued).toBeNull();
  });

  test('at most fifty, in the rubricator’s order', () => {
    const many = Array.from({ length: 120 }, (_, i) => topic(`t${i}`, 'вид', 'Группа', `Тема ${i}`));
    expect(matchTopics(many, '').topics).toHaveLength(kMaxMatches);
    expect(matchTopics(many, 'тема').topics[0]?.id).toBe('t0');
  });
});

describe('rows on screen meet newer ones', () => {
  const row = (id: string, status = 'open') => ({ id, status });
  const shown = [row('c'), row('b'), row('a')];
  const merged = mergeRows(shown, [row('d'), row('b', 'assigned')]);

  test('known rows change in place, new ones wait, nothing moves', () => {
    expect(merged.rows).toEqual([row('c'), row('b', 'assigned'), row('a')]);
    expect(merged.fresh).toEqual([row('d')]);
  });

  test('of what the page does not say nothing is known: it may stand further down', () => {
    expect([...merged.unsaid]).toEqual(['c', 'a']);
    expect(mergeRows(shown, shown).unsaid.size).toBe(0);
  });
});

describe('filters in the address', () => {
  test('what is wrong counts as not said', () => {
    const filters = readFilters(new URLSearchParams('status=lost&line=7&urgency=high&q= рецепт '));
    expect(filters).toMatchObject({ status: 'open', line: null, urgency: 'high' });
    expect(toQuery(filters)).toEqual({ status: 'open', urgency: 'high', q: 'рецепт' });
  });

  test('a deadline is asked for of what may be open, a missed one of all', () => {
    const asked = (text: string) => toQuery(readFilters(new URLSearchParams(text)));
    expect(asked('due=late')).toEqual({ status: 'open', due: 'late' });
    expect(asked('status=all&q=рецепт&due=soon')).toEqual({ status: 'all', q: 'рецепт', due: 'soon' });
    expect(asked('status=done&due=late')).toEqual({ status: 'done' });
    expect(asked('status=done&missed=cut_off')).toEqual({ status: 'done', missed: 'cut_off' });
    expect(asked('missed=perhaps')).toEqual({ status: 'open' });
  });

  test('a topic is asked for by its code', () => {
    expect(toQuery(readFilters(new URLSearchParams('topic=booking-first')))).toEqual({ status: 'open', topic: 'booking-first' });
    expect(toQuery(readFilters(new URLSearchParams('topic=')))).toEqual({ status: 'open' });
  });

  test('the stage of a house call narrows house calls alone', () => {
    const asked = (text: string) => toQuery(readFilters(new URLSearchParams(text)));
    expect(asked('kind=house_call&visit=passed')).toEqual({ status: 'open', kind: 'house_call', visit: 'passed' });
    expect(asked('kind=wish&visit=passed')).toEqual({ status: 'open', kind: 'wish' });
    expect(asked('visit=passed')).toEqual({ status: 'open' });
  });
});

describe('a ticket number', () => {
  test('is told from words and phones', () => {
    expect([' 2-000010-5 ', '17-004198-3', '2-1234567890-1'].map(looksLikeNumber)).toEqual([true, true, true]);
    expect(['2-00010-5', '8-900-111-22-33', '+7 900 111-22-33', 'рецепт', ''].some(looksLikeNumber)).toBe(false);
  });
});

describe('current problems that fit a form', () => {
  const problem = (id: string, site: number | null, name: string): Problem => ({
    id,
    site,
    site_name: null,
    kind: 'schedule',
    name,
    description: null,
    doctor: null,
    started_at: '2026-11-20T05:00:00.000Z',
    closed_at: null,
    affected: 0,
    opened_by: null,
    opened_by_name: null,
    origin: 'hub',
    origin_site: 0,
    kept_by: 0,
  });

  test('words that meet and the facility come first; a stranger’s problem stays away', () => {
    const all = [problem('far', 9, 'Рентген'), problem('own', 2, 'Рентген'), problem('said', null, 'Не открывается расписание')];
    const found = rankProblems(all, { facility: null, site: 2, words: 'нет расписания терапевта' });
    expect(found.map((one) => one.id)).toEqual(['said', 'own']);
  });
});

describe('a new version of the rubricator', () => {
  test('says what is added, removed, changed and moved', () => {
    const next = [topics[1]!, { ...topics[0]!, name: 'Запись к врачу' }, topic('d', 'запись', 'Запись на приём', 'Лист ожидания')];
    const diff = diffTopics(topics, next);
    expect(diff.added.map((one) => one.id)).toEqual(['d']);
    expect(diff.removed.map((one) => one.id)).toEqual(['c']);
    expect(diff.changed.map((one) => one.after.name)).toEqual(['Запись к врачу']);
    expect(diff.moved).toBe(true);
    expect(isEmptyDiff(diffTopics(topics, topics))).toBe(true);
  });

  test('says that a topic means another kind of contact', () => {
    const next = [{ ...topics[0]!, contact_kind: 'booking' as const }, ...topics.slice(1)];
    expect(diffTopics(topics, next).changed.map((one) => one.after.contact_kind)).toEqual(['booking']);
    // A browser may have kept topics that did not say it yet: they say none.
    const { contact_kind: _, ...old } = topics[0]!;
    expect(isEmptyDiff(diffTopics([old as Topic], [topics[0]!]))).toBe(true);
  });

  test('of two who edited the same version neither loses anything', () => {
    const [a, b, c] = topics as [Topic, Topic, Topic];
    const theirs = [a, topic('new', 'запись', 'Запись на приём', 'Лист ожидания'), { ...b, name: 'Прививки' }];
    const mine = [{ ...a, name: 'Запись к врачу' }, b, c, topic('mine', 'поддержка', 'Прочее', 'Прочее')];
    const merged = mergeTopics(topics, mine, theirs);
    expect(merged.map((one) => one.id)).toEqual(['a', 'new', 'b', 'mine']);
    expect(merged.slice(0, 3).map((one) => one.name)).toEqual(['Запись к врачу', 'Лист ожидания', 'Прививки']);
    expect(diffTopics(theirs, merged).removed).toEqual([]);
  });

  test('what I removed stays removed, and what both added under one id is mine', () => {
    const added = topic('d', 'запись', 'Запись на приём', 'Их');
    const merged = mergeTopics(topics, [topics[0]!, { ...added, name: 'Моя' }], [...topics, added]);
    expect(merged.map((one) => one.name)).toEqual(['Первичная запись', 'Моя']);
  });

  test('a new topic gets an id of its own', () => {
    expect(freshTopicId('Лист ожидания', new Set())).toBe('list-ozhidaniya');
    expect(freshTopicId('Лист ожидания', new Set(['list-ozhidaniya']))).toBe('list-ozhidaniya-2');
    expect(freshTopicId('«»', new Set())).toBe('topic');
  });
});

describe('a figure of T5 opens what it counts', () => {
  const call = (id: string, talk_ms: number | null): Call => ({ id, talk_ms, wait_ms: 0, answer_ms: 0, agent: null }) as Call;

  test('each column knows its calls; registered counts contacts', () => {
    expect(callsOf('availability')).toBe('received');
    expect(callsOf('talk')).toBe('accepted');
    expect(callsOf('registered')).toBeNull();
  });

  test('an average shows its longest first, a count keeps its order', () => {
    const calls = [call('short', 10), call('none', null), call('long', 90)];
    expect(ordered('talk', calls).map((one) => one.id)).toEqual(['long', 'short', 'none']);
    expect(ordered('received', calls).map((one) => one.id)).toEqual(['short', 'none', 'long']);
  });
});

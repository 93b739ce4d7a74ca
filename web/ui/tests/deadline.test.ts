// A row goes by the nearest deadline, a card shows both.
import { expect, test } from 'vitest';

import type { Ticket, TicketCard } from '../src/api/types';
import { clockLines, deadlineTone, deadlineUntil, deadlineWord } from '../src/lib/deadline';

const place = { locale: 'ru', zone: 'UTC' };
const at = (time: string) => `2026-11-23T${time}:00.000Z`;
const ms = (time: string) => Date.parse(at(time));

function ticket(more: Partial<TicketCard>): TicketCard {
  return {
    queue: 'line-1',
    closed_at: null,
    paused_since: null,
    paused_for: null,
    reaction: 'in_time',
    reaction_due: at('11:00'),
    reacted_at: null,
    deadline: 'in_time',
    completion_due: at('17:00'),
    next_due: { clock: 'reaction', at: at('11:00'), warn_at: at('10:30'), standing: 'in_time' },
    reaction_used_percent: 10,
    completion_used_percent: 3,
    ...more,
  } as TicketCard;
}

const word = (of: Ticket, now: string) => deadlineWord(of, ms(now), place);
const words = (of: TicketCard, now: string) => clockLines(of, ms(now), place).map((line) => [line.clock, line.word, line.tone]);

test('V3: a row counts to the reaction while it is the nearest, and its colour goes by it', () => {
  const open = ticket({});
  expect(word(open, '10:00')).toBe('осталось 1 ч');
  expect(deadlineUntil(open, ms('10:00'), place)).toBe('назначить до 11:00');
  expect(['10:00', '10:31', '11:01'].map((now) => deadlineTone(open, ms(now)))).toEqual(['', 'warn', 'bad']);
  expect(word(open, '11:20')).toBe('просрочено на 20 мин');
  const begun = ticket({ reacted_at: at('10:00'), next_due: { clock: 'completion', at: at('17:00'), warn_at: at('15:00'), standing: 'in_time' } });
  expect(word(begun, '11:20')).toBe('осталось 5 ч 40 мин');
  expect(deadlineUntil(begun, ms('11:20'), place)).toBe('сделать до 17:00');
});

test('V10: a row says why the clocks stand, until somebody has to look after who waits', () => {
  const waiting = ticket({
    paused_since: at('10:00'),
    paused_for: 'files',
    completion_due: null,
    deadline: 'paused',
    next_due: { clock: 'silence', at: at('12:00'), warn_at: null, standing: 'in_time' },
  });
  expect(word(waiting, '11:00')).toMatch(/^стоит: .* с 10:00$/);
  expect(deadlineTone(waiting, ms('11:00'))).toBe('');
  expect(word(waiting, '12:10')).toBe('просрочено на 10 мин');
  expect(deadlineTone(waiting, ms('12:10'))).toBe('bad');
});

test('a card shows both clocks: what is left, why they stand, what was met', () => {
  expect(words(ticket({}), '10:00')).toEqual([
    ['reaction', 'осталось 1 ч', ''],
    ['completion', 'осталось 7 ч', ''],
  ]);
  expect(words(ticket({}), '11:05')[0]).toEqual(['reaction', 'просрочено на 5 мин', 'bad']);
  const stands = { paused_since: at('10:00'), paused_for: 'files', next_due: null } as const;
  const waiting = ticket({ ...stands, reaction: 'paused', reaction_due: null, deadline: 'paused', completion_due: null });
  expect(words(waiting, '10:30').map(([, said]) => String(said).slice(0, 6))).toEqual(['стоит:', 'стоит:']);
  const done = ticket({ reaction: 'late', reacted_at: at('11:30'), closed_at: at('16:00'), next_due: null });
  expect(words(done, '18:00')).toEqual([
    ['reaction', 'с опозданием на 30 мин', 'bad'],
    ['completion', 'в срок', ''],
  ]);
});

test('a card has no line for a reaction without a norm, nor for one that nobody had to give', () => {
  const clocks = (of: TicketCard) => words(of, '10:00').map(([clock]) => clock);
  expect(clocks(ticket({ reaction: 'none', reaction_due: null }))).toEqual(['completion']);
  expect(clocks(ticket({ closed_at: at('09:30'), next_due: null }))).toEqual(['completion']);
});

import { describe, expect, it } from 'vitest';

import type { Ticket } from '../src/api/types';
import { isAnothers, possibleActions, type Here } from '../src/screens/tickets/life';

const ticket = (more: Partial<Ticket>): Ticket =>
  ({ owner: 2, status: 'in_work', line: 1, assignee: 'petrova', reopen_until: null, ...more }) as Ticket;
const here = (more: Partial<Here> = {}): Here => ({
  site: 2,
  login: 'ivanova',
  senior: false,
  supervisor: false,
  now: 0,
  holder: { lines: [1], awayUntil: null, substitute: null },
  lines: [1],
  ...more,
});

describe('what another has in work', () => {
  it('is taken over before one goes on with it', () => {
    expect(possibleActions(ticket({}), here())).toEqual(['comment', 'assign']);
    expect(possibleActions(ticket({ assignee: 'ivanova' }), here())).toContain('complete');
    expect(possibleActions(ticket({ assignee: null }), here())).toContain('complete');
    expect(possibleActions(ticket({ status: 'assigned' }), here())).toContain('complete');
  });
  it('is not taken from a line above, but when he is away', () => {
    const expert = { lines: [1, 2, 3], awayUntil: null, substitute: null };
    expect(possibleActions(ticket({ line: 3 }), here({ holder: expert }))).toEqual(['comment']);
    expect(possibleActions(ticket({ line: 3 }), here({ holder: { ...expert, awayUntil: '2026-11-30' } }))).toContain('assign');
  });
  it('is open to a supervisor, to who stands in, and when nobody here knows who has it', () => {
    expect(possibleActions(ticket({}), here({ supervisor: true }))).toContain('complete');
    const away = { lines: [1], awayUntil: '2026-11-30', substitute: 'ivanova' };
    expect(isAnothers(ticket({}), here({ holder: away }))).toBe(false);
    expect(isAnothers(ticket({}), here({ holder: { ...away, substitute: null } }))).toBe(true);
    expect(isAnothers(ticket({}), here({ holder: null }))).toBe(false);
  });
});

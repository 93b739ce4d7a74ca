import { describe, expect, test } from 'vitest';

import type { TimelineEntry } from '../src/api/types';
import { isForApplicant, readerOf, readerOfAction } from '../src/screens/tickets/reader';

const entry = (type: TimelineEntry['type'], more: Partial<TimelineEntry> = {}) => ({ type, effective: true, told: null, ...more }) as TimelineEntry;

describe('who reads a text of a ticket', () => {
  test('a request, an answer and an explanation go to the applicant, where they are typed and where they are read', () => {
    for (const kind of ['wait', 'complete', 'reject'] as const) expect([kind, readerOfAction(kind)]).toEqual([kind, 'applicant']);
    for (const type of ['waiting', 'completed', 'rejected'] as const) expect([type, readerOf(entry(type))]).toEqual([type, 'applicant']);
  });
  test('all else stays among colleagues', () => {
    for (const kind of ['comment', 'start', 'resume', 'assign', 'reclassify', 'reopen', 'close'] as const)
      expect([kind, readerOfAction(kind)]).toEqual([kind, 'colleagues']);
    for (const type of ['commented', 'assigned', 'offered', 'reopened', 'closed', 'told'] as const)
      expect([type, readerOf(entry(type))]).toEqual([type, 'colleagues']);
  });
  test('what was said too late was said to nobody', () => {
    expect(readerOf(entry('completed', { effective: false }))).toBe('colleagues');
  });
  test('his sheet has what became of it, and nothing of what the house did with itself', () => {
    for (const type of ['opened', 'started', 'waiting', 'completed', 'rejected', 'closed'] as const)
      expect([type, isForApplicant(entry(type))]).toEqual([type, true]);
    for (const type of ['commented', 'assigned', 'owner_changed', 'deadline_missed', 'reminded', 'item', 'problem_linked', 'call_tried'] as const)
      expect([type, isForApplicant(entry(type))]).toEqual([type, false]);
    expect(isForApplicant(entry('completed', { effective: false }))).toBe(false);
    const told = (how: 'mailed' | 'to_phone') => entry('told', { told: { how, what: 'done', whom: 'applicant', why: null, address: null } });
    expect([isForApplicant(told('mailed')), isForApplicant(told('to_phone'))]).toEqual([true, false]);
  });
});

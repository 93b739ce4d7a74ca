import { describe, expect, test } from 'vitest';

import { answersFor, nextQuestion, noAnswers, urgencyOf } from '../src/lib/urgency';

describe('urgency from three plain questions (A14)', () => {
  test('work has stopped: very high, nothing more is asked', () => {
    const answers = { ...noAnswers, stopped: 'yes' } as const;
    expect(urgencyOf(answers)).toBe('critical');
    expect(nextQuestion(answers)).toBeNull();
  });

  test('something important is impaired: high', () => {
    expect(urgencyOf({ stopped: 'no', important: 'yes', wayAround: null })).toBe('high');
  });

  test('one function, no way around: medium; a way around or advice: low', () => {
    expect(urgencyOf({ stopped: 'no', important: 'no', wayAround: 'no' })).toBe('medium');
    expect(urgencyOf({ stopped: 'no', important: 'no', wayAround: 'yes' })).toBe('low');
  });

  test('undecided until the answers decide, and the next question is known', () => {
    expect(urgencyOf(noAnswers)).toBeNull();
    expect(nextQuestion(noAnswers)).toBe('stopped');
    expect(nextQuestion({ stopped: 'no', important: null, wayAround: null })).toBe('important');
    expect(nextQuestion({ stopped: 'no', important: 'no', wayAround: null })).toBe('wayAround');
  });

  test('a later answer alone decides nothing', () => {
    expect(urgencyOf({ stopped: null, important: 'yes', wayAround: 'yes' })).toBeNull();
  });

  test('every urgency has answers that lead to it', () => {
    for (const urgency of ['low', 'medium', 'high', 'critical'] as const) {
      expect(urgencyOf(answersFor(urgency))).toBe(urgency);
    }
  });
});

// Urgency from three plain questions (A14): asked in this order, the first answer that decides ends it.
import type { Urgency } from '../api/types';

export type Answer = 'yes' | 'no' | null;

export interface Answers {
  /** Has the system, or nearly all of the work, stopped? */
  stopped: Answer;
  /** Is something important impaired, though work goes on? */
  important: Answer;
  /** Is there a way around, little effect, or is advice enough? */
  wayAround: Answer;
}

export const noAnswers: Answers = { stopped: null, important: null, wayAround: null };

/** Null until the answers decide. */
export function urgencyOf(answers: Answers): Urgency | null {
  if (answers.stopped === 'yes') return 'critical';
  if (answers.stopped === null) return null;
  if (answers.important === 'yes') return 'high';
  if (answers.important === null) return null;
  if (answers.wayAround === null) return null;
  return answers.wayAround === 'yes' ? 'low' : 'medium';
}

/** The question that has to be answered next; null when the urgency is decided. */
export function nextQuestion(answers: Answers): keyof Answers | null {
  if (urgencyOf(answers)) return null;
  if (answers.stopped === null) return 'stopped';
  return answers.important === null ? 'important' : 'wayAround';
}

/** Answers that lead to an urgency chosen directly on the scale. */
export function answersFor(urgency: Urgency): Answers {
  switch (urgency) {
    case 'critical':
      return { stopped: 'yes', important: null, wayAround: null };
    case 'high':
      return { stopped: 'no', important: 'yes', wayAround: null };
    case 'medium':
      return { stopped: 'no', important: 'no', wayAround: 'no' };
    case 'low':
      return { stopped: 'no', important: 'no', wayAround: 'yes' };
  }
}

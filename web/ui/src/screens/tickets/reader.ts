// Who reads what is typed about a ticket: what goes to the applicant (A15, V10), in a letter and on paper, and what stays
// among colleagues. Whatever is not named here stays.
import type { TimelineEntry } from '../../api/types';
import { m } from '../../paraglide/messages.js';
import type { ActionKind } from './life';

export type Reader = 'applicant' | 'colleagues';

const sentActions: readonly ActionKind[] = ['wait', 'complete', 'reject'];
const sentEntries: readonly TimelineEntry['type'][] = ['waiting', 'completed', 'rejected'];
// Of the rest the applicant reads that it happened; where it was handed to and who was reminded is the house's own affair.
const shownEntries: readonly TimelineEntry['type'][] = [...sentEntries, 'opened', 'started', 'resumed', 'reopened', 'closed', 'merged', 'unmerged', 'target_ended', 'target_reopened', 'visit_passed', 'visit_confirmed', 'erased'];

export const readerOfAction = (kind: ActionKind): Reader => (sentActions.includes(kind) ? 'applicant' : 'colleagues');

/** Of an entry's text. What was said too late was said to nobody. */
export const readerOf = (entry: Pick<TimelineEntry, 'type' | 'effective'>): Reader =>
  entry.effective && sentEntries.includes(entry.type) ? 'applicant' : 'colleagues';

/** Whether a sheet for the applicant has it. */
export function isForApplicant(entry: Pick<TimelineEntry, 'type' | 'effective' | 'told'>): boolean {
  if (!entry.effective) return false;
  if (entry.type === 'told') return entry.told?.how === 'mailed' || entry.told?.how === 'phoned';
  return shownEntries.includes(entry.type);
}

export const readerWords: Record<Reader, () => string> = {
  applicant: m.reader_applicant,
  colleagues: m.reader_colleagues,
};

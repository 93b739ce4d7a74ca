// Words of what a wish is for (V13) and of hot lines (T2); apart from others, so that the first load does without.
import type { HotLine, PassedTo, WishSubject } from '../api/types';
import { m } from '../paraglide/messages.js';

export const wishWords: Record<WishSubject, () => string> = {
  software: m.wish_software,
  documents: m.wish_documents,
  knowledge_base: m.wish_knowledge_base,
  other: m.wish_other,
};

export const hotLineWords: Record<HotLine, () => string> = {
  122: m.line_122,
  booking: m.line_booking,
  ministry: m.line_ministry,
  medical_assistant: m.line_medical_assistant,
  perinatal: m.line_perinatal,
  forwarded: m.line_forwarded,
};

export const passedWords: Record<PassedTo, () => string> = {
  facility: m.passed_facility,
  ministry: m.passed_ministry,
};

/** A row of the report by subject: «wish.software», «hot_line.122»; nothing behind the dot was not said. */
export function subjectRow(value: string): string {
  const [kind, subject] = value.split('.') as [string, string];
  if (!subject) return m.not_said();
  return kind === 'wish' ? wishWords[subject as WishSubject]() : hotLineWords[subject as HotLine]();
}

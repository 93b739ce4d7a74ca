// Kinds of contact and the fields that only they have (V5, T11, H1, H2, V13). The topic mostly says which it is; whoever
// chooses another is believed.
import type { ContactKind, RequestField, Topic } from '../api/types';
import type { Form } from './form';
import { isRightCode } from './supportCode';

/** '' is as the topic says, 'none' a contact as T10 has it. */
export type KindChoice = ContactKind | 'none' | '';

export const kindOfTopic = (topic: Topic | null): ContactKind | null => topic?.contact_kind ?? null;

export function kindOf(choice: KindChoice, topic: Topic | null): ContactKind | null {
  if (choice === 'none') return null;
  return choice === '' ? kindOfTopic(topic) : choice;
}

/** Who speaks for a facility is asked for its code. */
export const asksForCode = (kind: ContactKind | null): boolean => kind === 'support' || kind === 'wish';
/** Who is a patient: two of one name are two. */
export const asksForBirth = (kind: ContactKind | null): boolean =>
  kind === 'booking' || kind === 'house_call' || kind === 'waiting_list' || kind === 'hot_line';
export const hasPhoneGiven = (kind: ContactKind | null): boolean => kind === 'booking' || kind === 'waiting_list';

/** V5, in the order in which it is asked: what a request for support lacks (protocol/domain/request_fields.h). */
export function missingFields(form: Form, kind: ContactKind | null): RequestField[] {
  if (kind !== 'support') return [];
  const given: Record<RequestField, boolean> = {
    organisation: form.organisation.trim() !== '',
    applicant: form.applicant.trim() !== '',
    support_code: isRightCode(form.supportCode),
    summary: form.summary.trim() !== '',
  };
  return (Object.keys(given) as RequestField[]).filter((field) => !given[field]);
}

/** «38,5» and «38» as the API has them; anything else as it is. */
export function temperatureOf(text: string): string {
  const read = /^\s*(\d\d)(?:[.,](\d))?\s*$/.exec(text);
  return read ? `${read[1]}.${read[2] ?? '0'}` : text.trim();
}

export const isTemperature = (text: string): boolean => /^(3\d|4[0-5])\.\d$/.test(text);

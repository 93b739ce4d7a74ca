// Telling the applicant (A15) in the users' words: what several screens say. The rest is in screens/tickets/telling.ts and
// screens/sync/mail.ts, so that the desk does not load it.
import type { LetterWait, TellWhat, Telling } from '../api/types';
import { m } from '../paraglide/messages.js';
import { moment, type Place } from './time';

export const tellWhatWords: Record<TellWhat, () => string> = {
  registered: m.tell_registered,
  asked: m.tell_asked,
  done: m.tell_done,
  rejected: m.tell_rejected,
};

export const letterWaitWords: Record<LetterWait, () => string> = {
  sending: m.letter_is_sent,
  no_relay: m.letter_no_relay,
  region: m.letter_waits_region,
  relay: m.letter_waits_relay,
  next_try: m.letter_waits_try,
};

/** Whether the time to tell is over. */
export const isLate = (telling: Telling, now: number): boolean => telling.due_at !== null && Date.parse(telling.due_at) <= now;

/** Up to when he is told; empty when nobody said. */
export function tellDue(telling: Telling, now: number, place: Place): string {
  if (!telling.due_at) return '';
  const at = moment(Date.parse(telling.due_at), now, place);
  return isLate(telling, now) ? m.tell_late({ at }) : m.tell_until({ at });
}

/** Whether somebody has to call: also while no relay is configured. */
export const isToPhone = (telling: Telling): boolean => telling.by === 'phone' || telling.waits_for === 'no_relay';

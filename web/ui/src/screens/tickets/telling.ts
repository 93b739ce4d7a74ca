// What a ticket's card says of telling the applicant (A15).
import type { TellTrouble, Telling, TimelineEntry } from '../../api/types';
import type { ApiError } from '../../api/api';
import { letterWaitWords, tellWhatWords } from '../../lib/telling';
import { personOf } from '../../lib/names';
import { moment, type Place } from '../../lib/time';
import { errorText } from '../../lib/words';
import { m } from '../../paraglide/messages.js';

export const tellTroubleWords: Record<TellTrouble, () => string> = {
  no_address: m.tell_no_address,
  refused: m.tell_refused,
  given_up: m.tell_given_up,
};

/** Why it is not told yet. */
export function tellingState(telling: Telling, now: number, place: Place): string {
  if (telling.trouble) return tellTroubleWords[telling.trouble]();
  if (!telling.waits_for) return m.letter_elsewhere();
  if (telling.waits_for === 'next_try' && telling.next_try_at)
    return m.letter_next_try({ at: moment(Date.parse(telling.next_try_at), now, place), count: telling.tries ?? 0 });
  return letterWaitWords[telling.waits_for]();
}

/** The calls that did not tell him, and the next one. */
export function callsTried(telling: Telling, now: number, place: Place): string[] {
  const out: string[] = [];
  if (telling.calls > 0 && telling.called_at) {
    const said = { count: telling.calls, at: moment(Date.parse(telling.called_at), now, place) };
    const who = personOf(telling.called_by_name, telling.called_by);
    out.push(who ? m.tell_tried({ ...said, who }) : m.tell_tried_system(said));
  }
  if (telling.call_again_at) out.push(m.tell_again({ at: moment(Date.parse(telling.call_again_at), now, place) }));
  return out;
}

/** Why a call's result was not taken. */
export function tellErrorText(error: ApiError): string {
  if (error.code === 'conflict' && error.path === 'calls') return m.error_calls();
  if (error.code === 'conflict' && error.path === 'telling') return m.error_telling();
  return error.path === 'again_at' ? m.call_again_needed() : errorText(error);
}

/** What stands in a ticket's history. */
export function toldTitle(told: NonNullable<TimelineEntry['told']>): string {
  const what = tellWhatWords[told.what]();
  switch (told.how) {
    case 'mailed':
      return told.whom === 'officer' ? m.did_mail_officer({ what }) : m.did_mail({ what });
    case 'to_phone':
      return m.did_set_to_phone({ what });
    case 'phoned':
      return m.did_phone({ what });
    case 'not_reached':
      return m.did_not_reach({ what });
  }
}

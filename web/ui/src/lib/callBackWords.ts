// Words of calls back (O7). Apart from the others: the desk's first load does without.
import type { ApiError } from '../api/api';
import type { CallBackResult } from '../api/types';
import { m } from '../paraglide/messages.js';
import { errorText } from './words';

export const callBackResultWords: Record<CallBackResult, () => string> = {
  no_answer: m.cb_no_answer,
  busy: m.cb_busy,
  wrong_number: m.cb_wrong_number,
  reached: m.cb_reached,
  not_needed: m.cb_not_needed,
  released: m.cb_released,
};

/** What a desk may say of its call, the likeliest first. */
export const callBackSays: { result: CallBackResult; words: () => string }[] = [
  { result: 'reached', words: m.cb_say_reached },
  { result: 'no_answer', words: m.cb_say_no_answer },
  { result: 'busy', words: m.cb_say_busy },
  { result: 'wrong_number', words: m.cb_say_wrong_number },
  { result: 'not_needed', words: m.cb_say_not_needed },
  { result: 'released', words: m.cb_release },
];

const conflicts: Record<string, () => string> = {
  claim: m.cb_error_claim,
  again_at: m.cb_error_again_at,
  queue: m.cb_error_queue,
  owner: m.cb_error_owner,
  lease: m.cb_error_lease,
  state: m.cb_error_state,
};

export function callBackErrorText(error: ApiError): string {
  const conflict = error.code === 'conflict' ? conflicts[error.path ?? ''] : undefined;
  return conflict ? conflict() : errorText(error);
}

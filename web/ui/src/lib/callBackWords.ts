// Words of calls back (O7). Apart from the others: the desk's first load does without.
import type { ApiError } from '../api/api';
import type { CallBackResult, CallBackTask } from '../api/types';
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

export const callBackEndWords: Record<NonNullable<CallBackTask['end']>, () => string> = {
  reached: m.cb_reached,
  got_through: m.cb_got_through,
  not_reached: m.cb_not_reached,
  wrong_number: m.cb_wrong_number,
  not_needed: m.cb_not_needed,
};

/** What is to be done with it now; names and times as the screen shows them. */
export function callBackStateText(task: CallBackTask, is: CallBackTask['state'], say: { by: string; owner: string; at: (time: string) => string }): string {
  if (is === 'over') return task.end ? callBackEndWords[task.end]() : '';
  if (is === 'claimed') return m.cb_claimed({ name: say.by });
  if (is === 'queued') return m.cb_queued();
  if (is === 'later') return m.cb_later({ at: say.at(task.again_at) });
  if (is === 'elsewhere') return m.cb_lent({ site: say.owner, at: task.lease_until ? say.at(task.lease_until) : '' });
  return m.cb_due();
}

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

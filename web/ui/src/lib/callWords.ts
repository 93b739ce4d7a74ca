// Words of the call queue. Apart from the others: the desk's first load does without.
import type * as T from '../api/types';
import { m } from '../paraglide/messages.js';
import type { LegRole } from './calling';
import { conflictWords } from './words';

type Words<K extends string> = Record<K, () => string>;

/** What an agent reads whom the call queue has taken out that did not ask for it. */
export const asideWords: Words<NonNullable<T.QueueAgent['aside']>> = {
  no_answer: m.aside_no_answer,
  declined: m.aside_declined,
  unreachable: m.aside_unreachable,
};

/** Why, for whoever watches the room. */
export const asideReasonWords: Words<NonNullable<T.QueueAgent['aside']>> = {
  no_answer: m.break_no_answer,
  declined: m.aside_why_declined,
  unreachable: m.aside_why_unreachable,
};

/** What an agent does in a call that is another's. */
export const besideWords: Partial<Words<LegRole>> = {
  consulted: m.call_asked_me,
  party: m.call_three,
  listening: m.call_i_listen,
  whispering: m.call_i_whisper,
};

/** The same, for whoever watches the room. */
export const boardRoleWords: Partial<Words<LegRole>> = {
  consulted: m.board_consulted,
  party: m.board_party,
  listening: m.board_listens,
  whispering: m.board_whispers,
  taking_over: m.board_takes_over,
};

export const callPhaseWords: Words<T.QueuedCall['phase']> = {
  menu: m.call_in_menu,
  closed: m.call_hears_closed,
  waiting: m.call_waiting,
  ringing: m.agent_ringing,
  talking: m.call_talking,
  outside: m.call_outside,
  dialling: m.call_dialling,
};

Object.assign(conflictWords, {
  call: m.error_no_call,
  do: m.error_call_not_now,
  to: m.error_call_busy,
  me: m.error_not_agent,
});

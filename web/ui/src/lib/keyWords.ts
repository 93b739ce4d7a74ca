// Words of the actions that have keys. Apart from the others: only the card of keys has them.
import { m } from '../paraglide/messages.js';
import type { Action } from './keys';

export const actionWords: Record<Action, () => string> = {
  help: m.key_help,
  new: m.key_new,
  take: m.take_next,
  search: m.key_search,
  topic: m.key_topic,
  template: m.key_template,
  pane: m.key_pane,
  pane_back: m.key_pane_back,
  break: m.key_break,
  problem: m.key_problem,
  register: m.key_register,
  solved: m.key_solved,
  attach: m.key_attach,
  next: m.key_next,
  previous: m.key_previous,
  keep: m.key_keep,
  call_next: m.key_call_next,
  call_hold: m.key_call_hold,
  call_transfer: m.key_call_transfer,
  call_consult: m.key_call_consult,
  call_end: m.key_call_end,
  call_dial: m.key_call_dial,
};

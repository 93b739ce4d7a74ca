// How a ticket stands with its deadline, in words (A14, V10).
import type { Ticket } from '../api/types';
import { m } from '../paraglide/messages.js';
import { age, moment, type Place } from './time';
import { waitWords } from './words';

/** What remains, by how much it is late, or why the clock stands still. */
export function deadlineWord(ticket: Ticket, now: number, place: Place): string {
  if (ticket.closed_at) {
    if (!ticket.completion_due) return m.deadline_none();
    return ticket.deadline === 'late' ? m.deadline_was_late() : m.deadline_met();
  }
  if (ticket.paused_since && ticket.paused_for && ticket.deadline === 'paused') {
    return m.deadline_paused({ why: waitWords[ticket.paused_for](), at: moment(Date.parse(ticket.paused_since), now, place) });
  }
  if (!ticket.completion_due) return ticket.queue === null ? m.deadline_no_queue() : m.deadline_none();
  const left = Date.parse(ticket.completion_due) - now;
  return left >= 0 ? m.deadline_left({ left: age(left, place.locale) }) : m.deadline_late({ late: age(-left, place.locale) });
}

/** Late, near, or nothing to worry about: as the clock on this screen has it. */
export function deadlineTone(ticket: Ticket, now: number): '' | 'warn' | 'bad' {
  if (ticket.deadline === 'late') return 'bad';
  if (ticket.closed_at || !ticket.completion_due) return '';
  if (Date.parse(ticket.completion_due) < now) return 'bad';
  return ticket.deadline === 'soon' ? 'warn' : '';
}

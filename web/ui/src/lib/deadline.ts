// How a ticket stands with its deadlines, in words (A14, V3, V10).
import type { NextDue, Ticket, TicketCard } from '../api/types';
import { m } from '../paraglide/messages.js';
import { age, moment, type Place } from './time';
import { waitWords } from './words';

export type Tone = '' | 'warn' | 'bad';

const dueBy: Record<NextDue['clock'], (at: { at: string }) => string> = {
  reaction: m.due_reaction,
  completion: m.due_completion,
  session: m.due_session,
  silence: m.due_silence,
};

const lateBy = (ms: number, place: Place) => m.deadline_late({ late: age(ms, place.locale) });

function leftOrLate(due: number, now: number, place: Place): string {
  return due >= now ? m.deadline_left({ left: age(due - now, place.locale) }) : lateBy(now - due, place);
}

function pausedWord(ticket: Ticket, now: number, place: Place): string | null {
  if (!ticket.paused_since || !ticket.paused_for) return null;
  return m.deadline_paused({ why: waitWords[ticket.paused_for](), at: moment(Date.parse(ticket.paused_since), now, place) });
}

/** Of the nearest: what remains, by how much it is late, or why the clocks stand still. */
export function deadlineWord(ticket: Ticket, now: number, place: Place): string {
  if (ticket.closed_at) {
    if (!ticket.completion_due) return m.deadline_none();
    return ticket.deadline === 'late' ? m.deadline_was_late() : m.deadline_met();
  }
  const next = ticket.next_due;
  const waits = !next || next.clock === 'session' || next.clock === 'silence';
  const paused = waits && !(next && Date.parse(next.at) < now) ? pausedWord(ticket, now, place) : null;
  if (paused) return paused;
  if (!next) return ticket.queue === null ? m.deadline_no_queue() : m.deadline_none();
  return leftOrLate(Date.parse(next.at), now, place);
}

/** Which deadline the word is of, and by when. */
export function deadlineUntil(ticket: Ticket, now: number, place: Place): string {
  if (ticket.next_due) return dueBy[ticket.next_due.clock]({ at: moment(Date.parse(ticket.next_due.at), now, place) });
  return ticket.completion_due ? moment(Date.parse(ticket.completion_due), now, place) : '';
}

/** Late, near, or nothing to worry about: as the clock on this screen has it. */
export function deadlineTone(ticket: Ticket, now: number): Tone {
  if (ticket.closed_at) return ticket.deadline === 'late' ? 'bad' : '';
  const next = ticket.next_due;
  if (!next) return '';
  if (Date.parse(next.at) < now) return 'bad';
  return next.warn_at && Date.parse(next.warn_at) <= now ? 'warn' : '';
}

export interface ClockLine {
  clock: 'reaction' | 'completion';
  title: string;
  standing: Ticket['deadline'];
  word: string;
  until: string | null;
  used: number | null;
  tone: Tone;
}

const tones: Partial<Record<Ticket['deadline'], Tone>> = { late: 'bad', soon: 'warn' };

interface Counted {
  standing: Ticket['deadline'];
  due: string | null;
  stopped: string | null;
}

function lineWord(ticket: Ticket, { standing, due, stopped }: Counted, now: number, place: Place): string {
  if (stopped && due) {
    const over = Date.parse(stopped) - Date.parse(due);
    return over > 0 ? m.deadline_was_late_by({ late: age(over, place.locale) }) : m.deadline_met();
  }
  const paused = standing === 'paused' && pausedWord(ticket, now, place);
  if (paused) return paused;
  if (!due) return ticket.queue === null ? m.deadline_no_queue() : m.deadline_none();
  return leftOrLate(Date.parse(due), now, place);
}

function clockLine(ticket: Ticket, of: Counted & Pick<ClockLine, 'clock' | 'title' | 'used'>, now: number, place: Place): ClockLine {
  const { clock, title, standing, used, due } = of;
  const passed = due !== null && of.stopped === null && Date.parse(due) < now;
  return {
    clock,
    title,
    standing,
    used,
    word: lineWord(ticket, of, now, place),
    until: due && m.deadline_until({ at: moment(Date.parse(due), now, place) }),
    tone: passed ? 'bad' : (tones[standing] ?? ''),
  };
}

/** Both clocks of a card. Of the reaction nothing when it has no norm, or it ended with nobody to react. */
export function clockLines(ticket: TicketCard, now: number, place: Place): ClockLine[] {
  const { reaction_due, reacted_at, closed_at } = ticket;
  const unanswered = closed_at !== null && reacted_at === null;
  const completion = clockLine(
    ticket,
    { clock: 'completion', title: m.clock_line_completion(), standing: ticket.deadline, due: ticket.completion_due, stopped: closed_at, used: ticket.completion_used_percent },
    now,
    place,
  );
  if (ticket.reaction === 'none' || unanswered) return [completion];
  const reaction = clockLine(
    ticket,
    { clock: 'reaction', title: m.clock_line_reaction(), standing: ticket.reaction, due: reaction_due, stopped: reacted_at, used: ticket.reaction_used_percent },
    now,
    place,
  );
  return [reaction, completion];
}

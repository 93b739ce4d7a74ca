// What may be done with a ticket in which state (protocol/domain/README.md), and what its card says of deadlines.
import type { Ticket, TicketAction, TicketCard } from '../../api/types';
import type { Filters } from '../../lib/filters';
import { m } from '../../paraglide/messages.js';

type Status = Ticket['status'];
export type ActionKind = Extract<
  TicketAction['action'],
  'comment' | 'assign' | 'start' | 'wait' | 'resume' | 'reclassify' | 'complete' | 'reject' | 'reopen' | 'close'
>;

const openStates: readonly Status[] = ['registered', 'assigned', 'in_work', 'waiting'];
export const isOpen = (status: Status): boolean => openStates.includes(status);

const from: Record<Exclude<ActionKind, 'comment'>, readonly Status[]> = {
  start: ['registered', 'assigned'],
  wait: ['in_work'],
  resume: ['waiting'],
  assign: openStates,
  reclassify: openStates,
  complete: openStates,
  reject: openStates,
  reopen: ['done'],
  close: ['done'],
};

/** As the list is filtered. */
export const statusWords: Record<Filters['status'], () => string> = {
  open: m.filter_open,
  done: m.filter_done,
  rejected: m.filter_rejected,
  closed: m.filter_closed,
  merged: m.filter_merged,
  all: m.filter_all,
};

/** In the order in which they are done. Of another site's ticket only comments. */
export function possibleActions(ticket: Ticket, here: { site: number | undefined; login: string; senior: boolean; now: number }): ActionKind[] {
  if (ticket.owner !== here.site) return ['comment'];
  const kinds = Object.keys(from) as (keyof typeof from)[];
  const good = kinds.filter((kind) => {
    if (!from[kind].includes(ticket.status)) return false;
    if (kind === 'start') return ticket.assignee === null || ticket.assignee === here.login;
    if (kind === 'reopen') return ticket.reopen_until !== null && here.now < Date.parse(ticket.reopen_until);
    return kind !== 'close' || here.senior;
  });
  return ['comment', ...good];
}

const registeredLate = ({ registered_at: at, registration_due: due }: Ticket) =>
  at !== null && due !== null && Date.parse(at) > Date.parse(due);

/** Each with its name; what there is none of stays away. */
export function deadlineFacts(ticket: TicketCard, at: (time: string) => string): (readonly [string, string | null])[] {
  const time = (value: string | null) => value && at(value);
  return [
    [m.registration_title(), registeredLate(ticket) && ticket.registration_due ? m.deadline_was({ at: at(ticket.registration_due) }) : null],
    [m.reaction_title(), ticket.reacted_at === null ? time(ticket.reaction_due) : null],
    [m.completion_title(), time(ticket.completion_due)],
    [m.session_title(), time(ticket.session_at)],
    [m.reopen_title(), time(ticket.reopen_until)],
    [m.reopened_title(), ticket.reopened > 0 ? String(ticket.reopened) : null],
  ];
}

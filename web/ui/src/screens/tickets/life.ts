// What may be done with a ticket in which state and by whom (protocol/domain/README.md), and what its card says of
// deadlines.
import type { Ticket, TicketAction, TicketCard } from '../../api/types';
import type { Filters } from '../../lib/filters';
import type { Colleague } from '../../lib/people';
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
  waiting: m.filter_waiting,
  done: m.filter_done,
  rejected: m.filter_rejected,
  closed: m.filter_closed,
  merged: m.filter_merged,
  all: m.filter_all,
};

/** Who looks at a ticket, and who has it: protocol/domain/colleagues.h decides, the screens only do not offer what would be refused. */
export interface Here {
  site: number | undefined;
  login: string;
  senior: boolean;
  supervisor: boolean;
  now: number;
  /** Of this place; null: nobody here knows him any more. */
  holder: Pick<Colleague, 'lines' | 'awayUntil' | 'substitute'> | null;
  lines: readonly number[];
}

// What decides how it goes on is for whoever has begun it.
const forHolder: readonly ActionKind[] = ['wait', 'resume', 'reclassify', 'complete', 'reject'];

/** Somebody else has begun it, or waits for the applicant with it. */
export function isAnothers(ticket: Ticket, here: Here): boolean {
  const begun = ticket.status === 'in_work' || ticket.status === 'waiting';
  if (!begun || ticket.assignee === null || ticket.assignee === here.login || here.holder === null) return false;
  const standsIn = here.holder.awayUntil !== null && here.holder.substitute === here.login;
  return !standsIn && !here.supervisor;
}

/** A specialist does not take from an expert what he has begun. */
const isAbove = ({ line }: Ticket, { holder, lines }: Here) =>
  holder !== null && holder.awayUntil === null && holder.lines.includes(line) && !lines.includes(line);

/** In the order in which they are done. Of another site's ticket only comments. */
export function possibleActions(ticket: Ticket, here: Here): ActionKind[] {
  if (ticket.owner !== here.site) return ['comment'];
  const kinds = Object.keys(from) as (keyof typeof from)[];
  const anothers = isAnothers(ticket, here);
  const good = kinds.filter((kind) => {
    if (!from[kind].includes(ticket.status)) return false;
    if (anothers && (forHolder.includes(kind) || (kind === 'assign' && isAbove(ticket, here)))) return false;
    if (kind === 'start') return ticket.assignee === null || ticket.assignee === here.login;
    if (kind === 'reopen') return ticket.reopen_until !== null && here.now < Date.parse(ticket.reopen_until);
    return kind !== 'close' || here.senior;
  });
  return ['comment', ...good];
}

const registeredLate = ({ registered_at: at, registration_due: due }: Ticket) =>
  at !== null && due !== null && Date.parse(at) > Date.parse(due);

type Fact = readonly [string, string | null];

/** Beside the two clocks, each with its name; what there is none of stays away. */
export function otherTimes(ticket: TicketCard, at: (time: string) => string): Fact[] {
  const time = (value: string | null) => value && at(value);
  return [
    [m.registration_title(), registeredLate(ticket) && ticket.registration_due ? m.deadline_was({ at: at(ticket.registration_due) }) : null],
    [m.session_title(), time(ticket.session_at)],
    [m.silence_title(), time(ticket.silence_at)],
    [m.reopen_title(), time(ticket.reopen_until)],
    [m.reopened_title(), ticket.reopened > 0 ? String(ticket.reopened) : null],
  ];
}

/** With the clocks' own, for paper. */
export function deadlineFacts(ticket: TicketCard, at: (time: string) => string): Fact[] {
  const [registration, ...others] = otherTimes(ticket, at) as [Fact, ...Fact[]];
  const clocks: Fact[] = [
    [m.reaction_title(), ticket.reacted_at === null && ticket.reaction_due ? at(ticket.reaction_due) : null],
    [m.completion_title(), ticket.completion_due && at(ticket.completion_due)],
  ];
  return [registration, ...clocks, ...others];
}

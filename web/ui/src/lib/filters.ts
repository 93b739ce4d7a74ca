// The filters of the ticket list, as they stand in the address.
import type { TicketQuery } from '../api/api';
import type { ContactKind, Urgency } from '../api/types';
import { kMaxSiteNo } from './limits';

export interface Filters {
  status: NonNullable<TicketQuery['status']>;
  assignee: string;
  line: number | null;
  urgency: Urgency | null;
  site: number | null;
  topic: string;
  due: NonNullable<TicketQuery['due']> | null;
  kind: ContactKind | null;
  /** History of one person, by his number. */
  phone: string;
  missed: NonNullable<TicketQuery['missed']> | null;
  q: string;
}

const statuses = ['open', 'done', 'rejected', 'closed', 'merged', 'all'] as const;
const dues = ['late', 'soon', 'today'] as const;
const kinds = ['support', 'hot_line', 'booking', 'house_call', 'waiting_list', 'wish'] as const;
const misses = ['yes', 'no', 'cut_off'] as const;
const urgencies = ['low', 'medium', 'high', 'critical'] as const;

function oneOf<V extends string>(values: readonly V[], text: string | null): V | null {
  return values.find((value) => value === text) ?? null;
}

function number(text: string | null, max: number): number | null {
  const value = Number(text);
  return text && Number.isInteger(value) && value > 0 && value <= max ? value : null;
}

/** What an address says; what it says wrongly counts as not said. */
export function readFilters(query: URLSearchParams): Filters {
  const status = oneOf(statuses, query.get('status')) ?? 'open';
  const phone = query.get('q') ? '' : (query.get('phone') ?? '');
  // Only what is open has a deadline to meet, and the history of a person is whole.
  const timed = (status === 'open' || status === 'all') && !phone;
  return {
    status,
    assignee: query.get('assignee') ?? '',
    line: number(query.get('line'), 3),
    urgency: oneOf(urgencies, query.get('urgency')),
    site: number(query.get('site'), kMaxSiteNo),
    topic: query.get('topic') ?? '',
    due: timed ? oneOf(dues, query.get('due')) : null,
    kind: oneOf(kinds, query.get('kind')),
    phone,
    missed: oneOf(misses, query.get('missed')),
    q: query.get('q') ?? '',
  };
}

export function toQuery(filters: Filters): TicketQuery {
  return {
    status: filters.status,
    ...(filters.assignee ? { assignee: filters.assignee } : {}),
    ...(filters.line ? { line: filters.line } : {}),
    ...(filters.urgency ? { urgency: filters.urgency } : {}),
    ...(filters.site ? { site: filters.site } : {}),
    ...(filters.topic ? { topic: filters.topic } : {}),
    ...(filters.due ? { due: filters.due } : {}),
    ...(filters.kind ? { kind: filters.kind } : {}),
    ...(filters.phone ? { phone: filters.phone } : {}),
    ...(filters.missed ? { missed: filters.missed } : {}),
    ...(filters.q.trim() ? { q: filters.q.trim() } : {}),
  };
}

/** Where the history of one person stands: whatever became of his tickets. */
export const historyOf = (phone: string): string => `#/tickets?status=all&phone=${encodeURIComponent(phone)}`;

// The filters of the ticket list, as they stand in the address.
import type { TicketQuery } from '../api/api';
import type { ContactKind, HotLine, Urgency, VisitStage, WishSubject } from '../api/types';
import { kMaxSiteNo } from './limits';

export interface Filters {
  status: NonNullable<TicketQuery['status']>;
  assignee: string;
  /** Those that went through one's own hands. */
  was: 'me' | null;
  line: number | null;
  /** An id. */
  queue: string;
  urgency: Urgency | null;
  site: number | null;
  topic: string;
  due: NonNullable<TicketQuery['due']> | null;
  kind: ContactKind | null;
  /** Of open house calls (H1). */
  visit: VisitStage | null;
  /** Of wishes (V13), of the hot line (T2). */
  wish_subject: WishSubject | null;
  hot_line: HotLine | null;
  /** History of one person: by his number, by his mail address, or by name and date of birth. */
  phone: string;
  email: string;
  applicant: string;
  birth_date: string;
  missed: NonNullable<TicketQuery['missed']> | null;
  q: string;
}

const statuses = ['open', 'waiting', 'done', 'rejected', 'closed', 'merged', 'all'] as const;
const dues = ['late', 'soon', 'today'] as const;
const kinds = ['support', 'hot_line', 'booking', 'house_call', 'waiting_list', 'wish'] as const;
const subjects = ['software', 'documents', 'knowledge_base', 'other'] as const;
const lines = ['122', 'booking', 'ministry', 'medical_assistant', 'perinatal', 'forwarded'] as const;
const stages = ['new', 'passed', 'confirmed'] as const;
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
  const person = personOf(query);
  // Only what is open has a deadline to meet, and the history of a person is whole.
  const timed = (status === 'open' || status === 'waiting' || status === 'all') && !ofPerson(person);
  const kind = oneOf(kinds, query.get('kind'));
  return {
    status,
    assignee: query.get('assignee') ?? '',
    was: oneOf(['me'] as const, query.get('was')),
    line: number(query.get('line'), 3),
    queue: query.get('queue') ?? '',
    urgency: oneOf(urgencies, query.get('urgency')),
    site: number(query.get('site'), kMaxSiteNo),
    topic: query.get('topic') ?? '',
    due: timed ? oneOf(dues, query.get('due')) : null,
    kind,
    wish_subject: kind === 'wish' ? oneOf(subjects, query.get('wish_subject')) : null,
    hot_line: kind === 'hot_line' ? oneOf(lines, query.get('hot_line')) : null,
    visit: kind === 'house_call' ? oneOf(stages, query.get('visit')) : null,
    ...person,
    missed: oneOf(misses, query.get('missed')),
    q: query.get('q') ?? '',
  };
}

export function toQuery(filters: Filters): TicketQuery {
  return {
    status: filters.status,
    ...(filters.assignee ? { assignee: filters.assignee } : {}),
    ...(filters.was ? { was: filters.was } : {}),
    ...(filters.line ? { line: filters.line } : {}),
    ...(filters.queue ? { queue: filters.queue } : {}),
    ...(filters.urgency ? { urgency: filters.urgency } : {}),
    ...(filters.site ? { site: filters.site } : {}),
    ...(filters.topic ? { topic: filters.topic } : {}),
    ...(filters.due ? { due: filters.due } : {}),
    ...(filters.kind ? { kind: filters.kind } : {}),
    ...(filters.wish_subject ? { wish_subject: filters.wish_subject } : {}),
    ...(filters.hot_line ? { hot_line: filters.hot_line } : {}),
    ...(filters.visit ? { visit: filters.visit } : {}),
    ...(filters.phone ? { phone: filters.phone } : {}),
    ...(filters.email ? { email: filters.email } : {}),
    ...(filters.applicant ? { applicant: filters.applicant, birth_date: filters.birth_date } : {}),
    ...(filters.missed ? { missed: filters.missed } : {}),
    ...(filters.q.trim() ? { q: filters.q.trim() } : {}),
  };
}

type Person = Pick<Filters, 'phone' | 'email' | 'applicant' | 'birth_date'>;
export const noPerson: Person = { phone: '', email: '', applicant: '', birth_date: '' };
export const ofPerson = (one: Person): boolean => one.phone !== '' || one.email !== '' || one.applicant !== '';

/** One way at a time, and none with a search. A name alone is many people. */
function personOf(query: URLSearchParams): Person {
  const said = (name: keyof Person) => query.get(name) ?? '';
  if (query.get('q')) return noPerson;
  if (said('phone')) return { ...noPerson, phone: said('phone') };
  if (said('email')) return { ...noPerson, email: said('email') };
  const known = said('applicant') !== '' && said('birth_date') !== '';
  return known ? { ...noPerson, applicant: said('applicant'), birth_date: said('birth_date') } : noPerson;
}

/** Where the history of one person stands: whatever became of his tickets. */
export const historyOf = (phone: string): string => `#/tickets?status=all&phone=${encodeURIComponent(phone)}`;
export const historyOfMail = (email: string): string => `#/tickets?status=all&email=${encodeURIComponent(email)}`;
export const historyOfName = (name: string, birth: string): string =>
  `#/tickets?${new URLSearchParams({ status: 'all', applicant: name, birth_date: birth })}`;

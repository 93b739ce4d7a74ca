// Codes and states of the API in the users' words (the catalogue messages/*.json).
import type { ApiError, TicketQuery } from '../api/api';
import type * as T from '../api/types';
import type { IconName } from '../components/Icon.svelte';
import { m } from '../paraglide/messages.js';
import type { FormIssue } from './form';
import type { Status } from './status';
import { clock, clockSeconds, type Place } from './time';

type Words<K extends string> = Record<K, () => string>;

export const urgencyWords: Words<T.Urgency> = {
  low: m.urgency_low,
  medium: m.urgency_medium,
  high: m.urgency_high,
  critical: m.urgency_critical,
};

/** A14: when an urgency is right. */
export const urgencyReasons: Words<T.Urgency> = {
  low: m.urgency_low_why,
  medium: m.urgency_medium_why,
  high: m.urgency_high_why,
  critical: m.urgency_critical_why,
};

const ticketStatusWords: Words<T.Ticket['status']> = {
  registered: m.ticket_registered,
  assigned: m.ticket_assigned,
  in_work: m.ticket_in_work,
  waiting: m.ticket_waiting,
  done: m.ticket_done,
  closed: m.ticket_closed,
  rejected: m.ticket_rejected,
  merged: m.ticket_merged,
};

/** What the states of a ticket mean where users have words of their own for them: H1, H2. */
const kindStatusWords: Partial<Record<T.ContactKind, Partial<Words<T.Ticket['status']>>>> = {
  house_call: {
    registered: m.house_call_registered,
    assigned: m.house_call_assigned,
    in_work: m.house_call_in_work,
    done: m.house_call_done,
  },
  waiting_list: {
    registered: m.waiting_list_open,
    assigned: m.waiting_list_open,
    in_work: m.waiting_list_in_work,
    done: m.waiting_list_done,
  },
};

export function ticketStatusWord({ status, kind }: Pick<T.Ticket, 'status' | 'kind'>): string {
  return ((kind && kindStatusWords[kind]?.[status]) || ticketStatusWords[status])();
}

export const channelWords: Words<T.Contact['channel']> = {
  phone: m.channel_phone,
  email: m.channel_email,
  paper: m.channel_paper,
  portal: m.channel_portal,
  chat: m.channel_chat,
};

export const directionWords: Words<T.Contact['direction']> = { in: m.direction_in, out: m.direction_out };

export const kindWords: Words<T.ContactKind> = {
  support: m.kind_support,
  hot_line: m.kind_hot_line,
  booking: m.kind_booking,
  house_call: m.kind_house_call,
  waiting_list: m.kind_waiting_list,
  wish: m.kind_wish,
};

/** A5b: in which role somebody asks. */
export const applicantRoleWords: Words<T.ApplicantRole> = {
  citizen: m.applicant_citizen,
  user: m.applicant_user,
  it_officer: m.applicant_it_officer,
  head: m.applicant_head,
};

/** A5b: what the role may ask for. */
export const roleHints: Words<T.ApplicantRole> = {
  citizen: m.asks_citizen,
  user: m.asks_user,
  it_officer: m.asks_it_officer,
  head: m.asks_head,
};

/** «Код поддержки» within a sentence; «ФИО» stays. */
const within = (word: string) => (/^\p{Lu}\p{Lu}/u.test(word) ? word : word.charAt(0).toLowerCase() + word.slice(1));
/** V5, in the order in which it is asked. */
export const requestFieldNames = (fields: readonly T.RequestField[]): string =>
  fields.map((field) => within(requestFieldWords[field]())).join(', ');

const requestFieldWords: Words<T.RequestField> = {
  organisation: m.field_organisation,
  applicant: m.field_applicant,
  support_code: m.field_support_code,
  summary: m.field_summary,
};

export const refusalWords: Words<T.RefusalReason> = {
  no_slots: m.refusal_no_slots,
  declined: m.refusal_declined,
  no_referral: m.refusal_no_referral,
  not_attached: m.refusal_not_attached,
  technical: m.refusal_technical,
};

/** V10. */
export const waitWords: Words<T.WaitReason> = {
  information: m.wait_information,
  files: m.wait_files,
  remote_session: m.wait_remote_session,
};

/** A14: what is still to be met. */
export const dueWords: Words<NonNullable<TicketQuery['due']>> = { late: m.due_late, soon: m.due_soon, today: m.due_today };
/** And what was not. */
export const missedWords: Words<NonNullable<TicketQuery['missed']>> = { yes: m.missed_yes, cut_off: m.missed_cut, no: m.missed_no };

/** V11. */
export const rejectWords: Words<T.RejectReason> = {
  missing_information: m.reject_missing_information,
  too_little_information: m.reject_too_little_information,
  not_reproducible: m.reject_not_reproducible,
  no_remote_access: m.reject_no_remote_access,
  disrespectful: m.reject_disrespectful,
  outside_competence: m.reject_outside_competence,
};

export const problemKindWords: Words<T.ProblemKind> = {
  no_link: m.problem_no_link,
  schedule: m.problem_schedule,
  equipment: m.problem_equipment,
  system: m.problem_system,
  other: m.problem_other,
};

export const agentStateWords: Words<T.Agent['state']> = {
  ready: m.agent_ready,
  ringing: m.agent_ringing,
  talking: m.agent_talking,
  break: m.agent_break,
  offline: m.agent_offline,
};

export const breakWords: Words<T.BreakReason> = {
  rest: m.break_rest,
  supervisor_work: m.break_supervisor_work,
  outgoing: m.break_outgoing,
  other: m.break_other,
  no_answer: m.break_no_answer,
};

export const callClassWords: Words<T.Call['class']> = {
  accepted: m.call_accepted,
  lost: m.call_lost,
  phantom: m.call_phantom,
  waiting: m.call_waiting,
  talking: m.call_talking,
  handed_over: m.call_handed_over,
  returned: m.call_returned,
};

export const roleWords: Words<T.Role> = {
  operator: m.role_operator,
  specialist: m.role_specialist,
  expert: m.role_expert,
  supervisor: m.role_supervisor,
  administrator: m.role_administrator,
  auditor: m.role_auditor,
  program: m.role_program,
};

export const issueWords: Words<FormIssue> = {
  missing: m.issue_missing,
  too_long: m.issue_too_long,
  future: m.issue_future,
  invalid: m.issue_invalid,
  bad_phone: m.issue_bad_phone,
  bad_code: m.issue_bad_code,
  unknown_code: m.issue_unknown_code,
  bad_temperature: m.issue_bad_temperature,
  bad_email: m.issue_bad_email,
  bad_date: m.issue_bad_date,
};

/** Why the link to the region failed last. */
export const linkErrorWords: Words<NonNullable<T.NodeSync['last_error_code']>> = {
  unreachable: m.link_error_unreachable,
  disconnected: m.link_error_disconnected,
  silent: m.link_error_silent,
  handshake: m.link_error_silent,
  version: m.link_error_version,
  protocol: m.link_error_protocol,
  identity: m.link_error_refused,
  replaced: m.link_error_doubled,
  doubled: m.link_error_doubled,
  revoked: m.link_error_refused,
  stopping: m.link_error_stopping,
  persist: m.link_error_persist,
  unknown_session: m.link_error_protocol,
  peer: m.link_error_protocol,
};

export const readFromWords: Words<T.Read['from']> = {
  contact: m.read_contact,
  ticket: m.read_ticket,
  caller: m.read_caller,
  contacts: m.read_contacts,
  tickets: m.read_tickets,
  recording: m.read_recording,
};

/** Why the region gave a ticket another owner. */
export const ownerCauseWords: Record<string, () => string> = {
  accepted: m.cause_accepted,
  routed: m.cause_routed,
  taken_over: m.cause_taken_over,
  lease_expired: m.cause_lease_expired,
};

const errorWords: Words<ApiError['code']> = {
  invalid: m.error_invalid,
  not_found: m.error_not_found,
  denied: m.error_denied,
  unauthenticated: m.error_unauthenticated,
  lease_expired: m.error_lease_expired,
  conflict: m.error_conflict,
  key_reused: m.error_key_reused,
  already_issued: m.error_already_issued,
  too_large: m.error_too_large,
  too_many: m.error_too_many,
  unsupported: m.error_unsupported,
  no_room: m.error_no_room,
  unavailable: m.error_unavailable,
  corrupt: m.error_corrupt,
  internal: m.error_internal,
  unreachable: m.error_unreachable,
};

const fieldWords: Record<string, () => string> = {
  phone: m.field_phone,
  applicant: m.field_applicant,
  name: m.field_name,
  login: m.field_login,
  password: m.field_password,
  topic: m.field_topic,
  support_code: m.field_support_code,
  address: m.field_address,
  temperature: m.field_temperature,
  summary: m.field_summary,
  topics: m.nav_catalogues,
  desks: m.field_desks,
  zone: m.field_zone,
  no: m.field_site_no,
  started_at: m.field_started,
  assignee: m.field_assignee,
  desk: m.desk_no,
  sites: m.works_at,
  roles: m.roles,
  agent: m.agent_name,
  text: m.field_text,
  reason: m.field_reason,
  until: m.wait_until,
  to: m.offer_whom,
};

// A conflict that says more than "the state has changed".
export const conflictWords: Record<string, () => string> = {
  owner: m.error_not_owner,
  lease: m.error_lease_ran_out,
  offer: m.error_offer,
  action: m.error_action,
  assignee: m.error_assignee,
  reopen_until: m.error_reopen_until,
  history: m.error_history,
  files: m.error_files,
  claim: m.error_claim,
  slot: m.error_slot,
  attempts: m.error_attempts,
  visit: m.error_visit,
  kind: m.error_kind,
};

/** The code in words, with the field it names. */
export function errorText(error: ApiError): string {
  const conflict = error.code === 'conflict' ? conflictWords[error.path ?? ''] : undefined;
  if (conflict) return conflict();
  const text = (errorWords[error.code] ?? m.error_internal)();
  const field = fieldWords[error.path?.split(/[.[]/)[0] ?? ''];
  return field ? `${text}: ${field()}` : text;
}

/** "JPEG, PNG, PDF" */
export const kindsText = (kinds: readonly T.Attachment['kind'][]): string => kinds.map((kind) => kind.toUpperCase()).join(', ');

/** Why a file was not taken (V6), by what is taken here. */
export function fileErrorText(error: ApiError, takes: { kinds: string; most: number } | null): string {
  if (takes && error.code === 'too_large') return m.file_too_large(takes);
  if (takes && error.code === 'unsupported' && error.path === 'content') return m.file_other_kind(takes);
  if (error.code === 'invalid' && error.path === 'content') return m.file_damaged();
  return errorText(error);
}

/** `news`: without running times, for the screen reader. */
export function statusText(status: Status, place: Place, style: 'full' | 'news' = 'full'): string {
  const at = (time: number | null) => (time === null ? '' : clock(time, place));
  switch (status.kind) {
    case 'starting':
      return m.status_starting();
    case 'no_node':
      return status.unsent > 0
        ? m.status_no_node_unsent({ at: at(status.since), unsent: m.forms_wait({ count: status.unsent }) })
        : m.status_no_node({ at: at(status.since) });
    case 'no_region': {
      const wait = status.pending > 0 ? ` · ${m.records_wait({ count: status.pending })}` : '';
      return (status.since === null ? m.status_no_region_ever() : m.status_no_region({ at: at(status.since) })) + wait;
    }
    case 'sending':
      return m.status_sending({ done: status.done, total: status.total });
    case 'online':
      return m.status_online() + through(status.through, place, style);
    case 'region':
      return (
        m.status_region({ connected: status.connected, sites: status.sites }) + through(status.through, place, style)
      );
  }
}

function through(at: number | null, place: Place, style: 'full' | 'news'): string {
  return at === null || style === 'news' ? '' : ` · ${m.data_through({ at: clockSeconds(at, place) })}`;
}

export function statusIcon(status: Status): IconName {
  switch (status.kind) {
    case 'online':
    case 'region':
      return 'link';
    case 'no_region':
      return 'cut';
    case 'no_node':
      return 'alert';
    case 'sending':
      return 'up';
    case 'starting':
      return 'clock';
  }
}

export const urgencyIcons: Record<T.Urgency, IconName> = {
  low: 'down',
  medium: 'equal',
  high: 'chevrons',
  critical: 'flame',
};

export const urgencyTones: Record<T.Urgency, string> = { low: '', medium: '', high: 'warn', critical: 'bad' };

export const ticketTones: Record<T.Ticket['status'], string> = {
  registered: 'warn',
  assigned: 'accent',
  in_work: 'accent',
  waiting: '',
  done: 'ok',
  closed: '',
  rejected: '',
  merged: '',
};

// All that the app says to its daemon. Every call answers a value or an error, never throws; a daemon that cannot be
// reached is the error "unreachable". Owned by the page; no state but the CSRF token and the changes under way.
import createClient from 'openapi-fetch';

import { getLocale } from '../paraglide/runtime.js';
import type { paths } from './schema';
import type * as T from './types';

export interface ApiError {
  code: T.ErrorCode | 'unreachable';
  status: number;
  /** The field that the error is about: "phone", "topics[3].name". */
  path: string | null;
  detail: string | null;
}

export type Answer<V> = { ok: true; data: V } | { ok: false; error: ApiError };

// A node answers in milliseconds; on a LAN ten seconds mean that it is gone or hangs. The live link mostly says so before.
const kTimeoutMs = 10_000;

let csrfToken = '';
let onServerTime: (at: number) => void = () => {};
let onSignedOut: (why: ApiError) => void = () => {};

export function setCsrfToken(token: string): void {
  csrfToken = token;
}

export const csrf = (): string => csrfToken;

/** `serverTime` hears the Date of every answer; `signedOut` hears that the session is over. */
export function listen(hooks: { serverTime: (at: number) => void; signedOut: (why: ApiError) => void }): void {
  onServerTime = hooks.serverTime;
  onSignedOut = hooks.signedOut;
}

// Also those that were answered a moment ago: to give up one of these changes nothing.
const changesUnderWay = new Set<AbortController>();

/**
 * The daemon is gone: nobody waits longer for the answer to a change. Each becomes "unreachable". Whether the daemon
 * still did it is not known; its Idempotency-Key makes sending it again harmless.
 */
export function giveUpChanges(): void {
  for (const change of changesUnderWay) change.abort();
  changesUnderWay.clear();
}

async function fetchWithLimit(request: Request): Promise<Response> {
  const limit = new AbortController();
  setTimeout(() => {
    limit.abort();
    changesUnderWay.delete(limit);
  }, kTimeoutMs);
  if (request.method !== 'GET') {
    request.headers.set('X-CSRF-Token', csrfToken);
    changesUnderWay.add(limit);
  }
  const response = await fetch(request, { signal: limit.signal, cache: 'no-store' });
  const date = Date.parse(response.headers.get('Date') ?? '');
  if (!Number.isNaN(date)) onServerTime(date);
  return response;
}

export const client = createClient<paths>({ baseUrl: location.origin, fetch: fetchWithLimit });

const codeOfStatus: Record<number, T.ErrorCode> = {
  400: 'invalid',
  401: 'unauthenticated',
  403: 'denied',
  404: 'not_found',
  409: 'conflict',
  413: 'too_large',
  415: 'unsupported',
  422: 'invalid',
  429: 'too_many',
  503: 'unavailable',
  507: 'no_room',
};

export function readError(body: unknown, status: number): ApiError {
  const problem = (typeof body === 'object' && body !== null ? body : {}) as Partial<ApiError>;
  return {
    code: problem.code ?? codeOfStatus[status] ?? (status >= 502 && status <= 504 ? 'unavailable' : 'internal'),
    status,
    path: problem.path || null,
    detail: problem.detail || null,
  };
}

interface Settled<V> {
  data?: V;
  error?: unknown;
  response: Response;
}

export async function settle<V>(call: Promise<Settled<V>>): Promise<Answer<V>> {
  try {
    const { data, error, response } = await call;
    if (response.ok) return { ok: true, data: data as V };
    const read = readError(error, response.status);
    if (isSignedOut(read)) onSignedOut(read);
    return { ok: false, error: read };
  } catch {
    return { ok: false, error: { code: 'unreachable', status: 0, path: null, detail: null } };
  }
}

export const keyed = (key: string) => ({ header: { 'Idempotency-Key': key } });

export const getSession = () => settle(client.GET('/api/v1/session'));
export const signIn = (login: string, password: string) =>
  settle(client.POST('/api/v1/session', { body: { login, password } }));
export const signOut = () => settle(client.DELETE('/api/v1/session'));

type CallQuery = NonNullable<paths['/api/v1/calls']['get']['parameters']['query']>;
export const listCalls = (query: CallQuery) => settle(client.GET('/api/v1/calls', { params: { query } }));
export const liveCalls = () => settle(client.GET('/api/v1/calls/live'));

type ContactQuery = NonNullable<paths['/api/v1/contacts']['get']['parameters']['query']>;
export const listContacts = (query: ContactQuery) => settle(client.GET('/api/v1/contacts', { params: { query } }));
export const getContact = (id: string) => settle(client.GET('/api/v1/contacts/{id}', { params: { path: { id } } }));
export const getCaller = (phone: string) => settle(client.GET('/api/v1/callers', { params: { query: { phone } } }));
export const getFacilityByCode = (code: string) =>
  settle(client.GET('/api/v1/catalogues/support_codes/{code}', { params: { path: { code } } }));
export const registerContact = (body: T.NewContact, key: string) =>
  settle(client.POST('/api/v1/contacts', { params: keyed(key), body }));

type UntoldQuery = NonNullable<paths['/api/v1/untold']['get']['parameters']['query']>;
export const listUntold = (query: UntoldQuery) => settle(client.GET('/api/v1/untold', { params: { query } }));

export type TicketQuery = NonNullable<paths['/api/v1/tickets']['get']['parameters']['query']>;
export const listTickets = (query: TicketQuery) => settle(client.GET('/api/v1/tickets', { params: { query } }));
export const getTicket = (number: string) =>
  settle(client.GET('/api/v1/tickets/{number}', { params: { path: { number } } }));
export const actOnTicket = (number: string, body: T.TicketAction, key: string) =>
  settle(client.POST('/api/v1/tickets/{number}/actions', { params: { path: { number }, ...keyed(key) }, body }));

export const listNotices = () => settle(client.GET('/api/v1/notices'));
export const countNotices = () => settle(client.GET('/api/v1/notices/count'));
export const readNotices = (ids: string[]) => settle(client.POST('/api/v1/notices/read', { body: { ids } }));

export const listAttachments = (number: string) =>
  settle(client.GET('/api/v1/tickets/{number}/attachments', { params: { path: { number } } }));

export const listProblems = (status: 'open' | 'closed') =>
  settle(client.GET('/api/v1/problems', { params: { query: { status, limit: 200 } } }));
export const openProblem = (body: T.ProblemForm, key: string) =>
  settle(client.POST('/api/v1/problems', { params: keyed(key), body }));
export const editProblem = (id: string, body: T.ProblemForm, key: string) =>
  settle(client.PUT('/api/v1/problems/{id}', { params: { path: { id }, ...keyed(key) }, body }));
export const addAffected = (id: string, phone: string | null, key: string) =>
  settle(
    client.POST('/api/v1/problems/{id}/affected', {
      params: { path: { id }, ...keyed(key) },
      body: { contact_id: null, phone },
    }),
  );
export const closeProblem = (id: string, key: string) =>
  settle(client.POST('/api/v1/problems/{id}/close', { params: { path: { id }, ...keyed(key) }, body: {} }));

export const getRubricator = () => settle(client.GET('/api/v1/catalogues/rubricator'));
export const publishRubricator = (version: number, topics: T.TopicForm[], key: string) =>
  settle(client.PUT('/api/v1/catalogues/rubricator', { params: keyed(key), body: { version, topics } }));
export const listCatalogueSites = () => settle(client.GET('/api/v1/catalogues/sites'));

export const listProductionYears = () => settle(client.GET('/api/v1/catalogues/production'));
export const publishProductionYear = (year: number, body: T.ProductionYearForm, key: string) =>
  settle(client.PUT('/api/v1/catalogues/production/{year}', { params: { path: { year }, ...keyed(key) }, body }));
export const importProductionYears = (tsv: string, key: string) =>
  settle(client.POST('/api/v1/catalogues/production/import', { params: keyed(key), body: { tsv } }));
export const listCalendars = () => settle(client.GET('/api/v1/catalogues/calendars'));
export const changeCalendar = (id: string, body: T.WorkCalendarForm, key: string) =>
  settle(client.PUT('/api/v1/catalogues/calendars/{id}', { params: { path: { id }, ...keyed(key) }, body }));
export const listQueues = () => settle(client.GET('/api/v1/catalogues/queues'));
export const changeQueue = (id: string, body: T.QueueForm, key: string) =>
  settle(client.PUT('/api/v1/catalogues/queues/{id}', { params: { path: { id }, ...keyed(key) }, body }));
export const listCompetence = () => settle(client.GET('/api/v1/catalogues/competence'));
export const changeCompetence = (id: string, body: T.ClauseForm, key: string) =>
  settle(client.PUT('/api/v1/catalogues/competence/{id}', { params: { path: { id }, ...keyed(key) }, body }));
export const listTemplates = () => settle(client.GET('/api/v1/catalogues/templates'));
export const changeTemplate = (id: string, body: T.TemplateForm, key: string) =>
  settle(client.PUT('/api/v1/catalogues/templates/{id}', { params: { path: { id }, ...keyed(key) }, body }));
type PreviewBody = paths['/api/v1/deadlines/preview']['post']['requestBody']['content']['application/json'];
export const previewDeadlines = (body: PreviewBody) => settle(client.POST('/api/v1/deadlines/preview', { body }));

export const listUsers = (cursor?: string) =>
  settle(client.GET('/api/v1/users', { params: { query: { limit: 200, cursor } } }));
export const addUser = (body: T.NewUser, key: string) =>
  settle(client.POST('/api/v1/users', { params: keyed(key), body }));
export const editUser = (id: string, body: T.UserChange, key: string) =>
  settle(client.PUT('/api/v1/users/{id}', { params: { path: { id }, ...keyed(key) }, body }));
export const issueToken = (id: string, key: string) =>
  settle(client.POST('/api/v1/users/{id}/token', { params: { path: { id }, ...keyed(key) } }));

export const listAgents = () => settle(client.GET('/api/v1/agents'));
export const setMyState = (state: 'ready' | 'break' | 'offline', reason: T.BreakReason | null, key: string) =>
  settle(client.PUT('/api/v1/agents/me', { params: keyed(key), body: { state, reason } }));

export const callQueue = () => settle(client.GET('/api/v1/call_queue'));
export const askCallQueue = (what: T.CallAsk) => settle(client.POST('/api/v1/call_queue/asks', { body: what }));

export const dailyReport = (date: string) =>
  // Without ?format= the answer is the JSON one.
  settle(client.GET('/api/v1/reports/daily', { params: { query: { date } } }) as Promise<Settled<T.DailyReport>>);
export const dailyReportLink = (date: string, format: 'xlsx' | 'csv' | 'tsv') =>
  `/api/v1/reports/daily?date=${date}&format=${format}&lang=${getLocale()}`;
export type TicketReportQuery = Omit<NonNullable<paths['/api/v1/reports/tickets']['get']['parameters']['query']>, 'format' | 'lang'>;
export const ticketReport = (query: TicketReportQuery) =>
  settle(client.GET('/api/v1/reports/tickets', { params: { query } }) as Promise<Settled<T.TicketReport>>);
export const ticketReportLink = (query: TicketReportQuery, format: 'xlsx' | 'csv' | 'tsv') =>
  `/api/v1/reports/tickets?${new URLSearchParams({ ...(query as Record<string, string>), format, lang: getLocale() })}`;
type ReportItemQuery = NonNullable<paths['/api/v1/reports/tickets/items']['get']['parameters']['query']>;
export const ticketReportItems = (query: ReportItemQuery) => settle(client.GET('/api/v1/reports/tickets/items', { params: { query } }));
export const shiftNumbers = () => settle(client.GET('/api/v1/shift'));
type ReadQuery = NonNullable<paths['/api/v1/audit']['get']['parameters']['query']>;
export const listReads = (query: ReadQuery) => settle(client.GET('/api/v1/audit', { params: { query } }));
export const listBackups = () => settle(client.GET('/api/v1/backups'));
export const takeBackup = () => settle(client.POST('/api/v1/backups'));
export const syncState = () => settle(client.GET('/api/v1/sync'));

export const listSites = () => settle(client.GET('/api/v1/sites'));
export const addSite = (body: T.CatalogueSite, key: string) =>
  settle(client.POST('/api/v1/sites', { params: keyed(key), body }));
export const editSite = (no: number, body: Omit<T.CatalogueSite, 'no'>, key: string) =>
  settle(client.PUT('/api/v1/sites/{no}', { params: { path: { no }, ...keyed(key) }, body }));
export const renewSupportCode = (no: number, key: string) =>
  settle(client.POST('/api/v1/sites/{no}/support_code', { params: { path: { no }, ...keyed(key) }, body: {} }));
export const withdrawSite = (no: number, key: string) =>
  settle(client.DELETE('/api/v1/sites/{no}', { params: { path: { no }, ...keyed(key) } }));
export const decideFork = (no: number, decision: 'adopt' | 'set_aside', key: string) =>
  settle(client.POST('/api/v1/sites/{no}/fork', { params: { path: { no }, ...keyed(key) }, body: { decision } }));
export const issueEnrolmentCode = (no: number, key: string) =>
  settle(client.POST('/api/v1/sites/{no}/enrolment', { params: { path: { no }, ...keyed(key) }, body: {} }));

/** The session is over, or there is none: nothing goes on before somebody signs in. */
export function isSignedOut(error: ApiError): boolean {
  return error.code === 'unauthenticated' || error.code === 'lease_expired';
}

/** Will the same request perhaps succeed later, unchanged? */
export function isPassing(error: ApiError): boolean {
  return ['unreachable', 'unavailable', 'too_many', 'internal'].includes(error.code);
}

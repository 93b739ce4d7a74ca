// The registration form T10 as plain values: what is empty, what is wrong, and the request it becomes.
import * as v from 'valibot';

import type { ApplicantRole, Call, Contact, ContactKind, HotLine, LetterLanguage, NewContact, PassedTo, RefusalReason, Speciality, WishSubject } from '../api/types';
import { asksForBirth, asksForCode, hasPhoneGiven, isTemperature, temperatureOf, type KindChoice } from './kinds';
import { digitsOf } from './phone';
import { isRightCode, kCodeMax } from './supportCode';
import { dayOf, fromLocalInput, isDay, toLocalInput } from './time';
import { answersFor, noAnswers, urgencyOf, type Answers } from './urgency';

export interface Form {
  channel: Contact['channel'];
  direction: Contact['direction'];
  /** Local time of the site, "2026-11-20T10:31"; empty: now. */
  occurredAt: string;
  phone: string;
  applicant: string;
  organisation: string;
  municipality: string;
  facility: number | null;
  topic: string;
  details: string;
  summary: string;
  note: string;
  refusal: RefusalReason | '';
  answers: Answers;
  /** A current problem that this caller has too. */
  problem: string | null;
  kind: KindChoice;
  /** Of a request for support or a wish (A5b, V2). */
  role: ApplicantRole | '';
  supportCode: string;
  /** Of a booking and of the waiting list (T11). */
  phoneGiven: string;
  /** Of a house call (H1). */
  address: string;
  temperature: string;
  /** Of the waiting list (H2). */
  speciality: Speciality | '';
  waitsAt: number | null;
  doctor: string;
  /** Of who is a patient: tells namesakes apart. */
  birthDate: string;
  /** Of a wish (V13). */
  wishSubject: WishSubject | '';
  /** Of the hot line (T2, T24). */
  hotLine: HotLine | '';
  passedTo: PassedTo | '';
  /** Of the applicant (A15), and the language of letters to it; empty: the region's. */
  email: string;
  language: LetterLanguage | '';
  /** What there is to do on the way of the ticket, as its template has it. */
  items: string[];
}

export type Outcome = 'solved' | 'ticket';
export type FormField = keyof Form | 'urgency';
export type FormIssue = 'missing' | 'too_long' | 'future' | 'invalid' | 'bad_phone' | 'bad_code' | 'unknown_code' | 'bad_temperature' | 'bad_email' | 'bad_date';
export type FormIssues = Partial<Record<FormField, FormIssue>>;

// The limits of the HTTP API (web/api/openapi.yaml).
export const kTextMax = 4000;
export const kNameMax = 200;
export const kPhoneMax = 40;
export const kEmailMax = 254;
const kFutureMs = 5 * 60_000;

export function emptyForm(): Form {
  return {
    channel: 'phone',
    direction: 'in',
    occurredAt: '',
    phone: '',
    applicant: '',
    organisation: '',
    municipality: '',
    facility: null,
    topic: '',
    details: '',
    summary: '',
    note: '',
    refusal: '',
    answers: { ...noAnswers },
    problem: null,
    kind: '',
    role: '',
    supportCode: '',
    phoneGiven: '',
    address: '',
    temperature: '',
    speciality: '',
    waitsAt: null,
    doctor: '',
    birthDate: '',
    wishSubject: '',
    hotLine: '',
    passedTo: '',
    email: '',
    language: '',
    items: [],
  };
}

/** Nothing in it that a person typed: it may be filled or thrown away. */
export function isPristine(form: Form): boolean {
  const { phone, applicant, organisation, municipality, details, summary, note } = form;
  const { supportCode, phoneGiven, address, temperature, birthDate, email } = form;
  const typed = [phone, applicant, organisation, municipality, details, summary, note, supportCode, phoneGiven, address, temperature, birthDate, email];
  return typed.every((text) => text.trim() === '') && form.topic === '' && form.answers.stopped === null && !form.problem;
}

const text = v.pipe(v.string(), v.maxLength(kTextMax, 'too_long'));
const name = v.pipe(v.string(), v.maxLength(kNameMax, 'too_long'));

const phone = v.pipe(
  v.string(),
  v.maxLength(kPhoneMax, 'too_long'),
  v.check((typed) => typed.trim() === '' || digitsOf(typed).length >= 2, 'bad_phone'),
);

// The node's rule is stricter (protocol/domain/telling.h); this finds a slip of the hand while the caller is still there.
const email = v.pipe(
  v.string(),
  v.trim(),
  v.maxLength(kEmailMax, 'too_long'),
  v.check((typed) => typed === '' || /^[^\s@<>,;"]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$/.test(typed), 'bad_email'),
);

const Checked = v.object({
  phone,
  applicant: name,
  organisation: name,
  municipality: name,
  topic: v.pipe(v.string(), v.minLength(1, 'missing')),
  details: text,
  summary: text,
  note: text,
  email,
});

const kindFields = {
  code: v.object({ supportCode: v.pipe(v.string(), v.maxLength(kCodeMax, 'too_long'), v.check((code) => code.trim() === '' || isRightCode(code), 'bad_code')) }),
  given: v.object({ phoneGiven: phone }),
  house_call: v.object({
    address: v.pipe(v.string(), v.trim(), v.minLength(1, 'missing'), v.maxLength(kNameMax, 'too_long')),
    temperature: v.pipe(v.string(), v.check((typed) => typed.trim() === '' || isTemperature(temperatureOf(typed)), 'bad_temperature')),
  }),
};

/** What is wrong with the fields of this kind alone. */
function kindIssues(form: Form, kind: ContactKind | null): FormIssues {
  const schema = asksForCode(kind) ? kindFields.code : hasPhoneGiven(kind) ? kindFields.given : kind === 'house_call' ? kindFields.house_call : null;
  const issues: FormIssues = {};
  for (const issue of (schema && v.safeParse(schema, form).issues) ?? []) {
    const field = issue.path?.[0]?.key as FormField | undefined;
    if (field) issues[field] ??= issue.message as FormIssue;
  }
  return issues;
}

/** As the node has it (protocol/domain/person_key.h). */
const wasBorn = (day: string, today: string) => isDay(day) && day >= '1900-01-01' && day <= today;

export interface Moment {
  now: number;
  zone: string;
}

export function check(form: Form, outcome: Outcome, { now, zone }: Moment, kind: ContactKind | null): FormIssues {
  const issues: FormIssues = kindIssues(form, kind);
  const result = v.safeParse(Checked, form);
  for (const issue of result.issues ?? []) {
    const field = issue.path?.[0]?.key as FormField | undefined;
    if (field) issues[field] ??= issue.message as FormIssue;
  }
  if (form.occurredAt !== '' && fromLocalInput(form.occurredAt, zone) > now + kFutureMs) issues.occurredAt = 'future';
  if (asksForBirth(kind) && form.birthDate && !wasBorn(form.birthDate, dayOf(now, zone))) issues.birthDate = 'bad_date';
  if (outcome === 'ticket') {
    if (kind === 'waiting_list' && !form.speciality) issues.speciality = 'missing';
    if (form.summary.trim() === '') issues.summary ??= 'missing';
    if (!urgencyOf(form.answers)) issues.urgency = 'missing';
  }
  return issues;
}

const orNull = (value: string) => value.trim() || null;

export interface Where {
  desk: number;
  zone: string;
  call: Pick<Call, 'id'> | null;
  kind: ContactKind | null;
}

/** Only what the kind asks for is said: a field that was typed into and then hidden is nobody's. */
function kindBody(form: Form, kind: ContactKind | null): Partial<NewContact> {
  return {
    kind,
    applicant_role: asksForCode(kind) && form.role !== '' ? form.role : null,
    support_code: asksForCode(kind) ? orNull(form.supportCode) : null,
    phone_given: hasPhoneGiven(kind) ? orNull(form.phoneGiven) : null,
    address: kind === 'house_call' ? orNull(form.address) : null,
    temperature: kind === 'house_call' ? orNull(temperatureOf(form.temperature)) : null,
    birth_date: asksForBirth(kind) ? orNull(form.birthDate) : null,
    wish_subject: kind === 'wish' && form.wishSubject ? form.wishSubject : null,
    hot_line: kind === 'hot_line' && form.hotLine ? form.hotLine : null,
    passed_to: kind === 'hot_line' && form.passedTo ? form.passedTo : null,
    ...(kind === 'waiting_list' && form.speciality ? { speciality: form.speciality, waits_at: form.waitsAt, doctor: orNull(form.doctor) } : {}),
  };
}

export function toContact(form: Form, outcome: Outcome, where: Where): NewContact {
  const typedIn = form.occurredAt !== '';
  return {
    channel: form.channel,
    direction: form.direction,
    ...(typedIn ? { occurred_at: new Date(fromLocalInput(form.occurredAt, where.zone)).toISOString() } : {}),
    desk: where.desk,
    call_id: where.call?.id ?? null,
    phone: orNull(form.phone),
    applicant: orNull(form.applicant),
    organisation: orNull(form.organisation),
    municipality: orNull(form.municipality),
    facility: form.facility,
    topic: form.topic,
    details: orNull(form.details),
    summary: orNull(form.summary),
    note: orNull(form.note),
    refusal_reason: where.kind === 'booking' && form.refusal !== '' ? form.refusal : null,
    outcome,
    urgency: outcome === 'ticket' ? urgencyOf(form.answers) : null,
    problem: form.problem,
    email: orNull(form.email),
    language: form.email.trim() && form.language !== '' ? form.language : null,
    ...(outcome === 'ticket' && form.items.length > 0 ? { items: [...form.items] } : {}),
    ...kindBody(form, where.kind),
  };
}

/** A request that was refused becomes a form again, to be corrected; in the site's own time. */
export function toForm(body: NewContact, zone: string): Form {
  const urgency = body.urgency ?? null;
  return {
    channel: body.channel,
    direction: body.direction,
    occurredAt: body.occurred_at ? toLocalInput(Date.parse(body.occurred_at), zone) : '',
    phone: body.phone ?? '',
    applicant: body.applicant ?? '',
    organisation: body.organisation ?? '',
    municipality: body.municipality ?? '',
    facility: body.facility ?? null,
    topic: body.topic,
    details: body.details ?? '',
    summary: body.summary ?? '',
    note: body.note ?? '',
    refusal: body.refusal_reason ?? '',
    answers: urgency ? answersFor(urgency) : { ...noAnswers },
    problem: body.problem ?? null,
    kind: body.kind ?? '',
    role: body.applicant_role ?? '',
    supportCode: body.support_code ?? '',
    phoneGiven: body.phone_given ?? '',
    address: body.address ?? '',
    temperature: body.temperature ?? '',
    speciality: body.speciality ?? '',
    waitsAt: body.waits_at ?? null,
    doctor: body.doctor ?? '',
    birthDate: body.birth_date ?? '',
    wishSubject: body.wish_subject ?? '',
    hotLine: body.hot_line ?? '',
    passedTo: body.passed_to ?? '',
    email: body.email ?? '',
    language: body.language ?? '',
    items: body.items ?? [],
  };
}

const fieldOfPath: Record<string, FormField> = {
  occurred_at: 'occurredAt',
  refusal_reason: 'refusal',
  applicant_role: 'role',
  support_code: 'supportCode',
  phone_given: 'phoneGiven',
  waits_at: 'waitsAt',
  birth_date: 'birthDate',
  wish_subject: 'wishSubject',
  hot_line: 'hotLine',
  passed_to: 'passedTo',
};

/** The field that a refused request names. */
export function fieldOf(path: string | null): FormField | null {
  if (!path) return null;
  return fieldOfPath[path] ?? (path === 'urgency' || path in emptyForm() ? (path as FormField) : null);
}

// From the form in front to a registered contact: check, send, and what to show afterwards. A daemon that cannot be
// reached is no failure: the form goes to the outbox with its key.
import * as api from '../api/api';
import type { Receipt, Registered, Ticket } from '../api/types';
import { check, fieldOf, toContact, type FormIssue, type FormIssues, type Outcome } from '../lib/form';
import { newKey } from '../lib/ids';
import { kindOf } from '../lib/kinds';
import { fateOf, type Parcel } from '../lib/parcels';
import { m } from '../paraglide/messages.js';
import { catalogues } from './catalogues.svelte';
import { clock } from './clock.svelte';
import { drafts, type Draft } from './drafts.svelte';
import { notices } from './notices.svelte';
import { outbox } from './outbox.svelte';
import { session } from './session.svelte';
import { status } from './status.svelte';

export interface Result {
  /** Key of the request; finds the delivery of one that had to wait. */
  key: string;
  outcome: Outcome;
  registered: Registered | null;
  /** Null: only in this browser so far. */
  receipt: Receipt | null;
  attachedTo: string | null;
}

type ContactParcel = Parcel & { kind: 'contact' };

class Registration {
  busy = $state(false);
  issues = $state.raw<FormIssues>({});
  /** What the daemon refused, when no field says it. */
  error = $state.raw<api.ApiError | null>(null);
  result = $state.raw<Result | null>(null);
  /** Calls whose contact is registered: they get no second form. */
  readonly doneCalls = new Set<string>();

  private listens = false;

  /** Call while the desk starts; from then on what the outbox delivers is told, whatever screen is open. */
  follow(): void {
    if (this.listens) return;
    this.listens = true;
    outbox.onDelivery(({ parcel, result }) => {
      if (!result || parcel.kind !== 'contact') return;
      if (this.result?.key === parcel.key) this.result = { ...this.result, registered: result, receipt: 'node' };
      else if (result.ticket) this.tell(result, parcel.body.applicant ?? parcel.body.phone ?? '');
    });
  }

  async submit(outcome: Outcome, attachTo: Ticket | null = null): Promise<void> {
    const draft = drafts.active;
    if (!draft || this.busy) return;
    const kind = kindOf(draft.form.kind, catalogues.topic(draft.form.topic));
    this.issues = check(draft.form, outcome, { now: clock.now, zone: session.place.zone }, kind);
    this.error = null;
    if (Object.keys(this.issues).length > 0) return;
    this.busy = true;
    draft.sentAt ??= clock.now;
    drafts.touched();
    const parcel = this.parcelOf(draft, outcome, draft.sentAt);
    if (status.now.kind === 'no_node') await this.keepForLater(draft, parcel, outcome, attachTo);
    else await this.send(draft, parcel, outcome, attachTo);
    this.busy = false;
  }

  private async send(draft: Draft, parcel: ContactParcel, outcome: Outcome, attachTo: Ticket | null): Promise<void> {
    const answer = await api.registerContact(parcel.body, parcel.key);
    const fate = fateOf(answer.ok ? null : answer.error);
    if (answer.ok) await this.done(draft, outcome, answer.data, attachTo);
    else if (fate === 'refused' || answer.error.code === 'denied') this.refuse(draft, answer.error);
    else await this.keepForLater(draft, parcel, outcome, attachTo);
  }

  /** Follow the receipt of the result on screen. */
  async refreshReceipt(): Promise<void> {
    const id = this.result?.registered?.contact_id;
    if (!id || this.result?.receipt === 'region') return;
    const answer = await api.getContact(id);
    if (answer.ok && this.result?.registered?.contact_id === id) {
      this.result = { ...this.result, receipt: answer.data.receipt };
    }
  }

  dismiss(): void {
    this.result = null;
  }

  clearIssue(field: keyof FormIssues): void {
    if (!this.issues[field]) return;
    const { [field]: _gone, ...rest } = this.issues;
    this.issues = rest;
  }

  /** Something that was asked meanwhile says that it is wrong. */
  setIssue(field: keyof FormIssues, issue: FormIssue): void {
    this.issues = { ...this.issues, [field]: issue };
  }

  private parcelOf(draft: Draft, outcome: Outcome, sentAt: number): ContactParcel {
    const kind = kindOf(draft.form.kind, catalogues.topic(draft.form.topic));
    const call = draft.callId ? { id: draft.callId } : null;
    // A form that has to wait must not become «now» of a later hour.
    const madeAt = draft.form.occurredAt === '' ? { occurred_at: new Date(sentAt).toISOString() } : {};
    return {
      kind: 'contact',
      key: draft.key,
      user: draft.user,
      madeAt: Date.now(),
      leasedUntil: 0,
      refused: null,
      body: {
        ...madeAt,
        ...toContact(draft.form, outcome, { desk: session.desk, zone: session.place.zone, call, kind }),
      },
    };
  }

  private async done(draft: Draft, outcome: Outcome, registered: Registered, attachTo: Ticket | null): Promise<void> {
    if (attachTo) await this.comment(attachTo.number, draft);
    await this.finish(draft, { key: draft.key, outcome, registered, receipt: 'node', attachedTo: attachTo?.number ?? null });
  }

  private async keepForLater(draft: Draft, parcel: Parcel, outcome: Outcome, attachTo: Ticket | null): Promise<void> {
    await outbox.add(parcel);
    if (attachTo) await outbox.add(this.commentParcel(attachTo.number, draft));
    await this.finish(draft, { key: draft.key, outcome, registered: null, receipt: null, attachedTo: attachTo?.number ?? null });
  }

  private async finish(draft: Draft, result: Result): Promise<void> {
    if (draft.callId) this.doneCalls.add(draft.callId);
    // Who has gone on to another form meanwhile is told aside; nothing covers what is being typed.
    if (drafts.activeId === draft.id) this.result = result;
    else this.tell(result.registered, draft.form.applicant || draft.form.phone);
    await drafts.close(draft.id);
  }

  private tell(registered: Registered | null, who: string): void {
    if (registered?.ticket) notices.say('ok', m.delivered({ number: registered.ticket.number, who }));
    else notices.say(registered ? 'ok' : 'warn', registered ? m.solved_title() : m.waits_title());
  }

  private refuse(draft: Draft, error: api.ApiError): void {
    const field = fieldOf(error.path);
    if (field) this.issues = { [field]: field === 'supportCode' ? 'unknown_code' : 'invalid' };
    else this.error = error;
    drafts.renewKey(draft);
  }

  /** What the caller said now belongs to the ticket that is already open. */
  private async comment(number: string, draft: Draft): Promise<void> {
    const parcel = this.commentParcel(number, draft);
    await outbox.add(parcel);
    void outbox.flush();
  }

  private commentParcel(number: string, draft: Draft): Parcel & { kind: 'comment' } {
    const { summary, details, note } = draft.form;
    const text = [summary, details, note].map((part) => part.trim()).filter(Boolean).join('\n') || m.called_again();
    const base = { key: newKey(), user: draft.user, madeAt: Date.now(), leasedUntil: 0, refused: null };
    return { kind: 'comment', number, text, ...base };
  }
}

export const registration = new Registration();

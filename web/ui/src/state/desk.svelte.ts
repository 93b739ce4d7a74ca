// The operator's desk: which call has which form, who the caller is, and what one key does. It never moves the focus by
// itself: a call only fills a form that nobody has typed into, or waits as a tab behind the one in progress.
import { untrack } from 'svelte';

import type { Call, Caller, Problem, Ticket } from '../api/types';
import { isPristine } from '../lib/form';
import { digitsOf, formatPhone, samePhone } from '../lib/phone';
import { rankProblems } from '../lib/problems';
import { agent } from './agent.svelte';
import { caller, type Known } from './caller.svelte';
import { callQueue } from './callQueue.svelte';
import { calls } from './calls.svelte';
import { catalogues } from './catalogues.svelte';
import { drafts, type Draft } from './drafts.svelte';
import { live } from './live.svelte';
import { problems } from './problems.svelte';
import { registration } from './registration.svelte';
import { session } from './session.svelte';

class Desk {
  /** Drafts whose caller was filled in from what is known. */
  recognised = $state<Record<string, true>>({});
  /** What looks most like the form in front, beside the caller's own tickets. */
  similar = $state.raw<Ticket | null>(null);
  private readonly filled = new Set<string>();

  /** Call while the screen starts. */
  follow(): void {
    calls.follow();
    registration.follow();
    agent.follow();
    // Who is asked about a call has its caller beside his own form.
    caller.follow(() => calls.beside?.phone ?? drafts.active?.form.phone ?? '');
    $effect(() => {
      const call = calls.mine;
      const ready = drafts.list.length > 0;
      if (call?.class === 'talking' && ready) untrack(() => this.take(call));
    });
    $effect(() => {
      if (caller.data) untrack(() => this.recognise());
    });
    $effect(() => {
      live.version('contacts', 'sync');
      void live.sync?.pending;
      untrack(() => void registration.refreshReceipt());
    });
  }

  /** The form of the call in progress waits behind another one. */
  get waitingDraft(): Draft | null {
    const call = calls.mine;
    const draft = call && drafts.list.find((one) => one.callId === call.id);
    return draft && draft.id !== drafts.activeId ? draft : null;
  }

  /** What is known of the number in the form in front, and not of the caller whom a colleague asks about. */
  private get ofForm(): Caller | null {
    return caller.digits === digitsOf(drafts.active?.form.phone ?? '') ? caller.data : null;
  }

  /** People among whom the operator has to choose. */
  get candidates(): Known[] {
    const draft = drafts.active;
    if (!draft || !this.ofForm || this.ofForm.known.length < 2 || draft.form.applicant !== '') return [];
    return this.ofForm.known;
  }

  get openTicket(): Ticket | null {
    return this.ofForm?.open_tickets[0] ?? this.similar;
  }

  get matching(): Problem[] {
    const form = drafts.active?.form;
    const topic = catalogues.topic(form?.topic ?? null)?.name ?? '';
    return rankProblems(problems.open, {
      facility: form?.facility ?? null,
      site: session.who?.site.no ?? 0,
      words: `${topic} ${form?.summary ?? ''} ${form?.details ?? ''} ${form?.organisation ?? ''}`,
    });
  }

  /** F2: the form of the call that waits, else an empty one. */
  openNew(): void {
    registration.dismiss();
    const waiting = this.waitingDraft;
    if (waiting) drafts.show(waiting.id);
    else drafts.open();
  }

  callBack(phone: string): void {
    registration.dismiss();
    drafts.open({ phone: formatPhone(phone), direction: 'out' });
  }

  /** To somebody who called before: the form, and the call where this node can make one. */
  async dial(phone: string): Promise<void> {
    this.callBack(phone);
    if (callQueue.canDial) await callQueue.ask({ do: 'dial', number: phone });
  }

  choose(known: Known): void {
    const draft = drafts.active;
    if (!draft) return;
    draft.form.applicant = known.applicant ?? '';
    draft.form.organisation ||= known.organisation ?? '';
    draft.form.municipality ||= known.municipality ?? '';
    this.recognised[draft.id] = true;
    drafts.touched();
  }

  toggleProblem(problem: Problem): void {
    const draft = drafts.active;
    if (!draft) return;
    draft.form.problem = draft.form.problem === problem.id ? null : problem.id;
    if (draft.form.problem) draft.form.summary ||= problem.name;
    drafts.touched();
  }

  /** What the caller says belongs to a ticket that is already open. */
  async attach(ticket: Ticket): Promise<void> {
    const draft = drafts.active;
    if (!draft) return;
    draft.form.topic ||= ticket.topic;
    await registration.submit('solved', ticket);
  }

  private take(call: Call): void {
    if (registration.doneCalls.has(call.id) || drafts.list.some((draft) => draft.callId === call.id)) return;
    const fill = { phone: formatPhone(call.phone ?? ''), direction: call.direction };
    const front = drafts.active;
    if (front && !front.callId && (isPristine(front.form) || this.isFor(front, call))) {
      registration.dismiss();
      Object.assign(front.form, fill);
      front.callId = call.id;
      drafts.touched();
    } else {
      drafts.append(fill, call.id);
    }
  }

  /** A call back is the call of the form that was opened for it. */
  private isFor(draft: Draft, call: Call): boolean {
    return draft.form.direction === call.direction && samePhone(draft.form.phone, call.phone);
  }

  private recognise(): void {
    const draft = drafts.active;
    const known = this.ofForm?.known ?? [];
    if (!draft || known.length !== 1 || this.filled.has(draft.id) || draft.form.applicant !== '') return;
    this.filled.add(draft.id);
    this.choose(known[0]!);
  }
}

export const desk = new Desk();

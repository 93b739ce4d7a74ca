// Whom this desk has to call back (O7), read again when calls change; what is said of one is shown at once.
import { untrack } from 'svelte';

import type { ApiError } from '../api/api';
import type { CallBackResult, CallBackTask } from '../api/types';
import { keepsClaim } from '../lib/claims';
import { newKey } from '../lib/ids';
import { samePhone } from '../lib/phone';
import { actOnCallBack, listCallBacks, type CallBackAct } from '../screens/callBacksApi';
import { clock } from './clock.svelte';
import { drafts } from './drafts.svelte';
import { Loader } from './loader.svelte';
import { session } from './session.svelte';

const kRenewAgainMs = 30_000;

class CallBacks {
  private readonly open = new Loader(() => listCallBacks('open'));
  private readonly lent = new Loader(() => listCallBacks('elsewhere'));
  /** Taken up here and not yet told of: a talk may outlast the claim, and is not dialled once more for it. */
  private taken = $state.raw<ReadonlySet<string>>(new Set());
  error = $state.raw<ApiError | null>(null);
  busy = $state(false);

  private readonly renewed = new Map<string, number>();
  /** When a claim was first asked for again. */
  private readonly kept = new Map<string, number>();

  /** Call while the screen starts. */
  follow(): void {
    this.open.follow('calls');
    this.lent.follow('calls');
    $effect(() => {
      for (const task of this.tasks) if (this.isRunningOut(task)) untrack(() => void this.renew(task));
    });
  }

  /** The form of the call is open: whoever talks longer than a claim lasts still has him. */
  private isRunningOut(task: CallBackTask): boolean {
    if (!this.isMine(task) || this.stateOf(task) !== 'claimed') return false;
    const runsOut = keepsClaim(clock.now, Date.parse(task.claimed_until ?? ''), this.kept.get(task.id) ?? clock.now);
    const talks = drafts.list.some(({ form }) => form.direction === 'out' && samePhone(form.phone, task.phone));
    return runsOut && talks;
  }

  private async renew(task: CallBackTask): Promise<void> {
    if (clock.now - (this.renewed.get(task.id) ?? 0) < kRenewAgainMs) return;
    this.renewed.set(task.id, clock.now);
    this.kept.set(task.id, this.kept.get(task.id) ?? clock.now);
    // Refused (a lease runs out): the claim ends as it would have.
    await actOnCallBack(task.id, { do: 'claim' }, newKey());
    void this.open.load();
  }

  /** Of this desk, and those of other sites, which have no desk here; mine first, then the longest due. */
  get tasks(): CallBackTask[] {
    const here = (this.open.data?.items ?? []).filter((task) => this.isHere(task));
    return [...here.filter((task) => this.isMine(task)), ...here.filter((task) => !this.isMine(task))];
  }

  get elsewhere(): CallBackTask[] {
    return (this.lent.data?.items ?? []).filter((task) => this.isHere(task));
  }

  get twice(): CallBackTask[] {
    return (this.open.data?.told_twice ?? []).filter((task) => this.isHere(task));
  }

  /** What the empty list says. */
  nothing(words: string): string {
    return this.open.nothing(words);
  }

  /** As of this moment: nobody tells that a claim has run out or that it is time to call again. */
  stateOf(task: CallBackTask): CallBackTask['state'] {
    const isClaimed = task.state === 'claimed' && clock.now < Date.parse(task.claimed_until ?? '');
    if (isClaimed || (task.state !== 'claimed' && task.state !== 'later')) return task.state;
    return Date.parse(task.again_at) <= clock.now ? 'due' : 'later';
  }

  isMine(task: CallBackTask): boolean {
    const state = this.stateOf(task);
    if (state === 'claimed') return task.claimed_by === session.who?.user.login;
    return (state === 'due' || state === 'elsewhere') && this.taken.has(task.id);
  }

  claim(task: CallBackTask): Promise<boolean> {
    this.kept.delete(task.id);
    return this.act(task, { do: 'claim' });
  }

  say(task: CallBackTask, result: CallBackResult): Promise<boolean> {
    return this.act(task, { do: result });
  }

  private isHere(task: CallBackTask): boolean {
    return task.site !== session.who?.site.no || task.desk === session.desk;
  }

  private async act(task: CallBackTask, what: CallBackAct): Promise<boolean> {
    if (this.busy) return false;
    this.busy = true;
    const answer = await actOnCallBack(task.id, what, newKey());
    this.busy = false;
    this.error = answer.ok ? null : answer.error;
    const others = [...this.taken].filter((id) => id !== task.id);
    if (answer.ok) this.taken = new Set(what.do === 'claim' ? [...others, task.id] : others);
    else if (answer.error.code === 'conflict') this.taken = new Set(others);
    void this.open.load();
    return answer.ok;
  }
}

export const callBacks = new CallBacks();

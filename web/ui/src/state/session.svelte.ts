// Who is signed in, and at which site. Survives a reload while the daemon is away: without the CSRF token, which comes
// back with the daemon.
import * as api from '../api/api';
import type { Role, Session } from '../api/types';
import { readsRecords } from '../lib/roles';
import type { Place } from '../lib/time';
import { clock } from './clock.svelte';
import { prefs } from './prefs.svelte';

type Phase = 'starting' | 'out' | 'in' | 'unreachable';

const kName = 'opora.session';

class SessionState {
  phase = $state<Phase>('starting');
  who = $state.raw<Session | null>(null);
  /** Why the session ended, when it was not the user who ended it. */
  ended = $state.raw<api.ApiError | null>(null);
  private readonly hooks = new Set<() => void>();

  constructor() {
    api.listen({ serverTime: (at) => clock.observe(at), signedOut: (why) => this.end(why) });
  }

  /** Called with each sign-in of a (new) user; at once when somebody is signed in already. */
  onSignIn(hook: () => void): void {
    this.hooks.add(hook);
    if (this.phase === 'in') hook();
  }

  async start(): Promise<void> {
    const answer = await api.getSession();
    if (answer.ok) return this.take(answer.data);
    if (api.isSignedOut(answer.error)) return this.drop();
    const kept = this.kept();
    if (kept) this.enter(kept);
    else this.phase = 'unreachable';
  }

  /** After the link came back: is the session still ours? Brings the CSRF token after an offline start. */
  async renew(): Promise<void> {
    const answer = await api.getSession();
    if (answer.ok) this.take(answer.data);
    else if (api.isSignedOut(answer.error)) this.end(answer.error);
  }

  async signIn(login: string, password: string): Promise<api.ApiError | null> {
    const answer = await api.signIn(login, password);
    if (!answer.ok) return answer.error;
    this.ended = null;
    this.take(answer.data);
    return null;
  }

  async signOut(): Promise<void> {
    await api.signOut();
    this.drop();
  }

  has(...roles: Role[]): boolean {
    return roles.some((role) => this.who?.user.roles.includes(role));
  }

  /** Contacts, tickets, calls and what agents do. */
  get readsRecords(): boolean {
    return readsRecords(this.who?.user.roles ?? [], this.isHub);
  }

  get isHub(): boolean {
    return this.who?.site.kind === 'hub';
  }

  get place(): Place {
    return { locale: prefs.locale, zone: this.who?.site.zone ?? 'UTC' };
  }

  /** The desk of this user; a user without one works at the site's first. */
  get desk(): number {
    return this.who?.user.desk ?? this.who?.site.desks[0]?.no ?? 1;
  }

  private take(session: Session): void {
    api.setCsrfToken(session.csrf_token);
    sessionStorage.setItem(kName, JSON.stringify({ ...session, csrf_token: '' }));
    this.enter(session);
  }

  private enter(session: Session): void {
    const changed = this.phase !== 'in' || this.who?.user.id !== session.user.id;
    this.who = session;
    this.phase = 'in';
    if (changed) for (const hook of this.hooks) hook();
  }

  private end(why: api.ApiError): void {
    if (this.phase === 'in') this.ended = why;
    this.drop();
  }

  private drop(): void {
    sessionStorage.removeItem(kName);
    this.phase = 'out';
    this.who = null;
  }

  private kept(): Session | null {
    try {
      return JSON.parse(sessionStorage.getItem(kName) ?? 'null') as Session | null;
    } catch {
      return null;
    }
  }
}

export const session = new SessionState();

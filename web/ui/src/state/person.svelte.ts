// What is known of whoever is in the form in front by something else than the telephone: his mail address, or his name and
// date of birth. Loaded with the panel that shows it.
import { untrack } from 'svelte';

import { settle, client } from '../api/api';
import type { Caller } from '../api/types';
import { live } from './live.svelte';

export type PersonQuery = { email: string } | { applicant: string; birth_date: string };

// While somebody types, nothing is asked.
const kPauseMs = 400;
const kMail = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;

/** What can be asked of the form by now. */
export function personQueries(form: { email: string; applicant: string; birthDate: string }): PersonQuery[] {
  const email = form.email.trim();
  const applicant = form.applicant.trim();
  const out: PersonQuery[] = [];
  if (kMail.test(email)) out.push({ email });
  if (applicant.includes(' ') && form.birthDate) out.push({ applicant, birth_date: form.birthDate });
  return out;
}

const getPerson = (query: PersonQuery) => settle(client.GET('/api/v1/callers', { params: { query } }));

export class PersonState {
  found = $state.raw<{ query: PersonQuery; data: Caller }[]>([]);
  private wanted = '[]';
  private timer: ReturnType<typeof setTimeout> | undefined;

  /** Call while the panel starts. */
  follow(queries: () => PersonQuery[]): void {
    $effect(() => {
      const wanted = JSON.stringify(queries());
      untrack(() => this.want(wanted));
    });
    $effect(() => {
      live.version('contacts', 'tickets');
      untrack(() => void this.ask());
    });
  }

  private want(wanted: string): void {
    if (wanted === this.wanted) return;
    this.wanted = wanted;
    this.found = [];
    clearTimeout(this.timer);
    if (wanted !== '[]') this.timer = setTimeout(() => void this.ask(), kPauseMs);
  }

  private async ask(): Promise<void> {
    const wanted = this.wanted;
    const queries = JSON.parse(wanted) as PersonQuery[];
    const answers = await Promise.all(queries.map(async (query) => ({ query, answer: await getPerson(query) })));
    if (wanted !== this.wanted) return;
    this.found = answers.flatMap(({ query, answer }) => (answer.ok ? [{ query, data: answer.data }] : []));
  }
}

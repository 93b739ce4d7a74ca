// The ticket list of the filters in the address: pages come as the user scrolls, news wait for «показать N новых».
import * as api from '../api/api';
import type { Ticket } from '../api/types';
import { ofPerson, toQuery, type Filters } from '../lib/filters';
import { otherLayout } from '../lib/layout';
import { mergeRows } from '../lib/rows';

const kPage = 100;
// A list longer than this is not read; a filter is.
export const kMostRows = 10_000;
// As many rows as the daemon answers for in one request.
const kMostAsked = 64;

class TicketList {
  rows = $state.raw<Ticket[]>([]);
  fresh = $state.raw<Ticket[]>([]);
  gone = $state.raw<ReadonlySet<string>>(new Set());
  total = $state(0);
  error = $state.raw<api.ApiError | null>(null);
  loading = $state(false);
  /** The search as it was understood when the keyboard layout was wrong. */
  rescued = $state<string | null>(null);
  /** The row the keyboard is on. */
  at = $state(0);
  offset = 0;
  private filters: Filters | null = null;
  private cursor = $state<string | null>(null);
  private round = 0;
  /** The page that is on its way, or came last. */
  private page = Promise.resolve();
  /** Something changed while it was looking: asked for when it has looked through all. */
  private stale = false;
  /** Rows that may have changed since they came: asked for when they are on screen. */
  private unsaid = new Set<string>();
  /** The first and the last row on screen. */
  private seen: readonly [number, number] = [0, 0];
  private asking = false;
  private refreshing = false;
  /** Of tickets, as they are told. */
  private changes = 0;

  /** Nothing yet of a filter that few match, and there is more to look at. */
  get looking(): boolean {
    return this.rows.length === 0 && this.cursor !== null && this.error === null;
  }

  get atEnd(): boolean {
    return this.cursor === null || this.rows.length >= kMostRows;
  }

  open(filters: Filters): void {
    if (JSON.stringify(filters) === JSON.stringify(this.filters)) return;
    this.filters = filters;
    this.at = 0;
    this.offset = 0;
    void this.reload();
  }

  /** From the top: what is there now. */
  async reload(): Promise<void> {
    const round = ++this.round;
    this.loading = true;
    this.stale = false;
    const answer = await this.first();
    if (round !== this.round) return;
    this.loading = false;
    this.error = answer.ok ? null : answer.error;
    if (!answer.ok) return;
    this.rows = answer.data.items;
    this.cursor = answer.data.next_cursor;
    this.total = Math.max(answer.data.total_estimate ?? 0, this.rows.length);
    this.fresh = [];
    this.gone = new Set();
    this.unsaid = new Set();
    while (round === this.round && this.looking) await this.more();
    if (round === this.round && this.stale) await this.refresh();
  }

  more(): Promise<void> {
    if (!this.loading && !this.atEnd && this.filters) this.page = this.next();
    return this.page;
  }

  private async next(): Promise<void> {
    const { round, changes } = this;
    this.loading = true;
    const answer = await api.listTickets({ ...this.query(), limit: kPage, cursor: this.cursor ?? undefined });
    if (round !== this.round) return;
    this.loading = false;
    this.error = answer.ok ? null : answer.error;
    if (!answer.ok) return;
    const known = new Set(this.rows.map((row) => row.id));
    const more = answer.data.items.filter((row) => !known.has(row.id));
    this.rows = [...this.rows, ...more];
    // What changed on the way may not be in it.
    if (changes !== this.changes) this.unsaid = new Set([...this.unsaid, ...more.map((row) => row.id)]);
    this.cursor = answer.data.next_cursor;
    this.total = this.cursor === null ? this.rows.length : Math.max(this.total, this.rows.length);
  }

  /** Something changed: taken in without moving a row, one look at a time. */
  async refresh(): Promise<void> {
    if (!this.filters) return;
    this.changes += 1;
    if (this.looking) {
      this.stale = true;
      return;
    }
    if (this.rows.length === 0) return this.reload();
    if (this.refreshing) return;
    this.refreshing = true;
    for (let seen = -1; seen !== this.changes; ) {
      seen = this.changes;
      await this.readBeginning();
      await this.readShown();
    }
    this.refreshing = false;
  }

  private async readBeginning(): Promise<void> {
    const round = this.round;
    const answer = await api.listTickets({ ...this.query(), limit: kPage });
    if (round !== this.round) return;
    this.error = answer.ok ? null : answer.error;
    if (!answer.ok) return;
    const merged = mergeRows(this.rows, answer.data.items);
    this.rows = merged.rows;
    this.fresh = merged.fresh;
    const whole = answer.data.next_cursor === null;
    this.unsaid = whole ? new Set() : merged.unsaid;
    // Until they are asked for, those that were gone are.
    this.gone = whole ? merged.unsaid : new Set([...this.gone].filter((id) => merged.unsaid.has(id)));
  }

  /** These rows are on screen: what may have changed of them is asked for. */
  look(first: number, last: number): void {
    this.seen = [first, last];
    if (!this.refreshing) void this.readShown();
  }

  private async readShown(): Promise<void> {
    if (this.asking) return;
    this.asking = true;
    for (let ids = this.doubtful(); ids.length > 0; ids = this.doubtful()) {
      const { round, unsaid } = this;
      const answer = await api.listTickets({ ...this.query(), among: ids.join(',') });
      // Another list, or a newer look: this answer may be older than that.
      if (round !== this.round || unsaid !== this.unsaid) continue;
      this.error = answer.ok ? null : answer.error;
      // They stay in doubt: asked for again with the next change, or when they come into sight.
      if (!answer.ok) break;
      this.take(ids, answer.data.items);
    }
    this.asking = false;
  }

  private doubtful(): string[] {
    // What is found, and a person's history, are short: their first page says all that changed.
    if (!this.filters || this.filters.q || ofPerson(this.filters)) return [];
    const shown = this.rows.slice(this.seen[0], this.seen[1] + 1);
    return shown.map((row) => row.id).filter((id) => this.unsaid.has(id)).slice(0, kMostAsked);
  }

  private take(asked: readonly string[], listed: readonly Ticket[]): void {
    const now = new Map(listed.map((row) => [row.id, row]));
    const gone = new Set(this.gone);
    for (const id of asked) {
      this.unsaid.delete(id);
      if (now.has(id)) gone.delete(id);
      else gone.add(id);
    }
    this.gone = gone;
    this.rows = this.rows.map((row) => now.get(row.id) ?? row);
  }

  /** The neighbour of a ticket in this list. */
  neighbour(number: string, by: 1 | -1): Ticket | null {
    const at = this.rows.findIndex((row) => row.number === number);
    const next = at < 0 ? undefined : this.rows[at + by];
    if (next) this.at = at + by;
    return next ?? null;
  }

  private query(): api.TicketQuery {
    const query = toQuery(this.filters!);
    return this.rescued ? { ...query, q: this.rescued } : query;
  }

  private async first(): Promise<Awaited<ReturnType<typeof api.listTickets>>> {
    this.rescued = null;
    const answer = await api.listTickets({ ...this.query(), limit: kPage });
    const other = this.filters?.q ? otherLayout(this.filters.q.trim()) : null;
    if (!answer.ok || answer.data.items.length > 0 || !other) return answer;
    const again = await api.listTickets({ ...this.query(), q: other, limit: kPage });
    if (again.ok && again.data.items.length > 0) this.rescued = other;
    return again;
  }
}

export const tickets = new TicketList();

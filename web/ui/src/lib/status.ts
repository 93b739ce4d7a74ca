// The status line: one sentence that is always true. Pure: what is known and the time → what to say.

/** The newest "sync" frame of a node. */
export interface SyncFrame {
  connected: boolean;
  since: string | null;
  /** Records; a receipt has changed when it did. */
  pending: number;
  forms_pending?: number;
  sending: { done: number; total: number } | null;
  data_through: string | null;
}

export interface LinkView {
  /** When any frame of the daemon was last heard (ms); null: never since sign-in. */
  heardAt: number | null;
  /** Since when this page tries to hear it. */
  startedAt: number;
  sync: SyncFrame | null;
  /** Forms that wait in this browser. */
  unsent: number;
  /** The hub's own line instead of a node's. */
  region: { sites: number; connected: number; dataThrough: string | null } | null;
}

export type Status =
  | { kind: 'starting' }
  | { kind: 'no_node'; since: number; unsent: number }
  | { kind: 'no_region'; since: number | null; pending: number }
  | { kind: 'sending'; done: number; total: number }
  | { kind: 'online'; through: number | null }
  | { kind: 'region'; connected: number; sites: number; through: number | null };

// The daemon says "sync" at least every 2 s; after 3 s of silence it is not there (ux.md: the truth within 3 s).
export const kSilenceMs = 3000;

function parse(time: string | null): number | null {
  return time === null ? null : Date.parse(time);
}

export function statusOf(view: LinkView, now: number): Status {
  const last = view.heardAt ?? view.startedAt;
  if (now - last > kSilenceMs) return { kind: 'no_node', since: last, unsent: view.unsent };
  if (view.heardAt === null) return { kind: 'starting' };
  if (view.region) {
    const { connected, sites, dataThrough } = view.region;
    return { kind: 'region', connected, sites, through: parse(dataThrough) };
  }
  if (!view.sync) return { kind: 'starting' };
  const { connected, since, sending, data_through } = view.sync;
  if (!connected) return { kind: 'no_region', since: parse(since), pending: view.sync.forms_pending ?? 0 };
  if (sending && sending.total > 0 && sending.done < sending.total) return { kind: 'sending', ...sending };
  return { kind: 'online', through: parse(data_through) };
}

export type Tone = 'ok' | 'warn' | 'bad' | 'busy';

export function toneOf(status: Status): Tone {
  switch (status.kind) {
    case 'online':
      return 'ok';
    case 'region':
      return status.connected === status.sites ? 'ok' : 'warn';
    case 'no_region':
      return 'warn';
    case 'no_node':
      return 'bad';
    default:
      return 'busy';
  }
}

/** Two statuses that a screen reader need not hear apart: only the running numbers differ. */
export function sameNews(a: Status, b: Status): boolean {
  if (a.kind !== b.kind) return false;
  return a.kind === 'region' && b.kind === 'region' ? a.connected === b.connected : true;
}

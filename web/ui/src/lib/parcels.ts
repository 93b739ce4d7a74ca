// Requests that wait in the browser while its daemon is away. Pure: which one goes next, and what its answer means.
// Each carries its Idempotency-Key, so that sending twice registers once.
import type { ApiError } from '../api/api';
import type { NewContact } from '../api/types';

export type Parcel = {
  key: string;
  /** Login of who made it; sent only in that user's session. */
  user: string;
  madeAt: number;
  /** Another tab is sending it until then (ms). */
  leasedUntil: number;
  /** Refused by the daemon: waits for a person. */
  refused: { code: string; path: string | null; detail: string | null } | null;
} & ({ kind: 'contact'; body: NewContact } | { kind: 'comment'; number: string; text: string });

// Longer than a request may take, so that only a closed tab's lease runs out.
export const kLeaseMs = 15_000;

/** Oldest first, one at a time, so that they arrive in the order they were made. */
export function nextParcel(parcels: readonly Parcel[], user: string, now: number): Parcel | null {
  const mine = parcels.filter((parcel) => parcel.user === user && !parcel.refused);
  mine.sort((a, b) => a.madeAt - b.madeAt);
  const first = mine[0];
  return first && first.leasedUntil <= now ? first : null;
}

export type Fate = 'delivered' | 'later' | 'sign_in' | 'refused';

/** "internal" is passing: the daemon may have stored it before it failed, and the key makes a retry safe. */
export function fateOf(error: ApiError | null): Fate {
  if (!error) return 'delivered';
  switch (error.code) {
    case 'unreachable':
    case 'unavailable':
    case 'too_many':
    case 'internal':
      return 'later';
    case 'unauthenticated':
    case 'lease_expired':
      return 'sign_in';
    case 'denied':
      // A CSRF token from before a restart is denied too; the renewed session brings a new one.
      return 'sign_in';
    default:
      return 'refused';
  }
}

export function lease(parcel: Parcel, now: number): Parcel | undefined {
  return parcel.leasedUntil <= now && !parcel.refused ? { ...parcel, leasedUntil: now + kLeaseMs } : undefined;
}

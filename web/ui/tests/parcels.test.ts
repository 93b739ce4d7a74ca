import { describe, expect, test } from 'vitest';

import type { ApiError } from '../src/api/api';
import { fateOf, kLeaseMs, lease, nextParcel, type Parcel } from '../src/lib/parcels';

const parcel = (key: string, madeAt: number, changes: Partial<Parcel> = {}): Parcel =>
  ({
    key,
    user: 'ivanova',
    madeAt,
    leasedUntil: 0,
    refused: null,
    kind: 'comment',
    number: '17-004198-3',
    text: 'звонил снова',
    ...changes,
  }) as Parcel;
const error = (code: ApiError['code']): ApiError => ({ code, status: 0, path: null, detail: null });

describe('forms that wait in the browser', () => {
  test('go out in the order they were made', () => {
    expect(nextParcel([parcel('b', 2), parcel('a', 1)], 'ivanova', 10)?.key).toBe('a');
  });

  test('another user’s forms wait for that user', () => {
    expect(nextParcel([parcel('a', 1, { user: 'smirnov' })], 'ivanova', 10)).toBeNull();
  });

  test('what another tab is sending is not sent twice, nor overtaken', () => {
    expect(nextParcel([parcel('a', 1, { leasedUntil: 50 }), parcel('b', 2)], 'ivanova', 10)).toBeNull();
    expect(lease(parcel('a', 1, { leasedUntil: 50 }), 10)).toBeUndefined();
  });

  test('a lease left behind by a closed tab runs out', () => {
    const leased = lease(parcel('a', 1), 100)!;
    expect(leased.leasedUntil).toBe(100 + kLeaseMs);
    expect(nextParcel([leased], 'ivanova', 100 + kLeaseMs)?.key).toBe('a');
  });

  test('a refused one waits for a person and lets the others pass', () => {
    const refused = parcel('a', 1, { refused: { code: 'invalid', path: 'topic', detail: null } });
    expect(nextParcel([refused, parcel('b', 2)], 'ivanova', 10)?.key).toBe('b');
  });

  test('an unknown outcome is tried again with the same key; a clear refusal is not', () => {
    expect(fateOf(null)).toBe('delivered');
    for (const code of ['unreachable', 'unavailable', 'too_many', 'internal'] as const) {
      expect(fateOf(error(code))).toBe('later');
    }
    for (const code of ['unauthenticated', 'lease_expired', 'denied'] as const) expect(fateOf(error(code))).toBe('sign_in');
    for (const code of ['invalid', 'key_reused', 'conflict', 'not_found'] as const) {
      expect(fateOf(error(code))).toBe('refused');
    }
  });
});

import { afterEach, describe, expect, test, vi } from 'vitest';

import { newKey } from '../src/lib/ids';

describe('keys of what is done', () => {
  afterEach(() => vi.useRealTimers());

  test('are UUIDs of version 7, and no two are the same', () => {
    const keys = Array.from({ length: 100 }, newKey);
    for (const key of keys) expect(key).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(new Set(keys).size).toBe(keys.length);
  });

  test('begin with the time', () => {
    vi.useFakeTimers();
    vi.setSystemTime(0x018f3a2b1c5d);
    expect(newKey().slice(0, 13)).toBe('018f3a2b-1c5d');
  });
});

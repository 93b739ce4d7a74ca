import { describe, expect, test } from 'vitest';

import { kSilenceMs, sameNews, statusOf, toneOf, type LinkView, type SyncFrame } from '../src/lib/status';

const now = Date.parse('2026-11-20T10:42:07Z');
const frame: SyncFrame = {
  connected: true,
  since: '2026-11-20T08:00:00.000Z',
  pending: 0,
  forms_pending: 0,
  sending: null,
  data_through: '2026-11-20T10:42:06.000Z',
};
const view: LinkView = { heardAt: now - 500, startedAt: now - 60_000, sync: frame, unsent: 0, region: null };

describe('the status line', () => {
  test('connected: data through the newest frame', () => {
    expect(statusOf(view, now)).toEqual({ kind: 'online', through: Date.parse(frame.data_through!) });
  });

  test('the region is away: since when, and how many forms wait', () => {
    const sync = { ...frame, connected: false, since: '2026-11-20T10:31:00.000Z', pending: 4, forms_pending: 3 };
    expect(statusOf({ ...view, sync }, now)).toEqual({
      kind: 'no_region',
      since: Date.parse('2026-11-20T10:31:00.000Z'),
      pending: 3,
    });
  });

  test('catching up: how far, until all is sent', () => {
    expect(statusOf({ ...view, sync: { ...frame, sending: { done: 3, total: 14 } } }, now)).toEqual({
      kind: 'sending',
      done: 3,
      total: 14,
    });
    expect(statusOf({ ...view, sync: { ...frame, sending: { done: 14, total: 14 } } }, now).kind).toBe('online');
  });

  test('a node that is silent for more than three seconds is not there', () => {
    expect(statusOf({ ...view, heardAt: now - kSilenceMs }, now).kind).toBe('online');
    expect(statusOf({ ...view, heardAt: now - kSilenceMs - 1, unsent: 2 }, now)).toEqual({
      kind: 'no_node',
      since: now - kSilenceMs - 1,
      unsent: 2,
    });
  });

  test('never heard: starting, and after the silence no connection since the start', () => {
    expect(statusOf({ ...view, heardAt: null, startedAt: now - 100, sync: null }, now).kind).toBe('starting');
    expect(statusOf({ ...view, heardAt: null, startedAt: now - 4000, sync: null }, now).kind).toBe('no_node');
  });

  test('the hub counts its sites', () => {
    const region = { sites: 35, connected: 33, dataThrough: null };
    const status = statusOf({ ...view, region }, now);
    expect(status).toEqual({ kind: 'region', connected: 33, sites: 35, through: null });
    expect(toneOf(status)).toBe('warn');
  });

  test('running numbers are no news for a screen reader; a change of kind is', () => {
    expect(sameNews({ kind: 'online', through: 1 }, { kind: 'online', through: 2 })).toBe(true);
    expect(sameNews({ kind: 'no_region', since: 1, pending: 3 }, { kind: 'no_region', since: 1, pending: 4 })).toBe(true);
    expect(sameNews({ kind: 'online', through: 1 }, { kind: 'no_region', since: 1, pending: 0 })).toBe(false);
  });
});

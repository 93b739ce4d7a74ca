import { describe, expect, test } from 'vitest';

import type { Agent, CallQueue, QueueAgent, QueuedCall } from '../src/api/types';
import { heldMs, onBoard, partOf, servingOf } from '../src/lib/calling';

const agent = (name: string, state: Agent['state']): Agent =>
  ({ agent: name, state, since: '2026-11-23T07:00:00Z', reason: null }) as unknown as Agent;
const known = (name: string, call: string | null, state: QueueAgent['state'] = 'ready'): QueueAgent =>
  ({ agent: name, call, state, since: '2026-11-23T08:00:00Z' }) as unknown as QueueAgent;
const leg = (name: string | null, role: QueuedCall['legs'][number]['role'], up = true) => ({ agent: name, role, up });
const call = (no: string, ...legs: QueuedCall['legs']): QueuedCall => ({ no, legs, held_at: null }) as unknown as QueuedCall;
const queue = (agents: QueueAgent[], calls: QueuedCall[], connected = true): CallQueue =>
  ({ connected, agents, calls }) as unknown as CallQueue;

describe('what people do in calls', () => {
  test('a supervisor who listens is on the telephone, whatever his state', () => {
    const now = queue([known('210', '1', 'offline')], [call('1', leg('201', 'agent'), leg('210', 'listening'))]);
    expect(onBoard(agent('210', 'offline'), now)).toMatchObject({ state: 'talking', role: 'listening', since: null });
    const rings = queue([known('210', '1', 'offline')], [call('1', leg('201', 'agent'), leg('210', 'whispering', false))]);
    expect(onBoard(agent('210', 'offline'), rings)).toMatchObject({ state: 'ringing', role: 'whispering' });
  });

  test('who passed a call on to a number outside is free', () => {
    const now = queue([known('201', null)], [call('1', leg(null, 'specialist'))]);
    expect(onBoard(agent('201', 'talking'), now)).toMatchObject({ state: 'ready', since: '2026-11-23T08:00:00Z' });
  });

  test('of the rest the journal says it, and of all while the telephone system is away', () => {
    const calls = [call('1', leg('201', 'agent'), leg('210', 'listening'))];
    expect(onBoard(agent('201', 'talking'), queue([known('201', '1')], calls))).toMatchObject({ state: 'talking', role: null });
    expect(onBoard(agent('210', 'offline'), queue([known('210', '1')], calls, false)).state).toBe('offline');
    expect(onBoard(agent('999', 'break'), queue([], calls)).state).toBe('break');
    expect(onBoard(agent('210', 'offline'), null).state).toBe('offline');
  });

  test('whose call it is, and who is beside', () => {
    const calls = [call('1', leg('201', 'agent'), leg('202', 'consulted', false))];
    expect(servingOf(calls[0]!)).toBe('201');
    expect(partOf('202', calls)).toMatchObject({ role: 'consulted', up: false });
    expect(partOf('203', calls)).toBeNull();
  });

  test('how long somebody is held, never below zero', () => {
    expect(heldMs({ held_at: null }, 5)).toBeNull();
    expect(heldMs({ held_at: '1970-01-01T00:00:01Z' }, 61_000)).toBe(60_000);
    expect(heldMs({ held_at: '1970-01-01T00:01:00Z' }, 1_000)).toBe(0);
  });
});

// Live frames for this tab through one WebSocket per browser: a SharedWorker where there is one, else a leader among the
// tabs over BroadcastChannel (navigator.locks is missing on plain http), else a socket of this tab's own.
import * as v from 'valibot';

import { LeaderLink } from './leader';
import { LiveSocket } from './socket';
import type { LiveMessage } from './types';

/** What a tab asks of the link. `fresh`: a new session, whose socket must not be an old one's. */
export type ToLink = { kind: 'open'; url: string; fresh: boolean } | { kind: 'close' } | { kind: 'leave' };
/** What the link tells a tab; `at` is when the frame was heard. */
export type FromLink = { kind: 'frame'; text: string; at: number } | { kind: 'up' } | { kind: 'down' };

export interface LiveSink {
  frame(message: LiveMessage, at: number): void;
  up(): void;
  down(): void;
}

export interface LiveLink {
  open(fresh: boolean): void;
  close(): void;
}

const Time = v.nullable(v.string());
const Count = v.pipe(v.number(), v.integer(), v.minValue(0));
const Frame = v.variant('type', [
  v.looseObject({ type: v.literal('hello'), seq: v.number() }),
  v.looseObject({ type: v.literal('changed'), topics: v.array(v.string()) }),
  v.looseObject({
    type: v.literal('sync'),
    connected: v.boolean(),
    since: Time,
    pending: Count,
    forms_pending: v.optional(Count, 0),
    sending: v.nullable(v.object({ done: Count, total: Count })),
    data_through: Time,
  }),
  v.looseObject({ type: v.literal('pong') }),
]);

/** Null for what this version does not know. */
export function readFrame(text: string): LiveMessage | null {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return null;
  }
  const parsed = v.safeParse(Frame, json);
  return parsed.success ? (parsed.output as LiveMessage) : null;
}

function liveUrl(): string {
  return `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/api/v1/live`;
}

function receive(message: FromLink, sink: LiveSink): void {
  if (message.kind === 'up') sink.up();
  else if (message.kind === 'down') sink.down();
  else {
    const frame = readFrame(message.text);
    if (frame) sink.frame(frame, message.at);
  }
}

export function connectLive(sink: LiveSink): LiveLink {
  const hear = (message: FromLink) => receive(message, sink);
  if (typeof SharedWorker !== 'undefined') return throughWorker(hear);
  if (typeof BroadcastChannel !== 'undefined') return new LeaderLink(liveUrl(), hear);
  const socket = new LiveSocket(liveUrl(), {
    frame: (text) => hear({ kind: 'frame', text, at: Date.now() }),
    up: () => hear({ kind: 'up' }),
    down: () => hear({ kind: 'down' }),
  });
  return { open: () => socket.open(), close: () => socket.close() };
}

function throughWorker(hear: (message: FromLink) => void): LiveLink {
  const worker = new SharedWorker(new URL('./live-worker.ts', import.meta.url), { type: 'module', name: 'opora-live' });
  const port = worker.port;
  const say = (message: ToLink) => port.postMessage(message);
  port.onmessage = ({ data }: MessageEvent<FromLink>) => hear(data);
  addEventListener('pagehide', () => say({ kind: 'leave' }));
  return {
    open: (fresh) => say({ kind: 'open', url: liveUrl(), fresh }),
    close: () => say({ kind: 'close' }),
  };
}

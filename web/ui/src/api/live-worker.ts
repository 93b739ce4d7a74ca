// The shared worker: one WebSocket for all tabs of this browser.
import { LiveSocket } from './socket';
import type { FromLink, ToLink } from './live';

interface WorkerScope {
  onconnect: ((event: MessageEvent) => void) | null;
}

const ports = new Set<MessagePort>();
let socket: LiveSocket | null = null;
let lastSync: FromLink | null = null;
let isUp = false;

function tell(message: FromLink): void {
  for (const port of ports) port.postMessage(message);
}

function open(url: string): void {
  socket ??= new LiveSocket(url, {
    frame: (text) => {
      const message: FromLink = { kind: 'frame', text, at: Date.now() };
      if (text.includes('"sync"')) lastSync = message;
      tell(message);
    },
    up: () => {
      isUp = true;
      tell({ kind: 'up' });
    },
    down: () => {
      isUp = false;
      lastSync = null;
      tell({ kind: 'down' });
    },
  });
  socket.open();
}

/** For all tabs: the others are told, since the session was theirs as well. */
function close(): void {
  if (!socket) return;
  socket.close();
  socket = null;
  isUp = false;
  lastSync = null;
  tell({ kind: 'down' });
}

(self as unknown as WorkerScope).onconnect = (event) => {
  const port = event.ports[0]!;
  ports.add(port);
  port.onmessage = ({ data }: MessageEvent<ToLink>) => {
    if (data.kind === 'leave') ports.delete(port);
    else if (data.kind === 'close') close();
    else {
      if (data.fresh) close();
      open(data.url);
      if (isUp) port.postMessage({ kind: 'up' } satisfies FromLink);
      if (lastSync) port.postMessage(lastSync);
    }
  };
};

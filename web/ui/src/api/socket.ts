// One WebSocket to /api/v1/live that comes back by itself. Used by the shared worker, or by the tab that leads when
// there is none. Frames pass unread.

export interface SocketSink {
  /** A text frame, heard now. */
  frame(text: string): void;
  up(): void;
  down(): void;
}

// The daemon speaks at least every 2 s: a socket silent for longer is half open and must be replaced.
const kSilentMs = 5000;
const kFirstRetryMs = 300;
const kLastRetryMs = 2000;

export class LiveSocket {
  private socket: WebSocket | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private retryMs = kFirstRetryMs;
  private wanted = false;

  constructor(
    private readonly url: string,
    private readonly sink: SocketSink,
  ) {}

  open(): void {
    this.wanted = true;
    if (!this.socket) this.dial();
  }

  close(): void {
    this.wanted = false;
    clearTimeout(this.timer);
    this.drop();
  }

  private dial(): void {
    clearTimeout(this.timer);
    const socket = new WebSocket(this.url);
    this.socket = socket;
    this.watch();
    socket.onopen = () => {
      this.retryMs = kFirstRetryMs;
      this.sink.up();
    };
    socket.onmessage = (event) => {
      this.watch();
      if (typeof event.data === 'string') this.sink.frame(event.data);
    };
    socket.onclose = () => this.lost(socket);
  }

  private watch(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      if (this.socket) this.lost(this.socket);
    }, kSilentMs);
  }

  private lost(socket: WebSocket): void {
    if (socket !== this.socket) return;
    this.drop();
    this.sink.down();
    if (!this.wanted) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.dial(), this.retryMs);
    this.retryMs = Math.min(this.retryMs * 1.6, kLastRetryMs);
  }

  private drop(): void {
    const socket = this.socket;
    this.socket = null;
    if (!socket) return;
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close();
  }
}

// One socket per browser without a SharedWorker: the tabs elect a leader over BroadcastChannel; it relays every frame, and
// since the daemon speaks at least every 2 s, a relayed frame is also the leader's heartbeat.
import { newKey } from '../lib/ids';
import type { FromLink, LiveLink } from './live';
import { LiveSocket } from './socket';

type Said = { from: string; claim?: true; leave?: true; relay?: FromLink };

// Longer than two beats of the daemon's 2 s, so that one late frame elects nobody.
const kLeaderSilentMs = 4500;
// Others answer a claim within this time.
const kClaimMs = 250;
const kBeatMs = 1000;

export class LeaderLink implements LiveLink {
  private readonly id = newKey();
  private readonly channel = new BroadcastChannel('opora-live');
  private readonly socket: LiveSocket;
  private leading = false;
  private wanted = false;
  private heardLeaderAt = 0;
  private claim: ReturnType<typeof setTimeout> | undefined;
  private beat: ReturnType<typeof setInterval> | undefined;

  constructor(
    url: string,
    private readonly hear: (message: FromLink) => void,
  ) {
    this.socket = new LiveSocket(url, {
      frame: (text) => this.relay({ kind: 'frame', text, at: Date.now() }),
      up: () => this.relay({ kind: 'up' }),
      down: () => this.relay({ kind: 'down' }),
    });
    this.channel.onmessage = ({ data }: MessageEvent<Said>) => this.onSaid(data);
    addEventListener('pagehide', () => this.close());
  }

  open(): void {
    this.wanted = true;
    clearInterval(this.beat);
    this.beat = setInterval(() => this.tick(), kBeatMs);
    this.startClaim();
  }

  close(): void {
    this.wanted = false;
    clearInterval(this.beat);
    clearTimeout(this.claim);
    if (this.leading) {
      // The session may have ended: the others ask whether theirs goes on.
      this.say({ from: this.id, relay: { kind: 'down' } });
      this.say({ from: this.id, leave: true });
    }
    this.resign();
  }

  private tick(): void {
    if (this.leading) this.say({ from: this.id });
    else if (Date.now() - this.heardLeaderAt > kLeaderSilentMs) this.startClaim();
  }

  private startClaim(): void {
    clearTimeout(this.claim);
    this.say({ from: this.id, claim: true });
    this.claim = setTimeout(() => {
      if (!this.wanted) return;
      this.leading = true;
      this.socket.open();
    }, kClaimMs);
  }

  private onSaid(said: Said): void {
    if (said.leave) {
      this.heardLeaderAt = 0;
      if (this.wanted) this.startClaim();
      return;
    }
    if (said.claim) return this.onClaim(said.from);
    this.heardLeaderAt = Date.now();
    clearTimeout(this.claim);
    // Two leaders (a frozen tab woke up): the smaller name stays.
    if (this.leading && said.from < this.id) this.resign();
    if (said.relay && !this.leading) this.hear(said.relay);
  }

  private onClaim(from: string): void {
    if (this.leading) this.say({ from: this.id });
    else if (from < this.id) clearTimeout(this.claim);
  }

  private resign(): void {
    this.leading = false;
    this.socket.close();
  }

  private relay(message: FromLink): void {
    this.hear(message);
    this.say({ from: this.id, relay: message });
  }

  private say(said: Said): void {
    this.channel.postMessage(said);
  }
}

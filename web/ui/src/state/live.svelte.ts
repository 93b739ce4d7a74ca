// What the daemon says by itself: the state of its link, and which resources changed. Screens read `version(topic)` in
// an effect and load again when it moves.
import { connectLive, type LiveLink } from '../api/live';
import type { LiveMessage, LiveTopic } from '../api/types';
import type { SyncFrame } from '../lib/status';
import { session } from './session.svelte';

class Live {
  heardAt = $state<number | null>(null);
  startedAt = $state(Date.now());
  sync = $state.raw<SyncFrame | null>(null);
  /** How often the link came up; a screen that follows it reloads after an outage. */
  ups = $state(0);
  private versions = $state<Partial<Record<LiveTopic, number>>>({});
  private link: LiveLink | null = null;
  private isUp = false;

  constructor() {
    session.onSignIn(() => this.open(true));
  }

  version(...topics: LiveTopic[]): number {
    return topics.reduce((sum, topic) => sum + (this.versions[topic] ?? 0), this.ups);
  }

  close(): void {
    this.link?.close();
    this.heardAt = null;
    this.sync = null;
  }

  private open(fresh: boolean): void {
    this.startedAt = Date.now();
    this.heardAt = null;
    this.sync = null;
    this.link ??= connectLive({
      frame: (message, at) => this.onFrame(message, at),
      up: () => this.onUp(),
      down: () => this.onDown(),
    });
    this.link.open(fresh);
  }

  private onUp(): void {
    this.isUp = true;
    this.ups += 1;
    void session.renew();
  }

  /** The daemon also ends the stream of a session that is over: asked once, not at every attempt to come back. */
  private onDown(): void {
    if (this.isUp) void session.renew();
    this.isUp = false;
  }

  private onFrame(message: LiveMessage, at: number): void {
    this.heardAt = Math.max(this.heardAt ?? 0, at);
    if (message.type === 'sync') this.onSync(message);
    else if (message.type === 'changed') {
      for (const topic of message.topics) this.versions[topic] = (this.versions[topic] ?? 0) + 1;
    }
  }

  private onSync(frame: SyncFrame): void {
    this.sync = frame;
  }
}

export const live = new Live();

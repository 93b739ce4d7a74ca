// The tabs of this browser know of each other: a name that survives a reload, and a way to ask who is still there.
import { newKey } from '../lib/ids';

// Another tab's answer needs a few milliseconds; a busy old PC some more.
const kAnswerMs = 250;
const kName = 'opora.tab';

type Said = { ask: string } | { here: string };

class Tabs {
  id: string;
  private readonly channel = typeof BroadcastChannel === 'undefined' ? null : new BroadcastChannel('opora-tabs');
  private readonly heard = new Set<string>();

  constructor() {
    this.id = sessionStorage.getItem(kName) ?? newKey();
    sessionStorage.setItem(kName, this.id);
    this.channel?.addEventListener('message', ({ data }: MessageEvent<Said>) => this.onSaid(data));
  }

  /** The other tabs that answer. A copy of a tab («duplicate») finds its name taken and takes a new one. */
  async alive(): Promise<ReadonlySet<string>> {
    if (!this.channel) return new Set();
    this.heard.clear();
    this.channel.postMessage({ ask: this.id } satisfies Said);
    await new Promise((resolve) => setTimeout(resolve, kAnswerMs));
    if (this.heard.has(this.id)) {
      this.id = newKey();
      sessionStorage.setItem(kName, this.id);
    }
    return this.heard;
  }

  private onSaid(said: Said): void {
    if ('here' in said) this.heard.add(said.here);
    else this.channel?.postMessage({ here: this.id } satisfies Said);
  }
}

export const tabs = new Tabs();

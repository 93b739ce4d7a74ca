// One listener for all key chords; the component that came last answers first.
import { actionOf, chordOf, oncePerPress, type Action } from '../lib/keys';
import { prefs } from './prefs.svelte';

/** False: not now, ask the next one (and let the browser have the key when nobody wants it). */
type Handler = () => boolean | void;

class Hotkeys {
  /** The key card is open. */
  help = $state(false);
  private readonly handlers = new Map<Action, Handler[]>();

  constructor() {
    addEventListener('keydown', (event) => this.onKey(event));
  }

  /** Call while a component starts. */
  use(action: Action, handler: Handler): void {
    $effect(() => {
      const list = this.handlers.get(action) ?? [];
      this.handlers.set(action, [handler, ...list]);
      return () => {
        const left = (this.handlers.get(action) ?? []).filter((one) => one !== handler);
        this.handlers.set(action, left);
      };
    });
  }

  private onKey(event: KeyboardEvent): void {
    const chord = chordOf(event);
    const action = chord && actionOf(chord, prefs.keys);
    if (!action || event.defaultPrevented) return;
    if (event.repeat && oncePerPress(action)) return event.preventDefault();
    if (action === 'help') this.help = !this.help;
    else if (!(this.handlers.get(action) ?? []).some((handler) => handler() !== false)) return;
    event.preventDefault();
  }
}

export const hotkeys = new Hotkeys();

// What this browser prefers: language, theme, keys. Kept in localStorage, shared with the other tabs.
import { defaultKeys, type Action } from '../lib/keys';
import { overwriteGetLocale } from '../paraglide/runtime.js';

export type Theme = 'system' | 'light' | 'dark';
export type Locale = 'ru' | 'en';

interface Stored {
  theme: Theme;
  locale: Locale;
  keys: Record<Action, string>;
}

const kName = 'opora.prefs';
const darkSystem = matchMedia('(prefers-color-scheme: dark)');

function read(): Stored {
  const stored: Stored = { theme: 'system', locale: 'ru', keys: { ...defaultKeys } };
  try {
    const raw = JSON.parse(localStorage.getItem(kName) ?? '{}') as Partial<Stored>;
    if (raw.theme === 'light' || raw.theme === 'dark') stored.theme = raw.theme;
    if (raw.locale === 'en') stored.locale = 'en';
    for (const action of Object.keys(defaultKeys) as Action[]) {
      const chord = raw.keys?.[action];
      if (typeof chord === 'string') stored.keys[action] = chord;
    }
  } catch {
    // A damaged or forbidden store: the defaults serve.
  }
  return stored;
}

class Prefs {
  theme = $state<Theme>('system');
  locale = $state<Locale>('ru');
  keys = $state<Record<Action, string>>({ ...defaultKeys });

  constructor() {
    this.take(read());
    overwriteGetLocale(() => this.locale);
    darkSystem.addEventListener('change', () => this.paint());
    addEventListener('storage', (event) => {
      if (event.key === kName) this.take(read());
    });
  }

  setTheme(theme: Theme): void {
    this.theme = theme;
    this.save();
  }

  setLocale(locale: Locale): void {
    this.locale = locale;
    this.save();
  }

  setKeys(keys: Record<Action, string>): void {
    this.keys = keys;
    this.save();
  }

  get dark(): boolean {
    return this.theme === 'system' ? darkSystem.matches : this.theme === 'dark';
  }

  private take(stored: Stored): void {
    Object.assign(this, stored);
    this.paint();
  }

  private paint(): void {
    document.documentElement.dataset.theme = this.dark ? 'dark' : 'light';
    document.documentElement.lang = this.locale;
  }

  private save(): void {
    this.paint();
    try {
      localStorage.setItem(kName, JSON.stringify({ theme: this.theme, locale: this.locale, keys: this.keys }));
    } catch {
      // Only comfort is lost.
    }
  }
}

export const prefs = new Prefs();

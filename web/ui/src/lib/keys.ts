// Key chords by physical key (event.code), so that the Cyrillic layout works. Never Ctrl+Alt: that is AltGr.

export type Action =
  | 'help'
  | 'new'
  | 'take'
  | 'search'
  | 'topic'
  | 'template'
  | 'pane'
  | 'pane_back'
  | 'break'
  | 'problem'
  | 'register'
  | 'solved'
  | 'attach'
  | 'next'
  | 'previous'
  | 'keep'
  | 'call_next'
  | 'call_hold'
  | 'call_transfer'
  | 'call_consult'
  | 'call_end'
  | 'call_dial';

export const defaultKeys: Record<Action, string> = {
  help: 'F1',
  new: 'F2',
  take: 'Shift+F2',
  search: 'F3',
  topic: 'F4',
  template: 'F7',
  pane: 'F6',
  pane_back: 'Shift+F6',
  break: 'F9',
  problem: 'F10',
  register: 'Ctrl+Enter',
  solved: 'Ctrl+Shift+Enter',
  attach: 'Alt+Enter',
  next: 'Alt+ArrowDown',
  previous: 'Alt+ArrowUp',
  keep: 'Ctrl+KeyS',
  call_next: 'Shift+F3',
  call_hold: 'Shift+F4',
  call_transfer: 'Shift+F7',
  call_consult: 'Shift+F8',
  call_end: 'Shift+F9',
  call_dial: 'Shift+F1',
};

/** Once a press, however long the key is held: what it does next is something else (end of a pause, then the next caller). */
export const oncePerPress = (action: Action): boolean => action.startsWith('call_');

/** Second chords that cannot be changed. */
export const alternateKeys: Record<string, Action> = { 'Ctrl+KeyK': 'search' };

// The browser's own: reload, full screen, tools, and the tab keys that a page must not take.
const reserved = new Set(['F5', 'F11', 'F12', 'Ctrl+KeyN', 'Ctrl+KeyT', 'Ctrl+KeyW', 'Tab', 'Shift+Tab', 'Enter', 'Escape', 'Space']);

export interface KeyPress {
  code: string;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
  shiftKey: boolean;
}

/** "Ctrl+Shift+Enter"; null for a bare modifier and for Ctrl+Alt. */
export function chordOf(event: KeyPress): string | null {
  if (/^(Control|Shift|Alt|Meta)/.test(event.code) || event.code === '') return null;
  const ctrl = event.ctrlKey || event.metaKey;
  if (ctrl && event.altKey) return null;
  const code = event.code === 'NumpadEnter' ? 'Enter' : event.code;
  return `${ctrl ? 'Ctrl+' : ''}${event.altKey ? 'Alt+' : ''}${event.shiftKey ? 'Shift+' : ''}${code}`;
}

export function actionOf(chord: string, keys: Record<Action, string>): Action | null {
  for (const action of Object.keys(keys) as Action[]) if (keys[action] === chord) return action;
  return alternateKeys[chord] ?? null;
}

/** May this chord be given to an action? Letters and digits alone are for typing. */
export function assignable(chord: string): boolean {
  if (reserved.has(chord) || chord in alternateKeys) return false;
  return /^F\d+$|\+/.test(chord) && !/^Shift\+(?!F\d)/.test(chord);
}

const names: Record<string, string> = {
  Enter: '↵',
  Shift: '⇧',
  ArrowDown: '↓',
  ArrowUp: '↑',
  ArrowLeft: '←',
  ArrowRight: '→',
  Escape: 'Esc',
};

/** As printed on a key cap: ["Ctrl", "⇧", "↵"]. */
export function capsOf(chord: string): string[] {
  return chord.split('+').map((part) => names[part] ?? part.replace(/^(Key|Digit)/, ''));
}

import { describe, expect, test } from 'vitest';

import { actionOf, assignable, capsOf, chordOf, defaultKeys } from '../src/lib/keys';

const press = (code: string, ...modifiers: string[]) => ({
  code,
  ctrlKey: modifiers.includes('ctrl'),
  metaKey: false,
  altKey: modifiers.includes('alt'),
  shiftKey: modifiers.includes('shift'),
});

describe('keys by their place on the keyboard', () => {
  test('chords of the desk', () => {
    const action = (event: ReturnType<typeof press>) => actionOf(chordOf(event)!, defaultKeys);
    expect(action(press('F2'))).toBe('new');
    expect(action(press('Enter', 'ctrl'))).toBe('register');
    expect(action(press('NumpadEnter', 'ctrl'))).toBe('register');
    expect(action(press('Enter', 'ctrl', 'shift'))).toBe('solved');
    expect(action(press('F6', 'shift'))).toBe('pane_back');
    expect(action(press('KeyK', 'ctrl'))).toBe('search');
  });

  test('Ctrl+Alt is AltGr and means nothing; a bare modifier neither', () => {
    expect(chordOf(press('KeyS', 'ctrl', 'alt'))).toBeNull();
    expect(chordOf(press('ShiftLeft', 'shift'))).toBeNull();
  });

  test('no action has a key of the browser, and no two have the same', () => {
    const chords = Object.values(defaultKeys);
    expect(new Set(chords).size).toBe(chords.length);
    for (const chord of chords) expect(assignable(chord)).toBe(true);
    for (const chord of ['F5', 'F11', 'F12', 'Ctrl+KeyN', 'Ctrl+KeyT', 'Ctrl+KeyW', 'KeyA', 'Shift+KeyA', 'Enter']) {
      expect(assignable(chord)).toBe(false);
    }
  });

  test('shown as printed on the caps', () => {
    expect(capsOf('Ctrl+Shift+Enter')).toEqual(['Ctrl', '⇧', '↵']);
    expect(capsOf('Ctrl+KeyS')).toEqual(['Ctrl', 'S']);
  });
});

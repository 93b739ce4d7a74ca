import { describe, expect, test } from 'vitest';

import { fold, otherLayout } from '../src/lib/layout';

describe('text typed with the wrong keyboard layout', () => {
  test('Latin letters become the Russian word that was meant', () => {
    expect(otherLayout('ghbdtn')).toBe('привет');
    expect(otherLayout('Pfgbcm yf ghb`v')).toBe('Запись на приём');
  });

  test('Russian letters become the Latin word that was meant', () => {
    expect(otherLayout('ыыр')).toBe('ssh');
  });

  test('punctuation keys that are Russian letters are read as letters', () => {
    expect(otherLayout('[bhehu')).toBe('хирург');
    expect(otherLayout(",jkmybwf")).toBe('больница');
  });

  test('nothing to rescue without letters or with both alphabets', () => {
    expect(otherLayout('17-004198-3')).toBeNull();
    expect(otherLayout('АРМ web')).toBeNull();
  });

  test('comparison ignores case, ё and spaces', () => {
    expect(fold('  Приём   ВРАЧА ')).toBe('прием врача');
  });
});

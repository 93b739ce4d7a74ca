import { describe, expect, test } from 'vitest';

import { clockOf, waveform } from '../src/lib/recordingWords';

describe('a recording', () => {
  test('tells its length in minutes and whole seconds', () => {
    expect([0, 59.9, 60, 127, 1800].map(clockOf)).toEqual(['0:00', '0:59', '1:00', '2:07', '30:00']);
    expect(clockOf(-1)).toBe('0:00');
  });

  test('is drawn as one bar a level, around the middle and inside the box; silence is a dot', () => {
    expect(waveform([0, 63], 100)).toBe('M25.0 49.0v2.0M75.0 2.0v96.0');
    expect(waveform([], 100)).toBe('');
  });
});

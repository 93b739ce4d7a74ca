import { readFileSync } from 'node:fs';

import { describe, expect, it } from 'vitest';

import { alarmTodo, alarmWord } from '../src/lib/alarms';

const source = (path: string) => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');
const codes = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].map((match) => match[1]!);

describe('alarms', () => {
  const sent = [
    ...codes(source('sync/core/session_types.cc'), /AlarmCode::\w+: return "(\w+)"/g),
    ...codes(source('web/app/store_alarms.cc'), /"(store_loss|store_loss_mended|safety_failed|disk_full)"/g),
    'set_aside',
  ];
  it('are found in the code that sends them', () => {
    expect(sent.length).toBeGreaterThanOrEqual(17);
  });
  it.each(sent)('%s says what it means and what to do', (code) => {
    expect(alarmWord(code)).not.toBe(alarmWord('unheard_of'));
    expect(alarmTodo(code)).not.toBe(alarmTodo('unheard_of'));
  });
});

// Words with fields: what stands in braces, what is asked, what comes out.
import { describe, expect, it } from 'vitest';

import type { Template } from '../src/api/types';
import { askedFields, fieldsIn, filledIn, joined, kMaxItems, knownValues, linesOf, matchTemplates, withItems } from '../src/lib/templates';

const template = (change: Partial<Template> = {}): Template => ({
  id: 'call-back',
  version: 1,
  changed_at: null,
  name: 'Перезвоним',
  use: 'answer',
  text: '{имя}, Вам перезвонит {врач}. Номер {номер}, ещё раз {номер}.',
  fields: [
    { name: 'имя', filling: 'applicant', choices: [] },
    { name: 'врач', filling: 'asked', choices: ['терапевт', 'хирург'] },
    { name: 'номер', filling: 'number', choices: [] },
  ],
  kind: null,
  topic: null,
  urgency: null,
  items: [],
  disabled: false,
  ...change,
});

describe('the fields of a text', () => {
  it('are the names in braces, each once', () => {
    expect(fieldsIn(template().text)).toEqual(['имя', 'врач', 'номер']);
    expect(fieldsIn('без полей')).toEqual([]);
  });

  it('are not known while a brace lacks its other one', () => {
    for (const text of ['{', '}', '{имя', 'имя}', '{имя {врач}}', '}{']) expect(fieldsIn(text)).toBeNull();
  });
});

describe('filling in', () => {
  it('asks for what nobody knows', () => {
    const known = { applicant: 'Иванова', number: '17-000001-3' };
    expect(askedFields(template(), known).map((field) => field.name)).toEqual(['врач']);
    expect(askedFields(template(), { applicant: ' ', number: null }).map((field) => field.name)).toEqual(['имя', 'врач', 'номер']);
  });

  it('puts a value in every place of its field and leaves what is missing to be seen', () => {
    const values = knownValues(template(), { applicant: 'Иванова', number: '17-000001-3' });
    expect(filledIn(template().text, values)).toBe('Иванова, Вам перезвонит {врач}. Номер 17-000001-3, ещё раз 17-000001-3.');
    values['врач'] = '$1 {имя}';
    expect(filledIn(template().text, values)).toContain('перезвонит $1 {имя}.');
  });

  it('goes behind what is typed already', () => {
    expect(joined(' ', 'Слова')).toBe('Слова');
    expect(joined('Раз. ', 'Два')).toBe('Раз.\nДва');
  });
});

describe('finding a template', () => {
  const all = [template(), template({ id: 'b', name: 'Не входит', use: 'ticket', text: 'Не входит' }), template({ id: 'c', disabled: true })];

  it('looks among those of its use that are not withdrawn', () => {
    expect(matchTemplates(all, 'answer', '').map((one) => one.id)).toEqual(['call-back']);
    expect(matchTemplates(all, 'ticket', 'входит').map((one) => one.id)).toEqual(['b']);
  });

  it('understands the other keyboard layout', () => {
    expect(matchTemplates(all, 'answer', 'gthtpdjybv').map((one) => one.id)).toEqual(['call-back']);
    expect(matchTemplates(all, 'answer', 'нет такого')).toEqual([]);
  });
});

describe('what there is to do', () => {
  it('stands a line each', () => {
    expect(linesOf('Позвонить\n\n  Проверить кабель \n')).toEqual(['Позвонить', 'Проверить кабель']);
    expect(linesOf('  ')).toEqual([]);
  });

  it('comes behind what is there, each once, as many as a ticket has room for', () => {
    expect(withItems(['а', 'б'], ['б', 'в'])).toEqual(['а', 'б', 'в']);
    const many = Array.from({ length: kMaxItems }, (_, i) => `${i}`);
    expect(withItems(['а'], many)).toHaveLength(kMaxItems);
  });
});

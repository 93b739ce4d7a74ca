import { describe, expect, test } from 'vitest';

import type { ContactKind, Topic } from '../src/api/types';
import { historyOf, historyOfMail, historyOfName, readFilters, toQuery } from '../src/lib/filters';
import { check, emptyForm, fieldOf, isPristine, toContact, toForm } from '../src/lib/form';
import { kindOf, kindOfTopic, missingFields, temperatureOf } from '../src/lib/kinds';
import { formatCode, isRightCode, isWholeCode } from '../src/lib/supportCode';
import { answersFor } from '../src/lib/urgency';
import { usualKind } from '../src/lib/usualKind';

const zone = 'Europe/Moscow';
const at = { now: Date.parse('2026-11-20T10:42:07Z'), zone };
const topic = (kind: ContactKind | null): Topic => ({ id: 't', kind: 'anything', group: 'Group', name: 'Лист ожидания', contact_kind: kind });
const filled = { ...emptyForm(), topic: 't1', summary: 'Не входит', answers: answersFor('low') };
const where = { desk: 1, zone, call: null };
// The same as in tests/unit/domain/support_code_test.cc: node and browser must agree.
const right = ['100009', '482918', '999999'];

describe('a support code', () => {
  test('has one check digit, and shows every misheard digit and swap', () => {
    for (const code of right) {
      expect(formatCode(code)).toBe(`${code.slice(0, 3)}-${code.slice(3)}`);
      for (let i = 0; i < code.length; ++i) {
        for (let digit = 0; digit <= 9; ++digit) {
          const wrong = code.slice(0, i) + digit + code.slice(i + 1);
          expect(isRightCode(wrong)).toBe(wrong === code);
        }
      }
    }
  });

  test('is read however it is typed', () => {
    const code = right[1]!;
    expect(isRightCode(` ${code.slice(0, 2)} ${code.slice(2, 4)}–${code.slice(4)}`)).toBe(true);
    expect(isWholeCode('482-91')).toBe(false);
    expect(isRightCode('012345')).toBe(false);
    expect(formatCode('482')).toBe('482');
  });
});

describe('the kind of a contact', () => {
  test('is of a new topic what most of its neighbours have', () => {
    expect(usualKind([])).toBeNull();
    expect(usualKind([topic('waiting_list'), topic('booking'), topic('booking')])).toBe('booking');
    expect(usualKind([topic('booking'), topic('booking'), topic('waiting_list')])).toBe('booking');
    expect(usualKind([topic(null), topic(null), topic('wish')])).toBeNull();
    expect(usualKind([topic('wish'), topic('support')])).toBe('wish');
  });

  test('is what the topic says, whatever it is called', () => {
    expect(kindOfTopic(topic('support'))).toBe('support');
    expect(kindOfTopic(topic(null))).toBeNull();
    expect(kindOfTopic(null)).toBeNull();
    // Kept by a browser from before topics said it.
    const { contact_kind: _, ...old } = topic('support');
    expect(kindOfTopic(old as Topic)).toBeNull();
  });

  test('whoever chooses another is believed', () => {
    const booking = topic('booking');
    expect([kindOf('', booking), kindOf('none', booking), kindOf('wish', booking)]).toEqual(['booking', null, 'wish']);
  });

  test('only its own fields are checked and sent', () => {
    const form = { ...filled, address: 'ул. Мира, 5', temperature: '38,5', supportCode: '1', phoneGiven: 'нет', role: 'user' as const, refusal: 'no_slots' as const };
    expect(check(form, 'ticket', at, 'hot_line')).toEqual({});
    expect(check(form, 'ticket', at, 'house_call')).toEqual({});
    expect(check(form, 'ticket', at, 'support')).toEqual({ supportCode: 'bad_code' });
    expect(check(form, 'ticket', at, 'booking')).toEqual({ phoneGiven: 'bad_phone' });
    const nothing = { kind: 'hot_line', birth_date: null, wish_subject: null, hot_line: null, passed_to: null, applicant_role: null, support_code: null, phone_given: null, address: null, temperature: null, refusal_reason: null };
    expect(toContact(form, 'ticket', { ...where, kind: 'hot_line' })).toMatchObject(nothing);
    expect(toContact(form, 'ticket', { ...where, kind: 'house_call' })).toMatchObject({ ...nothing, kind: 'house_call', address: 'ул. Мира, 5', temperature: '38.5' });
    expect(toContact(form, 'ticket', { ...where, kind: 'booking' })).toMatchObject({ ...nothing, kind: 'booking', phone_given: 'нет', refusal_reason: 'no_slots' });
    expect(toContact(form, 'ticket', { ...where, kind: 'support' })).toMatchObject({ ...nothing, kind: 'support', applicant_role: 'user', support_code: '1' });
  });

  test('a house call needs its address; temperatures are those of the living', () => {
    expect(check({ ...filled, address: ' ' }, 'ticket', at, 'house_call')).toEqual({ address: 'missing' });
    expect(check({ ...filled, address: 'a', temperature: '98,6' }, 'ticket', at, 'house_call')).toEqual({ temperature: 'bad_temperature' });
    expect(['38', '38,5', ' 36.6 ', 'жар'].map(temperatureOf)).toEqual(['38.0', '38.5', '36.6', 'жар']);
  });

  test('what was refused becomes the form again, and the field that it names is found', () => {
    const form = { ...filled, kind: 'house_call' as const, address: 'ул. Мира, 5', temperature: '38.5' };
    expect(toForm(toContact(form, 'ticket', { ...where, kind: 'house_call' }), zone)).toEqual(form);
    expect([fieldOf('support_code'), fieldOf('phone_given'), fieldOf('applicant_role'), fieldOf('address')]).toEqual(['supportCode', 'phoneGiven', 'role', 'address']);
    expect(isPristine({ ...emptyForm(), address: 'ул.' })).toBe(false);
  });
});

describe('what there is to do', () => {
  test('goes with a ticket alone, and comes back with a refused one', () => {
    const form = { ...filled, items: ['Позвонить', 'Проверить'] };
    expect(toContact(form, 'ticket', { ...where, kind: null }).items).toEqual(form.items);
    expect('items' in toContact(form, 'solved', { ...where, kind: null })).toBe(false);
    expect('items' in toContact(filled, 'ticket', { ...where, kind: null })).toBe(false);
    expect(toForm(toContact(form, 'ticket', { ...where, kind: null }), zone).items).toEqual(form.items);
  });
});

describe('a request for support', () => {
  test('says what is still to be asked, in its order', () => {
    expect(missingFields(emptyForm(), 'support')).toEqual(['organisation', 'applicant', 'support_code', 'summary']);
    expect(missingFields({ ...filled, applicant: 'Волкова', supportCode: right[0]! }, 'support')).toEqual(['organisation']);
    expect(missingFields(emptyForm(), 'booking')).toEqual([]);
  });
});

describe('the history of one person', () => {
  test('is a list of all tickets of a number, without search and deadline', () => {
    const query = new URLSearchParams(historyOf('+79038412017').split('?')[1]);
    expect(toQuery(readFilters(query))).toEqual({ status: 'all', phone: '+79038412017' });
    query.set('q', 'рецепт');
    expect(toQuery(readFilters(query))).toEqual({ status: 'all', q: 'рецепт' });
    const asked = (href: string) => toQuery(readFilters(new URLSearchParams(href.slice(href.indexOf('?')))));
    expect(asked(historyOfMail('a+b@clinic.example'))).toEqual({ status: 'all', email: 'a+b@clinic.example' });
    expect(asked(historyOfName('Ёлкина Анна', '1970-01-31'))).toEqual({ status: 'all', applicant: 'Ёлкина Анна', birth_date: '1970-01-31' });
    expect(asked('?applicant=Анна')).toEqual({ status: 'open' });
    expect(toQuery(readFilters(new URLSearchParams('phone=112&due=late&kind=wish')))).toEqual({ status: 'open', kind: 'wish', phone: '112' });
  });

  test('what only a wish, a hot line or a patient has is sent of them alone, and a birth is a day up to today', () => {
    const form = { ...emptyForm(), topic: 'a', wishSubject: 'documents', hotLine: '122', passedTo: 'ministry', birthDate: '1970-01-31' } as const;
    const body = (kind: Parameters<typeof toContact>[2]['kind']) => toContact(form, 'solved', { desk: 1, zone: 'Europe/Moscow', call: null, kind });
    expect(body('wish')).toMatchObject({ wish_subject: 'documents', hot_line: null, passed_to: null, birth_date: null });
    expect(body('hot_line')).toMatchObject({ wish_subject: null, hot_line: '122', passed_to: 'ministry', birth_date: '1970-01-31' });
    expect(body('booking')).toMatchObject({ wish_subject: null, hot_line: null, passed_to: null, birth_date: '1970-01-31' });
    const moment = { now: Date.parse('2026-03-02T12:00:00Z'), zone: 'Europe/Moscow' };
    const issue = (birthDate: string, kind: 'booking' | 'wish') => check({ ...form, birthDate }, 'solved', moment, kind).birthDate;
    expect([issue('2026-03-02', 'booking'), issue('2026-03-03', 'booking'), issue('1899-12-31', 'booking'), issue('2026-03-03', 'wish')]).toEqual([undefined, 'bad_date', 'bad_date', undefined]);
  });
});

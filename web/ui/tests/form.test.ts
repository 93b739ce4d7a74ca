import { describe, expect, test } from 'vitest';

import { check, emptyForm, fieldOf, isPristine, kTextMax, toContact, toForm } from '../src/lib/form';
import { answersFor } from '../src/lib/urgency';

const zone = 'Europe/Moscow';
const at = { now: Date.parse('2026-11-20T10:42:07Z'), zone };
const filled = { ...emptyForm(), topic: 't1', summary: 'Просит записать', answers: answersFor('high') };
const where = { desk: 1, zone, call: null, kind: 'booking' as const };

describe('the registration form', () => {
  test('a ticket needs topic, summary and urgency; a solved call only its topic', () => {
    expect(check(emptyForm(), 'ticket', at, null)).toEqual({ topic: 'missing', summary: 'missing', urgency: 'missing' });
    expect(check(emptyForm(), 'solved', at, null)).toEqual({ topic: 'missing' });
    expect(check(filled, 'ticket', at, null)).toEqual({});
  });

  test('limits of the API are told before the API tells them', () => {
    expect(check({ ...filled, details: 'я'.repeat(kTextMax + 1) }, 'ticket', at, null)).toEqual({ details: 'too_long' });
    expect(check({ ...filled, phone: 'нет' }, 'ticket', at, null)).toEqual({ phone: 'bad_phone' });
  });

  test('a paper form keeps its own time, which must not lie in the future', () => {
    const paper = { ...filled, occurredAt: '2026-11-20T09:15' };
    expect(toContact(paper, 'solved', where).occurred_at).toBe('2026-11-20T06:15:00.000Z');
    expect(check({ ...filled, occurredAt: '2026-11-20T14:00' }, 'solved', at, null)).toEqual({ occurredAt: 'future' });
  });

  test('a solved call carries no urgency, a topic that is no booking no refusal', () => {
    const contact = toContact({ ...filled, refusal: 'no_slots' }, 'solved', { ...where, kind: null });
    expect(contact.urgency).toBeNull();
    expect(contact.refusal_reason).toBeNull();
    expect(toContact({ ...filled, refusal: 'no_slots' }, 'ticket', where)).toMatchObject({
      urgency: 'high',
      refusal_reason: 'no_slots',
    });
  });

  test('a refused request becomes the form that made it', () => {
    const form = { ...filled, kind: 'booking' as const, phone: '+7 903 841-20-17', occurredAt: '2026-11-20T09:15', refusal: 'no_slots' as const };
    expect(toForm(toContact(form, 'ticket', where), zone)).toEqual(form);
    expect(toForm(toContact(form, 'solved', where), zone).answers.stopped).toBeNull();
  });

  test('pristine until a person typed something', () => {
    expect(isPristine(emptyForm())).toBe(true);
    expect(isPristine({ ...emptyForm(), direction: 'out', facility: 2 })).toBe(true);
    expect(isPristine({ ...emptyForm(), note: 'x' })).toBe(false);
  });

  test('a refusal finds its field', () => {
    expect(fieldOf('occurred_at')).toBe('occurredAt');
    expect(fieldOf('phone')).toBe('phone');
    expect(fieldOf('urgency')).toBe('urgency');
    expect(fieldOf('call_id')).toBeNull();
    expect(fieldOf(null)).toBeNull();
  });
});

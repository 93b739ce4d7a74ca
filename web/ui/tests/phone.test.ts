import { describe, expect, test } from 'vitest';

import { digitsOf, formatPhone, maskPhone, samePhone } from '../src/lib/phone';

describe('phone numbers', () => {
  test('the usual ways to write one number mean the same', () => {
    for (const typed of ['+7 903 841-20-17', '8 (903) 841 20 17', '89038412017', '9038412017', '8-903-841-20-17 доб. 5']) {
      expect(digitsOf(typed)).toBe('79038412017');
    }
  });

  test('a foreign number that begins with 8 keeps its country', () => {
    expect(digitsOf('+8 613 800 000 00')).toBe('861380000000');
  });

  test('shown as people read it, with its extension', () => {
    expect(formatPhone('89038412017')).toBe('+7 903 841-20-17');
    expect(formatPhone('84873512345 доб 12')).toBe('+7 487 351-23-45 доб. 12');
  });

  test('what is no full number stays as typed', () => {
    expect(formatPhone(' 103 ')).toBe('103');
    expect(formatPhone('спросить у сестры')).toBe('спросить у сестры');
  });

  test('lists hide the middle', () => {
    expect(maskPhone('+79531231804')).toBe('+7 953 ••• 18-04');
    expect(maskPhone('487233315')).toBe('4872 ••• 15');
    expect(maskPhone('112')).toBe('112');
  });

  test('an empty number is nobody’s', () => {
    expect(samePhone('', '')).toBe(false);
    expect(samePhone(null, '+79038412017')).toBe(false);
    expect(samePhone('8 903 841-20-17', '+79038412017')).toBe(true);
  });
});

// The support code of a facility (V2): six digits, of which the last checks the others, so that a misheard one is told
// while the caller is still there. The same rule as protocol/domain/support_code.h.
const kDamm = ['0317598642', '7092154863', '4206871359', '1750983426', '6123045978', '3674209581', '5869720134', '8945362017', '9438617205', '2581436790'];

const kDigits = 6;
/** As it may be typed, with whatever stands between the digits. */
export const kCodeMax = 32;

const digitsIn = (text: string) => text.replace(/[\s\u2010-\u2015\u2212./-]/g, '');

/** Six digits as they are typed, right or wrong. */
export function isWholeCode(text: string): boolean {
  return new RegExp(`^\\d{${kDigits}}$`).test(digitsIn(text));
}

export function isRightCode(text: string): boolean {
  const digits = digitsIn(text);
  if (!isWholeCode(digits) || digits[0] === '0') return false;
  let interim = 0;
  for (const digit of digits) interim = Number(kDamm[interim]![Number(digit)]);
  // The check digit brings it back to zero.
  return interim === 0;
}

/** «482918» → «482-914»; what is no whole code stays as it is. */
export function formatCode(text: string): string {
  const digits = digitsIn(text);
  return isWholeCode(digits) ? `${digits.slice(0, 3)}-${digits.slice(3)}` : text;
}

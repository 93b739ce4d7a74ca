// Text typed with the wrong keyboard layout: "ghbdtn" was meant as «привет», «ыыр» as "ssh".

const latin = "`qwertyuiop[]asdfghjkl;'zxcvbnm,./~QWERTYUIOP{}ASDFGHJKL:\"ZXCVBNM<>?";
const cyrillic = 'ёйцукенгшщзхъфывапролджэячсмитьбю.ЁЙЦУКЕНГШЩЗХЪФЫВАПРОЛДЖЭЯЧСМИТЬБЮ,';

const toCyrillic = new Map([...latin].map((key, i) => [key, cyrillic[i]!]));
const toLatin = new Map([...cyrillic].map((key, i) => [key, latin[i]!]));

const hasLatin = /[a-z]/i;
const hasCyrillic = /[а-яё]/i;

/** The same key strokes in the other layout; null when the text has no letters or mixes both alphabets. */
export function otherLayout(text: string): string | null {
  const isLatin = hasLatin.test(text);
  if (isLatin === hasCyrillic.test(text)) return null;
  const table = isLatin ? toCyrillic : toLatin;
  return [...text].map((key) => table.get(key) ?? key).join('');
}

/** Lower case, ё as е, one space between words: the form in which words are compared. */
export function fold(text: string): string {
  return text.toLowerCase().replaceAll('ё', 'е').replace(/\s+/g, ' ').trim();
}

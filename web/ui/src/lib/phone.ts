// Russian phone numbers: read as people type them, shown as people read them.

/** Digits with country code ("79038412017"), or the bare digits of anything shorter; without an extension. */
export function digitsOf(phone: string): string {
  const main = phone.split(/(?:доб|ext|вн|#|;|,)/i)[0] ?? '';
  const digits = main.replace(/\D/g, '');
  if (digits.length === 11 && digits.startsWith('8') && !main.trim().startsWith('+')) return `7${digits.slice(1)}`;
  if (digits.length === 10 && !main.trim().startsWith('+')) return `7${digits}`;
  return digits;
}

/** Two numbers of one telephone? Short internal numbers compare as they are. */
export function samePhone(a: string | null | undefined, b: string | null | undefined): boolean {
  return !!a && !!b && digitsOf(a) !== '' && digitsOf(a) === digitsOf(b);
}

function split(digits: string): [string, string, string, string, string] | null {
  if (digits.length !== 11 || !digits.startsWith('7')) return null;
  return ['+7', digits.slice(1, 4), digits.slice(4, 7), digits.slice(7, 9), digits.slice(9)];
}

/** "+7 903 841-20-17"; what cannot be read stays as it was typed. */
export function formatPhone(phone: string): string {
  const parts = split(digitsOf(phone));
  if (!parts) return phone.trim();
  const extension = /(?:доб\.?|ext\.?|вн\.?|#)\s*(\d{1,6})\s*$/i.exec(phone)?.[1];
  return `${parts[0]} ${parts[1]} ${parts[2]}-${parts[3]}-${parts[4]}${extension ? ` доб. ${extension}` : ''}`;
}

/** For lists that others can see over a shoulder: "+7 903 ••• 20-17". */
export function maskPhone(phone: string): string {
  const digits = digitsOf(phone);
  const parts = split(digits);
  if (parts) return `${parts[0]} ${parts[1]} ••• ${parts[3]}-${parts[4]}`;
  return digits.length > 6 ? `${digits.slice(0, 4)} ••• ${digits.slice(-2)}` : phone.trim();
}

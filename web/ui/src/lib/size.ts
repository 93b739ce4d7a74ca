// Numbers of things and bytes as people read them.

const units = { ru: ['Б', 'КБ', 'МБ', 'ГБ', 'ТБ'], en: ['B', 'KB', 'MB', 'GB', 'TB'] };

export function whole(count: number, locale: string): string {
  return new Intl.NumberFormat(locale === 'en' ? 'en-GB' : 'ru-RU').format(count);
}

/** "73 КБ", "1,4 ГБ": two digits at least, powers of 1000. */
export function bytes(count: number, locale: string): string {
  const names = units[locale === 'en' ? 'en' : 'ru'];
  let at = 0;
  let value = count;
  while (value >= 1000 && at < names.length - 1) {
    value /= 1000;
    at += 1;
  }
  const digits = at > 0 && value < 10 ? 1 : 0;
  const text = new Intl.NumberFormat(locale === 'en' ? 'en-GB' : 'ru-RU', { maximumFractionDigits: digits }).format(value);
  return `${text} ${names[at]}`;
}

import { getLocale } from '../../paraglide/runtime.js';

/** With as many decimals at most. */
export function numberOf(value: number, decimals: number): string {
  return value.toLocaleString(getLocale() === 'en' ? 'en-GB' : 'ru-RU', { maximumFractionDigits: decimals });
}

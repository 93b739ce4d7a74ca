// Times as people read them, in the site's zone whatever the PC's zone is.

const formats = new Map<string, Intl.DateTimeFormat>();

function format(locale: string, zone: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${locale} ${zone} ${JSON.stringify(options)}`;
  let found = formats.get(key);
  if (!found) {
    found = new Intl.DateTimeFormat(locale === 'en' ? 'en-GB' : 'ru-RU', { timeZone: zone, ...options });
    formats.set(key, found);
  }
  return found;
}

export interface Place {
  locale: string;
  zone: string;
}

/** "10:31" */
export function clock(at: number, { locale, zone }: Place): string {
  return format(locale, zone, { hour: '2-digit', minute: '2-digit' }).format(at);
}

/** "10:42:07" */
export function clockSeconds(at: number, { locale, zone }: Place): string {
  return format(locale, zone, { hour: '2-digit', minute: '2-digit', second: '2-digit' }).format(at);
}

/** "2026-11-20", the day at the site. */
export function dayOf(at: number, zone: string): string {
  const parts = format('ru', zone, { year: 'numeric', month: '2-digit', day: '2-digit' }).formatToParts(at);
  const part = (type: string) => parts.find((one) => one.type === type)?.value ?? '';
  return `${part('year')}-${part('month')}-${part('day')}`;
}

/** "20 ноября"; of another year than today's, "20 ноября 2025". Without today: no year. */
/** A day of the calendar as `2026-02-28`. */
export function isDay(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const at = new Date(`${text}T12:00:00Z`);
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(text);
}

export function longDay(day: string, locale: string, today = day): string {
  const noon = Date.parse(`${day}T12:00:00Z`);
  const words = format(locale, 'UTC', { day: 'numeric', month: 'long' }).format(noon);
  return day.slice(0, 4) === today.slice(0, 4) ? words : `${words} ${Number(day.slice(0, 4))}`;
}

/** "20 ноя, 10:31"; only the clock when it was today, with the year when it was another. */
export function moment(at: number, now: number, place: Place): string {
  const [day, today] = [dayOf(at, place.zone), dayOf(now, place.zone)];
  if (day === today) return clock(at, place);
  const words = format(place.locale, place.zone, { day: 'numeric', month: 'short' }).format(at).replace('.', '');
  const year = day.slice(0, 4) === today.slice(0, 4) ? '' : ` ${Number(day.slice(0, 4))}`;
  return `${words}${year}, ${clock(at, place)}`;
}

/** "20 ноября 2025, 10:31": for what is read on another day. */
export function writtenMoment(at: number, place: Place): string {
  return `${longDay(dayOf(at, place.zone), place.locale, '')}, ${clock(at, place)}`;
}

/** Typed in later than it happened, by what people see of the two: a form from paper keeps its own time. */
export function isTypedLater(occurred: string, typed: string): boolean {
  return Date.parse(typed) - Date.parse(occurred) >= 60_000;
}

/** "1:48", "1:02:10": a running time; never negative. */
export function duration(ms: number): string {
  const total = Math.max(0, Math.floor(ms / 1000));
  const seconds = String(total % 60).padStart(2, '0');
  const minutes = Math.floor(total / 60) % 60;
  const hours = Math.floor(total / 3600);
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, '0')}:${seconds}` : `${minutes}:${seconds}`;
}

/** The two greatest units: "3 d 4 h", "2 h 14 min", "5 min"; below a minute, seconds. */
export function age(ms: number, locale: string): string {
  const minutes = Math.max(0, Math.floor(ms / 60_000));
  const units = locale === 'en' ? ['d', 'h', 'min', 's'] : ['д', 'ч', 'мин', 'с'];
  if (minutes === 0) return `${Math.max(0, Math.floor(ms / 1000))} ${units[3]}`;
  const parts = [
    [Math.floor(minutes / 1440), units[0]],
    [Math.floor(minutes / 60) % 24, units[1]],
    [minutes % 60, units[2]],
  ] as const;
  const first = parts.findIndex(([count]) => count > 0);
  return parts
    .slice(first, first + 2)
    .filter(([count]) => count > 0)
    .map(([count, unit]) => `${count} ${unit}`)
    .join(' ');
}

/** "2026-11-20T10:31" in the site's zone, for an input of type datetime-local. */
export function toLocalInput(at: number, zone: string): string {
  return `${dayOf(at, zone)}T${clock(at, { locale: 'ru', zone })}`;
}

/** The instant that an input of type datetime-local means in the site's zone. */
export function fromLocalInput(text: string, zone: string): number {
  const asUtc = Date.parse(`${text}:00Z`);
  // Two rounds: the offset at the guess, then at the instant it gives (they differ around a clock change).
  const first = asUtc - offsetAt(asUtc, zone);
  return asUtc - offsetAt(first, zone);
}

function offsetAt(at: number, zone: string): number {
  const wall = Date.parse(`${dayOf(at, zone)}T${clockSeconds(at, { locale: 'ru', zone })}Z`);
  return wall - Math.floor(at / 1000) * 1000;
}

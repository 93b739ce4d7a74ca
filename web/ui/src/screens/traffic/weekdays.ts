import { m } from '../../paraglide/messages.js';

/** From Monday on. */
export const weekdayWords = [m.weekday_1, m.weekday_2, m.weekday_3, m.weekday_4, m.weekday_5, m.weekday_6, m.weekday_7] as const;

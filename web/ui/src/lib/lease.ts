// How long the region's users may still sign in at a site that hears nothing of it, in words.
import { m } from '../paraglide/messages.js';
import { moment, type Place } from './time';

const kHourMs = 3_600_000;
const kDayMs = 24 * kHourMs;

/** Days that are over count no more: "13 days" is at least thirteen. */
export function leaseText(until: string | null, now: number, place: Place): string {
  if (until === null) return m.lease_never();
  const end = Date.parse(until);
  const at = moment(end, now, place);
  const left = end - now;
  if (left <= 0) return m.lease_over({ at });
  if (left < kDayMs) return m.lease_hours({ count: Math.floor(left / kHourMs), at });
  return m.lease_days({ count: Math.floor(left / kDayMs), at });
}

/** Below this the administrators should know. */
export function leaseRunsOut(until: string | null, now: number): boolean {
  return until === null || Date.parse(until) - now < 3 * kDayMs;
}

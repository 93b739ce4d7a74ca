// Shares of T5, and why one of them can pass 100 %.

/** Half up, as the report counts; null of nothing. */
export function share(part: number, whole: number): number | null {
  return whole > 0 ? Math.floor((part * 200 + whole) / (whole * 2)) : null;
}

export type ShareStory =
  | { kind: 'none' }
  | { kind: 'all' }
  | { kind: 'missing'; count: number }
  | { kind: 'more'; count: number };

/** registered / accepted in words: how many calls have no contact, or how many contacts have no call. */
export function registeredStory(registered: number, accepted: number): ShareStory {
  if (accepted === 0 && registered === 0) return { kind: 'none' };
  if (registered === accepted) return { kind: 'all' };
  return registered < accepted
    ? { kind: 'missing', count: accepted - registered }
    : { kind: 'more', count: registered - accepted };
}

export type Level = 'ok' | 'warn' | 'bad' | 'none';

// T2: the region's target for availability is 98 %; below 96 % a desk needs help now.
export const kAvailabilityTarget = 98;
export const kAvailabilityFloor = 96;

export function availabilityLevel(percent: number | null): Level {
  if (percent === null) return 'none';
  if (percent < kAvailabilityFloor) return 'bad';
  return percent < kAvailabilityTarget ? 'warn' : 'ok';
}

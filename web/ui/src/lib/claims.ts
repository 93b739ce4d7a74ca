// Claims of calls back that a long talk keeps (O7).

// A claim lasts ten minutes (protocol/domain/call_back.h): asked for again when half of it is over.
const kRenewMs = 5 * 60_000;
// A form that somebody left open is no talk: after so long another desk may call.
const kMostMs = 60 * 60_000;

/** Whether to ask again for a claim that ends at `until`, first kept at `since`; all in ms. */
export function keepsClaim(now: number, until: number, since: number): boolean {
  return until - now < kRenewMs && now - since < kMostMs;
}

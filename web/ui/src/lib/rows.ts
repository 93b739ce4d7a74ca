// A list on screen meets a newer one: rows never jump under the pointer. Known rows change in place, new ones wait to be
// shown, and those that left the list stay, greyed.

export interface Row {
  id: string;
}

export interface Merged<R extends Row> {
  rows: R[];
  fresh: R[];
  /** Rows that the page says nothing of: they stand further down, or are in the list no more. */
  unsaid: Set<string>;
}

/** `page`: the list's beginning as the daemon gives it now. */
export function mergeRows<R extends Row>(rows: readonly R[], page: readonly R[]): Merged<R> {
  const now = new Map(page.map((row) => [row.id, row]));
  const known = new Set(rows.map((row) => row.id));
  return {
    rows: rows.map((row) => now.get(row.id) ?? row),
    fresh: page.filter((row) => !known.has(row.id)),
    unsaid: new Set(rows.filter((row) => !now.has(row.id)).map((row) => row.id)),
  };
}

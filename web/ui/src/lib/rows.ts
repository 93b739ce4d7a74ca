// A list on screen meets a newer one: rows never jump under the pointer. Known rows change in place, new ones wait to be
// shown, and those that left the list stay, greyed.

export interface Row {
  id: string;
}

export interface Merged<R extends Row> {
  rows: R[];
  fresh: R[];
  gone: Set<string>;
}

/** `page`: the list's beginning as the daemon gives it now; `before`: whether one row stands before another there. */
export function mergeRows<R extends Row>(rows: readonly R[], page: readonly R[], isWhole: 'whole' | 'part', before: (one: R, other: R) => boolean): Merged<R> {
  const now = new Map(page.map((row) => [row.id, row]));
  const last = page.at(-1);
  const gone = new Set<string>();
  const merged = rows.map((row) => {
    const newer = now.get(row.id);
    // A row that should stand in this page and does not is no longer in the list.
    if (!newer && (isWhole === 'whole' || (last && before(row, last)))) gone.add(row.id);
    return newer ?? row;
  });
  const known = new Set(rows.map((row) => row.id));
  return { rows: merged, fresh: page.filter((row) => !known.has(row.id)), gone };
}

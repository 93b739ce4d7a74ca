// Finding a clause of the list of competence (V9b): every word is in its question or its answer; the other keyboard
// layout is tried when nothing fits.
import type { Clause } from '../api/types';
import { fold, otherLayout } from './layout';

function having(clauses: readonly Clause[], query: string): Clause[] {
  const words = fold(query).split(' ').filter(Boolean);
  return clauses.filter((clause) => {
    const text = fold(`${clause.name} ${clause.text}`);
    return words.every((word) => text.includes(word));
  });
}

export function matchClauses(clauses: readonly Clause[], query: string): Clause[] {
  const found = having(clauses, query);
  if (found.length > 0) return found;
  const other = otherLayout(query);
  return other === null ? [] : having(clauses, other);
}

// Which current problems (T9) an operator should think of while this form is open.
import type { Problem } from '../api/types';
import { fold } from './layout';

export interface CallFacts {
  facility: number | null;
  site: number;
  words: string;
}

// Shorter words («не», «на», «к») match everything.
const kMeaningfulLetters = 4;

/** Words cut to their stem-like beginning: «расписание» and «расписания» should meet. */
function stems(text: string): Set<string> {
  const words = fold(text).split(/[^а-яa-z0-9]+/);
  return new Set(words.filter((word) => word.length >= kMeaningfulLetters).map((word) => word.slice(0, 6)));
}

/** Best first. A problem of another facility counts only when the words meet. */
export function rankProblems(problems: readonly Problem[], facts: CallFacts): Problem[] {
  const said = stems(facts.words);
  const scored = problems.map((problem) => {
    let score = 0;
    if (problem.site !== null && problem.site === facts.facility) score += 3;
    if (problem.site === null || problem.site === facts.site) score += 1;
    for (const stem of stems(`${problem.name} ${problem.description ?? ''} ${problem.site_name ?? ''}`)) {
      if (said.has(stem)) score += 2;
    }
    return { problem, score };
  });
  return scored
    .filter((one) => one.score > 0)
    .sort((a, b) => b.score - a.score || b.problem.started_at.localeCompare(a.problem.started_at))
    .map((one) => one.problem);
}

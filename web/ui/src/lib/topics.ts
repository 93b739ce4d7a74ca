// Finding a topic of the rubricator while typing (T7): every word must begin a word of the path; the other keyboard
// layout is tried when nothing fits.
import type { Topic } from '../api/types';
import { fold, otherLayout } from './layout';

// A list longer than this is not read but scrolled; a further letter is faster.
export const kMaxMatches = 50;

export interface TopicMatches {
  topics: Topic[];
  /** The text as it was understood when the layout was wrong. */
  rescued: string | null;
}

function scorer(query: string): (topic: Topic) => number {
  const words = fold(query).split(' ').filter(Boolean);
  return (topic) => {
    const name = fold(topic.name);
    const path = ` ${fold(`${topic.kind} ${topic.group}`)} ${name}`.replace(/[«»"(),.-]/g, ' ');
    let score = 0;
    for (const word of words) {
      if (name.startsWith(word)) score += 4;
      else if (` ${name}`.replace(/[«»"(),.-]/g, ' ').includes(` ${word}`)) score += 3;
      else if (path.includes(` ${word}`)) score += 2;
      else if (word.length > 2 && path.includes(word)) score += 1;
      else return 0;
    }
    return score;
  };
}

function best(topics: readonly Topic[], query: string): Topic[] {
  const score = scorer(query);
  return topics
    .map((topic, order) => ({ topic, order, score: score(topic) }))
    .filter((one) => one.score > 0)
    .sort((a, b) => b.score - a.score || a.order - b.order)
    .slice(0, kMaxMatches)
    .map((one) => one.topic);
}

export function matchTopics(topics: readonly Topic[], query: string): TopicMatches {
  if (fold(query) === '') return { topics: topics.slice(0, kMaxMatches), rescued: null };
  const found = best(topics, query);
  if (found.length > 0) return { topics: found, rescued: null };
  const other = otherLayout(query);
  if (other === null) return { topics: [], rescued: null };
  const rescued = best(topics, other);
  return { topics: rescued, rescued: rescued.length > 0 ? other : null };
}

/** «Запись на приём › Первичная запись» → «Первичная запись», where there is little room. */
export function leafOf(path: string): string {
  return path.split(' › ').at(-1) ?? path;
}

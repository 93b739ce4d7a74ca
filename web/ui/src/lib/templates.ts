// Words with fields: which names stand in braces, which of them are known, and what comes out.
import type { Template, TemplateField } from '../api/types';
import { fold, otherLayout } from './layout';
import { kMaxMatches } from './topics';

export type Filling = TemplateField['filling'];
/** What is known where the words go; a field of which nothing is known is asked for. */
export type Known = Partial<Record<Filling, string | null>>;
export type Values = Record<string, string>;

const kField = /\{([^{}]*)\}/g;

/** The names in braces, each once; null for a brace without its other one. */
export function fieldsIn(text: string): string[] | null {
  if (/[{}]/.test(text.replace(kField, ''))) return null;
  return [...new Set([...text.matchAll(kField)].map((found) => found[1]!))];
}

/** What the operator has to say himself, in the order of the list. */
export function askedFields(template: Template, known: Known): TemplateField[] {
  return template.fields.filter((field) => !known[field.filling]?.trim());
}

export function knownValues(template: Template, known: Known): Values {
  return Object.fromEntries(template.fields.map((field) => [field.name, known[field.filling]?.trim() ?? '']));
}

/** Fields without a value stay as they are: whoever reads it sees what is missing. */
export function filledIn(text: string, values: Values): string {
  return text.replace(kField, (whole, name: string) => values[name]?.trim() || whole);
}

function having(templates: readonly Template[], query: string): Template[] {
  const words = fold(query).split(' ').filter(Boolean);
  return templates.filter((one) => {
    const text = fold(`${one.name} ${one.text}`);
    return words.every((word) => text.includes(word));
  });
}

/** Of one use and not withdrawn; every word is in its name or its text, else in the other keyboard layout. */
export function matchTemplates(templates: readonly Template[], use: Template['use'], query: string): Template[] {
  const usable = templates.filter((one) => one.use === use && !one.disabled);
  const found = having(usable, query);
  const other = found.length === 0 ? otherLayout(query) : null;
  return (other === null ? found : having(usable, other)).slice(0, kMaxMatches);
}

// Of the things to do of one ticket (protocol/domain/links.h).
export const kMaxItems = 50;
export const kMaxItemLetters = 200;

/** What there is to do, a line each. */
export const linesOf = (text: string): string[] => text.split('\n').map((line) => line.trim()).filter(Boolean);

/** Behind what is to be done already, each once; what a ticket has no room for stays away. */
export const withItems = (there: readonly string[], more: readonly string[]): string[] => [...new Set([...there, ...more])].slice(0, kMaxItems);

/** Behind what is typed already. */
export const joined = (typed: string, words: string): string => (typed.trim() === '' ? words : `${typed.trimEnd()}\n${words}`);

// What a template's field may be filled with, in the users' words: beside lib/words.ts, which the first load has.
import { m } from '../paraglide/messages.js';
import type { Filling } from './templates';

export const fillingWords: Record<Filling, () => string> = {
  asked: m.filling_asked,
  number: m.filling_number,
  applicant: m.filling_applicant,
  organisation: m.filling_organisation,
  topic: m.filling_topic,
  completion: m.filling_completion,
  today: m.filling_today,
};

// The streams of the link in the users' words.
import { m } from '../paraglide/messages.js';

const words: Record<string, () => string> = {
  journal: m.stream_journal,
  journal_keys: m.stream_journal_keys,
  common: m.stream_common,
  common_keys: m.stream_common_keys,
  private: m.stream_private,
  private_keys: m.stream_private_keys,
};

/** What is not known stays as it came. */
export const streamWord = (stream: string) => words[stream]?.() ?? stream;

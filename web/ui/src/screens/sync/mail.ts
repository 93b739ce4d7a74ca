// What the page Sync says of the mail relay (A15).
import type { NodeSync } from '../../api/types';
import { m } from '../../paraglide/messages.js';

type Trouble = NonNullable<NodeSync['mail']['trouble']>;

const stageWords: Record<Trouble['stage'], () => string> = {
  connect: m.relay_connect,
  sender: m.relay_sender,
  recipient: m.relay_line,
  data: m.relay_line,
  body: m.relay_line,
};

export function relayTrouble({ stage, reply }: Trouble): string {
  const words = stageWords[stage]();
  return reply === null ? words : m.relay_reply({ words, reply });
}

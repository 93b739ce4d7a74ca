// «Взять следующее»: one key, from the list and from a card. Says so when there is nothing.
import { newKey } from '../../lib/ids';
import { errorText } from '../../lib/words';
import { m } from '../../paraglide/messages.js';
import { hotkeys } from '../../state/hotkeys.svelte';
import { notices } from '../../state/notices.svelte';
import { router } from '../../state/router.svelte';
import { takeNext } from './peopleApi';

class TakeNext {
  busy = $state(false);
  // Kept until it is answered: asked again after a lost answer, the same ticket is taken.
  private key = newKey();

  constructor(private readonly may: () => boolean) {}

  async take(): Promise<void> {
    if (this.busy || !this.may()) return;
    this.busy = true;
    const answer = await takeNext(router.query.get('queue'), this.key);
    this.busy = false;
    if (!answer.ok) return notices.say('bad', errorText(answer.error));
    this.key = newKey();
    if (answer.data.ticket === null) return notices.say('ok', m.take_next_none());
    router.go(`#/tickets/${answer.data.ticket}`);
  }
}

/** Call while a component starts. */
export function useTakeNext(may: () => boolean): TakeNext {
  const next = new TakeNext(may);
  hotkeys.use('take', () => {
    if (!may()) return false;
    void next.take();
  });
  return next;
}

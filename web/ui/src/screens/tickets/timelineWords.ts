// What happened to a ticket, in words: for its timeline on the screen and on paper.
import type { RejectReason, TimelineEntry, Urgency, WaitReason } from '../../api/types';
import { personOf } from '../../lib/names';
import { clockWord } from '../../lib/notice';
import { resultWords, slotText, whomAndWhere } from '../../lib/kindWords';
import { ownerCauseWords, rejectWords, urgencyWords, waitWords } from '../../lib/words';
import { m } from '../../paraglide/messages.js';
import { catalogues } from '../../state/catalogues.svelte';
import { clock } from '../../state/clock.svelte';
import { session } from '../../state/session.svelte';
import { toldTitle } from './telling';

export const siteOf = (no: number | null): string => (no === 0 || no === null ? m.the_region() : catalogues.siteName(no));

export function titleOf(entry: TimelineEntry): string {
  switch (entry.type) {
    case 'opened':
      return m.did_open();
    case 'assigned': {
      const line = entry.line ? m.line_short({ line: entry.line }) : '';
      const to = personOf(entry.assignee_name, entry.assignee);
      return to ? m.did_assign({ line, to }) : m.did_pass({ line });
    }
    case 'commented':
      return m.did_comment();
    case 'attached':
      return m.did_attach({ kind: (entry.reason ?? '').toUpperCase() });
    case 'completed':
      return m.did_complete();
    case 'rejected':
      return m.did_reject();
    case 'erased':
      return m.did_erase();
    case 'offered':
      return m.did_offer({ to: siteOf(entry.to) });
    case 'offer_cancelled':
      return m.did_cancel_offer();
    case 'offer_accepted':
      return m.did_accept({ site: siteOf(entry.site) });
    case 'offer_declined':
      return m.did_decline({ site: siteOf(entry.site) });
    case 'owner_changed':
      return m.did_change_owner({ to: siteOf(entry.to) });
    case 'started':
      return m.did_start();
    case 'waiting':
      return m.did_wait();
    case 'resumed':
      return m.did_resume();
    case 'reclassified':
      return m.did_reclassify({ urgency: urgencyWords[entry.reason as Urgency]?.() ?? '' });
    case 'reopened':
      return m.did_reopen();
    case 'closed':
      return m.did_close();
    case 'retimed':
      return m.did_retime();
    case 'deadline_near':
      return m.did_near({ what: clockWord(entry.reason) });
    case 'deadline_missed':
      return m.did_miss({ what: clockWord(entry.reason) });
    case 'reminded':
      return entry.reason === 'session' ? m.did_remind_session() : m.did_remind_silence();
    case 'told':
      return entry.told ? toldTitle(entry.told) : '';
    case 'call_tried':
      return entry.reason === 'asked_later' ? m.did_call_asked_later() : m.did_call_no_answer();
    case 'telling_near':
      return m.did_near({ what: clockWord('telling') });
    case 'telling_missed':
      return m.did_miss({ what: clockWord('telling') });
    case 'target_ended':
      return m.did_target_end();
    case 'target_reopened':
      return m.did_target_reopen();
    case 'merged':
      return m.did_merge();
    case 'unmerged':
      return m.did_unmerge();
    case 'part_of':
      return m.did_split();
    case 'item':
      return (itemWords[entry.reason ?? ''] ?? m.did_add_item)();
    case 'problem_linked':
      return m.did_link_problem();
    case 'problem_unlinked':
      return m.did_unlink_problem();
    case 'visit_passed':
      return entry.to === null ? m.did_visit_pass() : m.did_visit_pass_to({ clinic: siteOf(entry.to) });
    case 'visit_confirmed':
      return m.did_visit_confirm();
    case 'waits_for':
      return m.did_wait_for({ whom: entry.slot ? whomAndWhere(entry.slot) : '' });
    case 'list_called':
      return listTitle(entry);
  }
}

const itemWords: Record<string, () => string> = {
  added: m.did_add_item,
  ticked: m.did_tick_item,
  unticked: m.did_untick_item,
  removed: m.did_remove_item,
};
const listWords: Record<string, () => string> = {
  claimed: m.did_list_claimed,
  released: m.did_list_released,
  no_answer: m.did_list_no_answer,
  again: m.did_list_again,
  declined_slot: m.did_list_declined_slot,
};
function listTitle(entry: TimelineEntry): string {
  if (entry.reason === 'claimed' && entry.slot) return m.did_list_claimed_slot({ slot: slotText(entry.slot, clock.now, session.place) });
  return (listWords[entry.reason ?? ''] ?? m.did_list_claimed)();
}
// What their title says already.
const told: TimelineEntry['type'][] = ['waits_for', 'list_called', 'attached', 'reclassified', 'deadline_near', 'deadline_missed', 'reminded', 'item', 'call_tried'];

/** A sentence of its own behind a full stop. */
export const sentence = (words: string): string => words.charAt(0).toUpperCase() + words.slice(1);

export function reasonOf(entry: TimelineEntry): string | null {
  if (entry.result) return resultWords[entry.result]();
  if (entry.who) return entry.who;
  if (!entry.reason || told.includes(entry.type)) return null;
  if (entry.type === 'waiting') return waitWords[entry.reason as WaitReason]?.() ?? entry.reason;
  if (entry.type === 'owner_changed') return ownerCauseWords[entry.reason]?.() ?? entry.reason;
  return rejectWords[entry.reason as RejectReason]?.() ?? entry.reason;
}

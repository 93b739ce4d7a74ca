// Kinds of journal events in the users' words.
import { m } from '../paraglide/messages.js';

const words: Record<string, () => string> = {
  call_observed: m.event_call,
  contact_registered: m.event_contact,
  ticket_opened: m.event_ticket_opened,
  ticket_assigned: m.event_ticket_assigned,
  ticket_commented: m.event_ticket_commented,
  ticket_closed: m.event_ticket_closed,
  ticket_offered: m.event_ticket_offered,
  ticket_offer_cancelled: m.event_ticket_offer_cancelled,
  ticket_offer_answered: m.event_ticket_offer_answered,
  ticket_owner_changed: m.event_ticket_owner_changed,
  ticket_started: m.event_ticket_started,
  ticket_paused: m.event_ticket_paused,
  ticket_resumed: m.event_ticket_resumed,
  ticket_reclassified: m.event_ticket_reclassified,
  ticket_reopened: m.event_ticket_reopened,
  ticket_finished: m.event_ticket_finished,
  ticket_retimed: m.event_ticket_retimed,
  ticket_due_reached: m.event_ticket_due_reached,
  ticket_applicant_told: m.event_ticket_applicant_told,
  ticket_call_tried: m.event_ticket_call_tried,
  ticket_telling_due: m.event_ticket_due_reached,
  ticket_target_changed: m.event_ticket_tied,
  ticket_merged: m.event_ticket_tied,
  ticket_unmerged: m.event_ticket_tied,
  ticket_part_of: m.event_ticket_tied,
  ticket_item_changed: m.event_ticket_tied,
  ticket_of_problem: m.event_ticket_tied,
  problem_opened: m.event_problem_opened,
  problem_affected: m.event_problem_affected,
  problem_closed: m.event_problem_closed,
  problem_called_back: m.event_problem_called_back,
  user_changed: m.event_user,
  user_overruled: m.event_user_overruled,
  site_changed: m.event_site,
  rubricator_published: m.event_rubricator,
  competence_changed: m.event_competence,
  template_changed: m.event_template,
  agent_state_changed: m.event_agent,
  erased: m.event_erased,
  records_read: m.event_records_read,
  call_back_opened: m.event_call_back,
  call_back_asked: m.event_call_back,
  call_back_claimed: m.event_call_back,
  call_back_tried: m.event_call_back,
  call_back_met: m.event_call_back,
  call_back_routed: m.event_call_back,
  recording_kept: m.read_recording,
  recording_missed: m.read_recording,
  recording_erased: m.event_recording_erased,
};

/** "TicketOpened", "ticket_opened" and "kTicketOpened" are one word; what is not known stays as it came. */
export function eventWord(type: string): string {
  const name = type
    .replace(/^k(?=[A-Z])/, '')
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase();
  return words[name]?.() ?? type;
}

// What an alarm of the link means, and what to do about it, in words.
import { m } from '../paraglide/messages.js';

interface Words {
  what: () => string;
  todo: () => string;
}

const known: Record<string, Words> = {
  amnesia: { what: m.alarm_amnesia, todo: m.alarm_amnesia_todo },
  fork: { what: m.alarm_fork, todo: m.alarm_fork_todo },
  doubled: { what: m.alarm_doubled, todo: m.alarm_doubled_todo },
  clock: { what: m.alarm_clock, todo: m.alarm_clock_todo },
  quarantine: { what: m.alarm_quarantine, todo: m.alarm_quarantine_todo },
  parked: { what: m.alarm_parked, todo: m.alarm_parked_todo },
  set_aside: { what: m.alarm_parked, todo: m.alarm_parked_todo },
  chain: { what: m.alarm_chain, todo: m.alarm_parked_todo },
  source: { what: m.alarm_source, todo: m.alarm_source_todo },
  persist: { what: m.alarm_persist, todo: m.alarm_persist_todo },
  version: { what: m.alarm_version, todo: m.alarm_version_todo },
  withdrawn: { what: m.alarm_withdrawn, todo: m.alarm_withdrawn_todo },
  protocol: { what: m.alarm_protocol, todo: m.alarm_protocol_todo },
  store_loss: { what: m.alarm_store_loss, todo: m.alarm_store_loss_todo },
  store_loss_mended: { what: m.alarm_store_loss_mended, todo: m.alarm_store_loss_mended_todo },
  safety_failed: { what: m.alarm_safety_failed, todo: m.alarm_safety_failed_todo },
  disk_full: { what: m.alarm_disk_full, todo: m.alarm_disk_full_todo },
  restored: { what: m.alarm_restored, todo: m.alarm_restored_todo },
  file: { what: m.alarm_file, todo: m.alarm_file_todo },
  identity: { what: m.alarm_identity, todo: m.alarm_identity_todo },
};

/** One that this version does not know keeps the daemon's own words beside it. */
export const alarmWord = (code: string) => (known[code]?.what ?? m.alarm_other)();
export const alarmTodo = (code: string) => (known[code]?.todo ?? m.alarm_other_todo)();

// Words of recordings (O6), and a waveform as a shape.
import type { ListenPurpose, Recording } from '../api/types';
import { m } from '../paraglide/messages.js';

export const purposeWords: Record<ListenPurpose, () => string> = {
  quality: m.listen_quality,
  complaint: m.listen_complaint,
  incident: m.listen_incident,
  training: m.listen_training,
};
export const purposes = Object.keys(purposeWords) as ListenPurpose[];

export const stateWords: Record<Recording['state'], () => string> = {
  here: m.recording_here,
  on_its_way: m.recording_on_its_way,
  at_site: m.recording_at_site,
  missed: m.recording_missed,
  gone: m.recording_gone,
};

export const faultWords: Record<NonNullable<Recording['fault']>, () => string> = {
  refused: m.recording_refused,
  gone: m.recording_file_gone,
  too_large: m.recording_too_large,
  unreadable: m.recording_unreadable,
  no_room: m.recording_no_room,
};

/** "2:07", of a conversation. */
export function clockOf(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
}

/** Bars around the middle of a box of `width` by 100; as many as levels. Silence is a dot's height. */
export function waveform(levels: readonly number[], width: number): string {
  const step = width / Math.max(1, levels.length);
  return levels
    .map((level, index) => {
      const half = Math.max(1, (level / 63) * 48);
      return `M${((index + 0.5) * step).toFixed(1)} ${(50 - half).toFixed(1)}v${(2 * half).toFixed(1)}`;
    })
    .join('');
}

// Words of ties between tickets: of this screen alone, so that the first load does without.
import type { ApiError } from '../../api/api';
import type { Ticket } from '../../api/types';
import { errorText, ticketStatusWord } from '../../lib/words';
import { m } from '../../paraglide/messages.js';

const conflicts: Record<string, () => string> = {
  into_owner: m.error_into_owner,
  into_status: m.error_into_status,
  into_order: m.error_into_order,
  into_merged: m.error_into_merged,
  undo_until: m.error_undo_until,
  parts: m.error_parts,
  items: m.error_items,
  item: m.error_item,
  problem: m.error_of_problem,
};

export function tieErrorText(error: ApiError): string {
  const words = error.code === 'conflict' ? conflicts[error.path ?? ''] : undefined;
  if (words) return words();
  if (error.path === 'into') return m.error_into();
  return errorText(error);
}

export const tieStatusWord = (status: Ticket['status']): string => ticketStatusWord({ status, kind: null });

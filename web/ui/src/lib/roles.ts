// Who reads records of patients, by the role and the place: protocol/domain/access.cc has the whole table, and the daemon
// alone decides. The screens only do not ask for what would be refused.
import type { Role } from '../api/types';

export const kDesks: readonly Role[] = ['operator', 'specialist', 'expert', 'supervisor'];
export const kStaff: readonly Role[] = [...kDesks, 'administrator'];
/** At the hub the whole region's patients are in reach: line 1 works at a node. */
export const kRegionReaders: readonly Role[] = ['specialist', 'expert', 'supervisor', 'administrator'];

/** Contacts, tickets and calls. */
export function readsRecords(roles: readonly Role[], isHub: boolean): boolean {
  return roles.some((role) => (isHub ? kRegionReaders : kStaff).includes(role));
}

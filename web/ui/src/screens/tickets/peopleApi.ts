// Who works on what, over the API: asked for by the screens of tickets and users alone, so that the first load does
// without.
import { client, keyed, settle } from '../../api/api';
import type { paths } from '../../api/schema';
import { conflictWords } from '../../lib/words';
import { m } from '../../paraglide/messages.js';

// Why somebody is not given a ticket.
Object.assign(conflictWords, { assignee_absent: m.error_assignee_absent });

export const takeNext = (queue: string | null, key: string) =>
  settle(client.POST('/api/v1/tickets/take_next', { params: keyed(key), body: { queue } }));
type AbsenceBody = paths['/api/v1/users/{id}/absence']['put']['requestBody']['content']['application/json'];
export const setAbsence = (id: string, body: AbsenceBody, key: string) =>
  settle(client.PUT('/api/v1/users/{id}/absence', { params: { path: { id }, ...keyed(key) }, body }));

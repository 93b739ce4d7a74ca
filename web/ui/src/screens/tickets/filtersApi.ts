// Filters that the account keeps, over the API: asked for by the list of tickets alone, so that the first load does
// without.
import { client, keyed, settle } from '../../api/api';
import type { paths } from '../../api/schema';
import { conflictWords } from '../../lib/words';
import { m } from '../../paraglide/messages.js';

Object.assign(conflictWords, { filters: m.filters_full });

export const listFilters = () => settle(client.GET('/api/v1/ticket_filters'));
export type FilterForm = paths['/api/v1/ticket_filters']['post']['requestBody']['content']['application/json'];
export const keepFilter = (body: FilterForm, key: string) =>
  settle(client.POST('/api/v1/ticket_filters', { params: keyed(key), body }));
export const dropFilter = (id: string, key: string) =>
  settle(client.DELETE('/api/v1/ticket_filters/{id}', { params: { path: { id }, ...keyed(key) } }));

// Ties of tickets over the API: asked for by this screen alone, so that the first load does without.
import { client, keyed, settle } from '../../api/api';
import type { paths } from '../../api/schema';

export const getTies = (number: string) =>
  settle(client.GET('/api/v1/tickets/{number}/ties', { params: { path: { number } } }));
type PartBody = paths['/api/v1/tickets/{number}/parts']['post']['requestBody']['content']['application/json'];
export const splitTicket = (number: string, body: PartBody, key: string) =>
  settle(client.POST('/api/v1/tickets/{number}/parts', { params: { path: { number }, ...keyed(key) }, body }));
type SimilarQuery = NonNullable<paths['/api/v1/tickets/similar']['get']['parameters']['query']>;
export const similarTickets = (query: SimilarQuery) => settle(client.GET('/api/v1/tickets/similar', { params: { query } }));

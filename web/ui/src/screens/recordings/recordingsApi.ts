// Recordings of conversations (O6) over the API: asked for by their screen alone, so that the first load does without.
import { client, settle } from '../../api/api';
import type { paths } from '../../api/schema';
import type { ListenPurpose } from '../../api/types';

export type RecordingQuery = NonNullable<paths['/api/v1/recordings']['get']['parameters']['query']>;
export const listRecordings = (query: RecordingQuery) => settle(client.GET('/api/v1/recordings', { params: { query } }));
export const getRecording = (id: string) => settle(client.GET('/api/v1/recordings/{id}', { params: { path: { id } } }));
/** What a player plays: the browser asks for it piece by piece. */
export const soundOf = (id: string, purpose: ListenPurpose) => `/api/v1/recordings/${id}/sound?purpose=${purpose}`;

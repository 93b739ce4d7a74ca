// The waiting list (H2) and notices of facilities (T11) over the API: asked for by their screens alone, so that the first
// load does without.
import { client, keyed, settle } from '../api/api';
import type { paths } from '../api/schema';
import type { FacilityNoticeForm } from '../api/types';

export type WaitingQuery = NonNullable<paths['/api/v1/waiting_list']['get']['parameters']['query']>;
export const listWaiting = (query: WaitingQuery) => settle(client.GET('/api/v1/waiting_list', { params: { query } }));

export const listFacilityNotices = (facility: number | null) =>
  settle(client.GET('/api/v1/facility_notices', { params: { query: facility === null ? {} : { facility } } }));
export const saveFacilityNotice = (id: string | null, body: FacilityNoticeForm, key: string) =>
  id === null
    ? settle(client.POST('/api/v1/facility_notices', { params: { ...keyed(key) }, body }))
    : settle(client.PUT('/api/v1/facility_notices/{id}', { params: { path: { id }, ...keyed(key) }, body }));

// The report of calls by hour of day and weekday (O7b) over the API: asked for by its screen alone.
import { client, settle, type Answer } from '../../api/api';
import type { components, paths } from '../../api/schema';
import { getLocale } from '../../paraglide/runtime.js';

export type TrafficReport = components['schemas']['TrafficReport'];
export type TrafficRow = components['schemas']['TrafficRow'];
export type TrafficHour = components['schemas']['TrafficHour'];
export type TrafficQuery = Omit<NonNullable<paths['/api/v1/reports/traffic']['get']['parameters']['query']>, 'format' | 'lang'>;

// Without ?format= the answer is the JSON one.
export const trafficReport = (query: TrafficQuery) =>
  settle(client.GET('/api/v1/reports/traffic', { params: { query } }) as never) as Promise<Answer<TrafficReport>>;
export const trafficLink = (query: TrafficQuery, format: 'xlsx' | 'csv' | 'tsv') =>
  `/api/v1/reports/traffic?${new URLSearchParams({ ...(query as Record<string, string>), format, lang: getLocale() })}`;

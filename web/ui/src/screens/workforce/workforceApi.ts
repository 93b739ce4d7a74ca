// The report of operators needed (T14) over the API: asked for by its screen alone.
import { client, settle, type Answer } from '../../api/api';
import type { components, paths } from '../../api/schema';
import { getLocale } from '../../paraglide/runtime.js';

export type WorkforceReport = components['schemas']['WorkforceReport'];
export type WorkforceDesk = components['schemas']['WorkforceDesk'];
export type Quarter = WorkforceReport['quarters'][number];
export type WorkforceQuery = Omit<NonNullable<paths['/api/v1/reports/workforce']['get']['parameters']['query']>, 'format' | 'lang'>;

// Without ?format= the answer is the JSON one.
export const workforceReport = (query: WorkforceQuery) =>
  settle(client.GET('/api/v1/reports/workforce', { params: { query } }) as never) as Promise<Answer<WorkforceReport>>;
export const workforceLink = (query: WorkforceQuery, format: 'xlsx' | 'csv' | 'tsv') =>
  `/api/v1/reports/workforce?${new URLSearchParams({ ...(query as Record<string, string>), format, lang: getLocale() })}`;

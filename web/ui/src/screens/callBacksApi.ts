// Calls back (O7) over the API: asked for by their panel alone, so that the first load does without.
import { client, keyed, settle } from '../api/api';
import type { paths } from '../api/schema';

export type CallBackAct = paths['/api/v1/call_backs/{id}']['post']['requestBody']['content']['application/json'];
export const listCallBacks = (show: 'open' | 'elsewhere' | 'over') =>
  settle(client.GET('/api/v1/call_backs', { params: { query: { show, limit: 100 } } }));
export const actOnCallBack = (id: string, body: CallBackAct, key: string) =>
  settle(client.POST('/api/v1/call_backs/{id}', { params: { path: { id }, ...keyed(key) }, body }));

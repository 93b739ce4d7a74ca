// What may be attached here (V6): asked for by a ticket's card alone, so that the first load does without.
import { client, settle } from '../../api/api';

export const getAttachmentSettings = () => settle(client.GET('/api/v1/attachments/settings'));

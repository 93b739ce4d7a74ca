// Sends a file with its progress, which fetch() cannot tell. Answers as api.ts does: a value or an error, never throws.
import { type Answer, type ApiError, csrf, readError } from './api';
import type { Attachment } from './types';

// The largest file that any node takes, over the slowest line that the server bears.
const kTimeoutMs = 300_000;

// No node takes more, and a server that refuses so much unread cannot be heard by a browser that still sends.
const kMostBytes = 16 * 1024 * 1024;

const tooLarge: ApiError = { code: 'too_large', status: 413, path: 'content', detail: null };
const unreachable: ApiError = { code: 'unreachable', status: 0, path: null, detail: null };

function bodyOf(request: XMLHttpRequest): unknown {
  try {
    return JSON.parse(request.responseText);
  } catch {
    return null;
  }
}

/** `onprogress` hears the share that is sent, 0 to 1. */
export function attachFile(
  number: string,
  file: File,
  key: string,
  onprogress: (share: number) => void,
): Promise<Answer<Attachment>> {
  if (file.size > kMostBytes) return Promise.resolve({ ok: false, error: tooLarge });
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    const name = encodeURIComponent(file.name);
    request.open('POST', `/api/v1/tickets/${encodeURIComponent(number)}/attachments?name=${name}`);
    request.timeout = kTimeoutMs;
    request.setRequestHeader('Content-Type', 'application/octet-stream');
    request.setRequestHeader('Idempotency-Key', key);
    request.setRequestHeader('X-CSRF-Token', csrf());
    request.upload.onprogress = (event) => onprogress(event.total > 0 ? event.loaded / event.total : 0);
    request.onerror = request.ontimeout = request.onabort = () => resolve({ ok: false, error: unreachable });
    request.onload = () => {
      const body = bodyOf(request);
      if (request.status === 201) resolve({ ok: true, data: body as Attachment });
      else resolve({ ok: false, error: readError(body, request.status) });
    };
    request.send(file);
  });
}

// The region that the tests look at: addresses and sign-ins from region.json (OPORA_REGION; deploy/demo writes the same),
// and its gear (OPORA_CONTROL, served by run.py): cut and restore a site's link, stop and start a daemon.
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';

const path = process.env.OPORA_REGION;
if (!path) throw new Error('OPORA_REGION must name a region.json (deploy/demo writes one; tests/browser/run.py starts its own)');
const described = JSON.parse(readFileSync(path, 'utf8'));

export const hub = described.hub;
export const sites = described.sites;
export const site = sites[0];
export const canControl = Boolean(process.env.OPORA_CONTROL);

/** Ask the gear: control('cut', site), control('restore', site), control('stop', site), control('start', site). */
export async function control(wish, member) {
  const answer = await fetch(`${process.env.OPORA_CONTROL}/${wish}/${member.no}`, { method: 'POST' });
  if (!answer.ok) throw new Error(`${wish} ${member.no}: ${answer.status} ${await answer.text()}`);
}

/** A command of the simulated telephone system, where run.py's region has one: its answer. */
export async function telephone(...words) {
  const answer = await fetch(`${process.env.OPORA_CONTROL}/telephone`, { method: 'POST', body: words.join(' ') });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`telephone ${words.join(' ')}: ${answer.status} ${text}`);
  return text;
}

export const newKey = () => randomBytes(12).toString('hex');

const sessions = new Map();

/** Headers of the role's session, signed in at the first use. */
async function session(member, role) {
  const known = sessions.get(`${member.url} ${role}`);
  if (known) return known;
  const { login, password } = member.sign_ins[role];
  const answer = await fetch(`${member.url}/api/v1/session`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ login, password }),
  });
  if (!answer.ok) throw new Error(`sign-in at ${member.url}: ${answer.status} ${await answer.text()}`);
  const { csrf_token } = await answer.json();
  const cookie = answer.headers.getSetCookie()[0].split(';')[0];
  const headers = { Cookie: cookie, 'X-CSRF-Token': csrf_token };
  sessions.set(`${member.url} ${role}`, headers);
  return headers;
}

/** A request as the member's administrator, or another role; the answer's JSON. Throws on anything but success. */
export async function ask(member, method, resource, body, role = 'administrator') {
  const headers = { ...(await session(member, role)), 'Idempotency-Key': newKey() };
  if (body !== undefined) headers['Content-Type'] = 'application/json';
  const answer = await fetch(member.url + resource, { method, headers, body: body && JSON.stringify(body) });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${resource}: ${answer.status} ${text}`);
  return text ? JSON.parse(text) : null;
}

/** Until `holds` answers something true; its answer. */
export async function until(holds, what, ms = 30_000) {
  const end = Date.now() + ms;
  for (;;) {
    const value = await holds();
    if (value) return value;
    if (Date.now() > end) throw new Error(`not within ${ms} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** A telephone call of a site as its telephone system tells it. */
export class PhoneCall {
  constructor(member, phone, agent = '101') {
    Object.assign(this, { member, phone, agent, id: `browser-${newKey()}`, seq: 0 });
  }

  async #tell(type, extra = {}) {
    const event = { source: 'browser-tests', call_id: this.id, seq: this.seq++, type, at: new Date().toISOString(), desk: 1, ...extra };
    await ask(this.member, 'POST', '/api/v1/telephony/events', event);
    return this;
  }

  queue() {
    return this.#tell('queued', { phone: this.phone, line: 'Запись на приём' });
  }

  ring() {
    return this.#tell('ringing', { agent: this.agent });
  }

  answer() {
    return this.#tell('answered', { agent: this.agent });
  }

  end() {
    return this.#tell('ended');
  }
}

let phones = 0;

/** A number that nobody has called from in this run. */
export function freshPhone() {
  phones += 1;
  return `+7900${String(Date.now() % 100_000).padStart(5, '0')}${String(phones).padStart(2, '0')}`;
}

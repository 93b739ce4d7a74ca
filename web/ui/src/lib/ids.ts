// Keys that nobody else makes and that rise with time: UUIDs of version 7 (RFC 9562). The node keeps what was done one
// after the other side by side. crypto.randomUUID is missing on plain http with a LAN name; getRandomValues is always there.

const kTimeBytes = 6; // milliseconds
const kGroups = /^(.{8})(.{4})(.{4})(.{4})(.{12})$/;

export function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  let time = Date.now();
  for (let i = kTimeBytes - 1; i >= 0; i -= 1) {
    bytes[i] = time % 256;
    time = Math.floor(time / 256);
  }
  bytes[6] = 0x70 | ((bytes[6] ?? 0) & 0x0f);
  bytes[8] = 0x80 | ((bytes[8] ?? 0) & 0x3f);
  const digits = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return digits.replace(kGroups, '$1-$2-$3-$4-$5');
}

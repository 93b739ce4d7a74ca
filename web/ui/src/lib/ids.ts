// Random keys. crypto.randomUUID is missing on plain http with a LAN name; getRandomValues is always there.

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

// 22 characters of 6 bits: 132 bits, more than a UUID, and well inside the 64 characters a key may have.
const kKeyLength = 22;

export function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(kKeyLength)), (byte) => alphabet[byte & 63]).join('');
}

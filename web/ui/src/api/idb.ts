// A small store in the browser that survives a reload and a power cut: every write is confirmed only after the browser
// has told the disk to keep it ("strict"). Without IndexedDB (a private window) it lives in memory only.

export type StoreName = 'drafts' | 'outbox' | 'cache';

const kVersion = 1;
const stores: Record<StoreName, string> = { drafts: 'id', outbox: 'key', cache: 'name' };
const memory = new Map<StoreName, Map<IDBValidKey, unknown>>();

let opening: Promise<IDBDatabase | null> | undefined;

function database(): Promise<IDBDatabase | null> {
  opening ??= new Promise((resolve) => {
    if (typeof indexedDB === 'undefined') return resolve(null);
    const request = indexedDB.open('opora', kVersion);
    request.onupgradeneeded = () => {
      for (const [name, keyPath] of Object.entries(stores)) request.result.createObjectStore(name, { keyPath });
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => resolve(null);
  });
  return opening;
}

function inMemory(store: StoreName): Map<IDBValidKey, unknown> {
  let found = memory.get(store);
  if (!found) memory.set(store, (found = new Map()));
  return found;
}

function finished(transaction: IDBTransaction): Promise<boolean> {
  return new Promise((resolve) => {
    transaction.oncomplete = () => resolve(true);
    transaction.onerror = transaction.onabort = () => resolve(false);
  });
}

/** Is what was written safe on this machine? */
export async function put(store: StoreName, value: object): Promise<boolean> {
  const db = await database();
  if (!db) {
    inMemory(store).set((value as Record<string, IDBValidKey>)[stores[store]]!, structuredClone(value));
    return false;
  }
  const transaction = db.transaction(store, 'readwrite', { durability: 'strict' });
  transaction.objectStore(store).put(value);
  return finished(transaction);
}

export async function remove(store: StoreName, key: string): Promise<void> {
  const db = await database();
  if (!db) {
    inMemory(store).delete(key);
    return;
  }
  const transaction = db.transaction(store, 'readwrite', { durability: 'strict' });
  transaction.objectStore(store).delete(key);
  await finished(transaction);
}

export async function all<V>(store: StoreName): Promise<V[]> {
  const db = await database();
  if (!db) return [...inMemory(store).values()] as V[];
  return new Promise((resolve) => {
    const request = db.transaction(store).objectStore(store).getAll();
    request.onsuccess = () => resolve(request.result as V[]);
    request.onerror = () => resolve([]);
  });
}

/** Change one value in one step that no other tab can come between; undefined from `change` leaves it as it is. */
export async function update<V extends object>(
  store: StoreName,
  key: string,
  change: (value: V) => V | undefined,
): Promise<boolean> {
  const db = await database();
  if (!db) {
    const value = inMemory(store).get(key) as V | undefined;
    const changed = value && change(value);
    if (changed) inMemory(store).set(key, changed);
    return changed !== undefined;
  }
  const transaction = db.transaction(store, 'readwrite', { durability: 'strict' });
  const objects = transaction.objectStore(store);
  let done = false;
  const request = objects.get(key);
  request.onsuccess = () => {
    const changed = request.result === undefined ? undefined : change(request.result as V);
    if (changed === undefined) return;
    done = true;
    objects.put(changed);
  };
  return (await finished(transaction)) && done;
}

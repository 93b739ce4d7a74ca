// Where the user is: the part of the address after "#", so that any server that serves one page serves every screen.
// Filters live in its query.

class Router {
  private hash = $state(location.hash);

  constructor() {
    addEventListener('hashchange', () => (this.hash = location.hash));
  }

  /** ["tickets", "17-004198-3"] */
  get path(): string[] {
    return (this.hash.slice(1).split('?')[0] ?? '').split('/').filter(Boolean).map(decodeURIComponent);
  }

  get query(): URLSearchParams {
    return new URLSearchParams(this.hash.split('?')[1] ?? '');
  }

  get screen(): string {
    return this.path[0] ?? '';
  }

  go(hash: string): void {
    location.hash = hash;
    this.hash = location.hash;
  }

  /** Change filters without a step in the history. */
  filter(changes: Record<string, string | null>): void {
    const query = this.query;
    for (const [name, value] of Object.entries(changes)) {
      if (value === null || value === '') query.delete(name);
      else query.set(name, value);
    }
    const text = query.toString();
    history.replaceState(null, '', `#/${this.path.map(encodeURIComponent).join('/')}${text ? `?${text}` : ''}`);
    this.hash = location.hash;
  }
}

export const router = new Router();

// Filters that a user keeps: parts of an address under a name, in this browser, of this user alone: a filter may name a
// person, and a desk's PC has many users.
import { session } from './session.svelte';

export interface View {
  name: string;
  query: string;
}

// A row of more does not fit beside the filters.
const kMost = 8;

class Views {
  list = $state<View[]>([]);

  constructor() {
    session.onSignIn(() => this.restore());
  }

  has(query: string): boolean {
    return this.list.some((view) => view.query === query);
  }

  keep(view: View): void {
    this.list = [...this.list.filter((one) => one.query !== view.query), view].slice(-kMost);
    this.save();
  }

  drop(query: string): void {
    this.list = this.list.filter((one) => one.query !== query);
    this.save();
  }

  private get key(): string {
    return `opora.views.${session.who?.user.login ?? ''}`;
  }

  private restore(): void {
    try {
      this.list = JSON.parse(localStorage.getItem(this.key) ?? '[]') as View[];
    } catch {
      // A damaged store: none kept.
      this.list = [];
    }
  }

  private save(): void {
    localStorage.setItem(this.key, JSON.stringify(this.list));
  }
}

export const views = new Views();

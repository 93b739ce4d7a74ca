// Filters that a user keeps: parts of an address under a name, in this browser.

export interface View {
  name: string;
  query: string;
}

const kName = 'opora.views';
// A row of more does not fit beside the filters.
const kMost = 8;

class Views {
  list = $state<View[]>([]);

  constructor() {
    try {
      this.list = JSON.parse(localStorage.getItem(kName) ?? '[]') as View[];
    } catch {
      // A damaged store: none kept.
    }
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

  private save(): void {
    localStorage.setItem(kName, JSON.stringify(this.list));
  }
}

export const views = new Views();

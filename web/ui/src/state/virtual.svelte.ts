// Only the rows that can be seen: @tanstack/virtual-core as Svelte state.
import { elementScroll, observeElementOffset, observeElementRect, Virtualizer, type VirtualItem } from '@tanstack/virtual-core';
import { untrack } from 'svelte';

// Enough that a fast wheel shows no gaps on a slow PC.
const kOverscan = 12;

export class Rows {
  items = $state.raw<VirtualItem[]>([]);
  height = $state(0);
  private virtualizer: Virtualizer<HTMLElement, HTMLElement> | null = null;

  constructor(
    private readonly rowHeight: number,
    private readonly count: () => number,
    private readonly startAt: () => number,
  ) {}

  /** For {@attach rows.attach} on the scrolling element. */
  readonly attach = (element: HTMLElement) => {
    const virtualizer = untrack(
      () =>
        new Virtualizer<HTMLElement, HTMLElement>({
          count: this.count(),
          getScrollElement: () => element,
          estimateSize: () => this.rowHeight,
          overscan: kOverscan,
          initialOffset: this.startAt(),
          scrollToFn: elementScroll,
          observeElementRect,
          observeElementOffset,
          onChange: () => this.read(),
        }),
    );
    this.virtualizer = virtualizer;
    const unmount = virtualizer._didMount();
    virtualizer._willUpdate();
    $effect(() => {
      const count = this.count();
      untrack(() => {
        virtualizer.setOptions({ ...virtualizer.options, count });
        virtualizer._willUpdate();
        this.read();
      });
    });
    return () => {
      this.virtualizer = null;
      unmount();
    };
  };

  show(index: number): void {
    this.virtualizer?.scrollToIndex(index, { align: 'auto' });
  }

  get offset(): number {
    return this.virtualizer?.scrollOffset ?? 0;
  }

  /** Rows that fit on the screen, for Page Up and Page Down. */
  get page(): number {
    return Math.max(1, Math.floor((this.virtualizer?.scrollRect?.height ?? 0) / this.rowHeight) - 1);
  }

  private read(): void {
    this.items = this.virtualizer?.getVirtualItems() ?? [];
    this.height = this.virtualizer?.getTotalSize() ?? 0;
  }
}

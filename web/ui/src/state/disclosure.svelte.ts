// Something that opens under its button: closed by Esc, which leads back to the button, and by leaving it.
export class Disclosure {
  open = $state(false);
  root = $state<HTMLElement>();

  readonly onfocusout = (event: FocusEvent): void => {
    if (event.relatedTarget) this.left(event.relatedTarget);
  };

  readonly onkeydown = (event: KeyboardEvent): void => {
    if (event.code !== 'Escape' || !this.open) return;
    this.open = false;
    this.root?.querySelector('button')?.focus();
    event.stopPropagation();
  };

  /** For pointers that go down anywhere. */
  readonly onpointerdown = (event: PointerEvent): void => {
    if (event.target) this.left(event.target);
  };

  private left(to: EventTarget): void {
    if (this.root && !this.root.contains(to as Node)) this.open = false;
  }
}

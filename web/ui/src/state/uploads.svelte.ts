// Files on their way from this page to the node: one after the other, each with its key, so that one whose answer was
// lost is sent again and stays one file.
import { type ApiError, isPassing } from '../api/api';
import { attachFile } from '../api/upload';
import { newKey } from '../lib/ids';

export interface Upload {
  key: string;
  file: File;
  share: number;
  error: ApiError | null;
}

export class Uploads {
  items = $state<Upload[]>([]);
  private running = false;

  constructor(
    private readonly number: string,
    private readonly ondone: () => void,
  ) {}

  add(files: Iterable<File>): void {
    for (const file of files) this.items.push({ key: newKey(), file, share: 0, error: null });
    void this.run();
  }

  retry(item: Upload): void {
    item.error = null;
    void this.run();
  }

  drop(item: Upload): void {
    this.items = this.items.filter((one) => one.key !== item.key);
  }

  /** Whether sending the same bytes again may help. */
  canRetry = (item: Upload): boolean => item.error !== null && isPassing(item.error);

  private async run(): Promise<void> {
    if (this.running) return;
    this.running = true;
    for (let next = this.next(); next; next = this.next()) await this.send(next);
    this.running = false;
  }

  private next(): Upload | undefined {
    return this.items.find((item) => item.error === null);
  }

  private async send(item: Upload): Promise<void> {
    const answer = await attachFile(this.number, item.file, item.key, (share) => (item.share = share));
    if (answer.ok) {
      this.drop(item);
      this.ondone();
    } else {
      item.error = answer.error;
      item.share = 0;
    }
  }
}

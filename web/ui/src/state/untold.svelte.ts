// The applicants whom this site is to call (A15), read again when a ticket changes. Which of them are waiting for a letter
// instead, the ticket's card says.
import * as api from '../api/api';
import type { Untold } from '../api/types';
import { Loader } from './loader.svelte';

class UntoldApplicants {
  private readonly loader = new Loader(() => api.listUntold({ by: 'phone', limit: 50 }));

  /** Call while the screen starts. */
  follow(): void {
    this.loader.follow('tickets');
  }

  get items(): Untold[] {
    return this.loader.data?.items ?? [];
  }

  /** Of all, also those behind the first page. */
  get count(): number {
    return this.loader.data?.total_estimate ?? 0;
  }
}

export const untold = new UntoldApplicants();

// The open problems (T9): the bar counts them, the desk matches them, the board shows them.
import * as api from '../api/api';
import type { Problem, ProblemForm } from '../api/types';
import { newKey } from '../lib/ids';
import { Loader } from './loader.svelte';

class Problems {
  readonly loader = new Loader(() => api.listProblems('open'));

  /** Call while a component starts. */
  follow(): void {
    this.loader.follow('problems');
  }

  get open(): Problem[] {
    return this.loader.data?.items ?? [];
  }

  /** One more caller; null when it worked. */
  async addAffected(id: string, phone: string | null): Promise<api.ApiError | null> {
    const answer = await api.addAffected(id, phone, newKey());
    if (!answer.ok) return answer.error;
    this.replace(answer.data);
    return null;
  }

  async save(id: string | null, form: ProblemForm): Promise<api.ApiError | null> {
    const answer = id ? await api.editProblem(id, form, newKey()) : await api.openProblem(form, newKey());
    if (!answer.ok) return answer.error;
    this.replace(answer.data);
    return null;
  }

  async close(id: string): Promise<api.ApiError | null> {
    const answer = await api.closeProblem(id, newKey());
    if (!answer.ok) return answer.error;
    void this.loader.load();
    return null;
  }

  private replace(problem: Problem): void {
    const others = this.open.filter((one) => one.id !== problem.id);
    const items = [problem, ...others].sort((a, b) => b.started_at.localeCompare(a.started_at));
    this.loader.set({ items, next_cursor: null });
  }
}

export const problems = new Problems();

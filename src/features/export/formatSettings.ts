import type { FormatSettings } from '../../core/export/format';
import type { RunRecord } from '../../core/runs/record';
import { recipeOf } from '../../core/runs/segments';

/** What formats ask of a run before they write it. */
export const formatSettings = (run: RunRecord): FormatSettings => {
  const { kind, normalizers } = run.tokenizer;
  return { model: run.model, recipe: recipeOf(run), tokenizer: kind, ...(normalizers && { normalizers }) };
};

import type { FormatSettings } from '../../core/export/format';
import type { RunRecord } from '../../core/runs/record';
import { recipeOf } from '../../core/runs/segments';
import { toldTemplate } from '../../core/runs/settings';

/** What formats ask of a run before they write it. */
export const formatSettings = (run: RunRecord): FormatSettings => {
  const { model, trainable, tokenizer } = run;
  const { kind, normalizers } = tokenizer;
  const chatTemplate = toldTemplate(tokenizer);
  return {
    model,
    recipe: recipeOf(run),
    tokenizer: kind,
    ...(normalizers && { normalizers }),
    ...(trainable && { trainable }),
    ...(chatTemplate !== undefined && { chatTemplate }),
  };
};

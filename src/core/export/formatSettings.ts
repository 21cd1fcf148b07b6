import { recipeOf } from '../runs/segments';
import type { Decision } from '../runs/settings';
import type { Recipe } from '../train/recipe';
import type { RunInfo } from './homegrownJson';

/** Facts of the run that formats ask for before they write it. */
const ASKED = ['model', 'tokenizer', 'normalizers', 'chatTemplate', 'trainable'] as const satisfies (keyof RunInfo)[];
type Asked = Pick<RunInfo, (typeof ASKED)[number]>;

/** Settings of a model that a format checks before an export. */
export interface FormatSettings extends Asked {
  recipe: Recipe;
  /** Confidence threshold of a classifier, 0 to 1, below which it gives no label. */
  atLeast?: number;
}

/** Returns a model and how it is trained at its step. */
export function settingsOf(
  run: Asked & { segments: readonly { recipe: Recipe }[]; decision?: Pick<Decision, 'atLeast'> },
): FormatSettings {
  const asked = Object.fromEntries(
    ASKED.flatMap((name) => (run[name] === undefined ? [] : [[name, run[name]]])),
  ) as unknown as Asked;
  return { ...asked, recipe: recipeOf(run), ...(run.decision && { atLeast: run.decision.atLeast }) };
}

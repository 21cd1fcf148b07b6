import type { Trainable } from '../adapters/trainable';
import { badSettings } from '../base/errors';
import { type Field, fieldProblem } from '../base/field';
import { formatCount } from '../base/units';
import { nameOf as inSentence } from '../metrics/words';
import { modelSpec } from '../models';
import type { SizeName } from '../models/spec';
import { trainingSource, objectiveOf } from '../objectives';
import { type Change, memoryChanges, type MemoryLimits, memoryShortage } from './memory';
import { fieldsOf, type Recipe, type RecipeField } from './recipe';
import type { ModelChoice } from './run';

/** A setting that keeps a run from starting, in one sentence. */
export interface Problem {
  field: SizeName | RecipeField | 'text' | 'memory';
  message: string;
  /** All sizes of the model that conflict with one another. */
  between?: readonly SizeName[];
  /** Changes that each fix it, cheapest first. */
  changes?: readonly Change[];
}

/** If sizes conflict, moves the problem to the one that a person changed last. @param changed in order of change */
export const atLastChanged = (found: readonly Problem[], changed: readonly string[]): readonly Problem[] =>
  found.map((problem) => {
    const field = changed.findLast((name) => (problem.between as readonly string[] | undefined)?.includes(name));
    return field === undefined ? problem : { ...problem, field: field as SizeName };
  });

/**
 * Returns all problems that keep this run from starting.
 * @param tokens number of tokens in each part of the data
 * @param limits of the device
 * @throws HomegrownError `bad-settings` if the model lacks a trainable weight
 */
export function problems(
  model: ModelChoice,
  recipe: Recipe,
  tokens: { train: number; validation: number },
  limits: MemoryLimits = {},
  trainable?: Trainable,
): readonly Problem[] {
  const { context } = model.config;
  const result: Problem[] = [...modelSpec(model.id).problems(model.config)];
  for (const [field, setting] of Object.entries(fieldsOf(recipe)) as [RecipeField, Field][]) {
    const message = fieldProblem(setting, recipe[field]);
    if (message !== null) result.push({ field, message });
  }
  const objective = objectiveOf(recipe.objective);
  const { label, kinds } = objective;
  const spec = modelSpec(model.id);
  if (!kinds.includes(spec.kind)) {
    const message = `${spec.label} can't be trained with this objective: ${inSentence({ label })}.`;
    result.push({ field: 'objective', message });
  }
  const isClassification = trainingSource(recipe.objective) === 'labels';
  if (kinds.includes(spec.kind) && isClassification !== (model.config.classes !== undefined)) {
    const message = isClassification
      ? 'The model is not a classifier: it scores tokens, not labels.'
      : 'The model is a classifier: it can only be trained on labels.';
    result.push({ field: 'objective', message });
  }
  if (isClassification && recipe.replay > 0) {
    const message = 'A classifier needs labels, so it can’t replay unlabeled text. Set replay to 0.';
    result.push({ field: 'replay', message });
  }
  result.push(...((objective.problems?.(recipe, context) ?? []) as readonly Problem[]));
  const reach = (window: number): number => objective.reach(window, recipe);
  // An evaluation shortens its rows to fit a short validation set.
  for (const [part, name, window] of [
    ['train', 'training', context],
    ['validation', 'validation', 1],
  ] as const) {
    const needed = reach(window);
    if (tokens[part] >= needed) continue;
    const message = `The ${name} set has ${formatCount(tokens[part])} tokens; a context of ${window} needs at least ${needed}.`;
    result.push({ field: 'text', message });
  }
  // Memory can be planned only for valid settings.
  const shortage = result.length === 0 ? memoryShortage(model, recipe, limits, trainable) : undefined;
  if (shortage !== undefined) {
    const changes = memoryChanges(model, recipe, limits, trainable);
    result.push({ field: 'memory', message: `${shortage} ${adviceOf(changes)}`, changes });
  }
  return result;
}

/** `Use batch 4 in 3 micro-batches, or a context of 64.` */
export function adviceOf(changes: readonly Change[]): string {
  const words = changes.map((change) => change.words);
  if (words.length === 0) return 'Use a smaller model and a smaller vocabulary.';
  return `Use ${words.length > 1 ? `${words.slice(0, -1).join(', ')}, or ${words.at(-1)!}` : words[0]!}.`;
}

/** @throws HomegrownError `bad-settings` with all problems, if there are any */
export function rejectProblems(found: readonly Problem[]): void {
  if (found.length > 0)
    throw badSettings(found.map(({ message }) => message).join(' '), 'Nothing was started. Change these settings.');
}

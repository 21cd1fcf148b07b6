import { badSettings, type HomegrownError } from '../base/errors';
import { formatCount } from '../base/units';
import { modelSpec } from '../models';
import type { SizeName } from '../models/spec';
import { objectiveOf } from '../objectives';
import { type Change, memoryChanges, type MemoryLimits, memoryShortage } from './memory';
import type { Recipe } from './recipe';
import type { ModelChoice } from './run';

/** A setting that cannot run as it is, in one sentence. */
export interface Problem {
  field: SizeName | keyof Recipe | 'text' | 'memory';
  message: string;
  /** Each of them mends it, the cheapest first. */
  changes?: readonly Change[];
}

type Bounds = readonly [min: number, max: number, kind: 'whole' | 'real'];
const RECIPE: Readonly<Partial<Record<keyof Recipe, Bounds>>> = {
  learningRate: [0, 10, 'real'],
  warmup: [0, 1e9, 'whole'],
  finalRate: [0, 1, 'real'],
  steps: [1, 1e9, 'whole'],
  batch: [1, 4096, 'whole'],
  accumulate: [1, 1024, 'whole'],
  weightDecay: [0, 1, 'real'],
  beta1: [0, 0.9999, 'real'],
  beta2: [0, 0.99999, 'real'],
  epsilon: [1e-12, 0.1, 'real'],
  momentum: [0, 0.9999, 'real'],
  clip: [0, 1e6, 'real'],
  dropout: [0, 0.9, 'real'],
  seed: [0, 2 ** 32 - 1, 'whole'],
  evalEvery: [1, 1e9, 'whole'],
  evalTokens: [1, 1e9, 'whole'],
  saveEvery: [1, 1e9, 'whole'],
};
const NAMES: Readonly<Partial<Record<keyof Recipe, string>>> = {
  learningRate: 'Learning rate',
  warmup: 'Warm-up',
  finalRate: 'Final rate',
  batch: 'Batch size',
  accumulate: 'Micro-batches per update',
  weightDecay: 'Weight decay',
  evalEvery: 'Steps between evaluations',
  evalTokens: 'Tokens an evaluation',
  saveEvery: 'Steps between saves',
};

/** Everything that keeps this run from starting; empty when it can. `tokens`: in each part of the data. `limits`: of the device. */
export function problems(
  model: ModelChoice,
  recipe: Recipe,
  tokens: { train: number; validation: number },
  limits: MemoryLimits = {},
): readonly Problem[] {
  const { context } = model.config;
  const found: Problem[] = [...modelSpec(model.id).problems(model.config)];
  for (const [field, [min, max, kind]] of Object.entries(RECIPE) as [keyof Recipe, Bounds][]) {
    const value = recipe[field] as number;
    if (value >= min && value <= max && (kind === 'real' || Number.isInteger(value))) continue;
    const name = NAMES[field] ?? field.charAt(0).toUpperCase() + field.slice(1);
    found.push({
      field,
      message: `${name} must be a ${kind === 'whole' ? 'whole number' : 'number'} from ${min} to ${max}, not ${value}.`,
    });
  }
  if (recipe.learningRate === 0) found.push({ field: 'learningRate', message: 'Learning rate must be above 0.' });
  const { label, kinds, ahead } = objectiveOf(recipe.objective);
  const spec = modelSpec(model.id);
  if (!kinds.includes(spec.kind)) {
    const message = `A ${spec.label} model cannot learn this objective: ${label.toLowerCase()}.`;
    found.push({ field: 'objective', message });
  }
  for (const part of ['train', 'validation'] as const) {
    if (tokens[part] >= context + ahead) continue;
    const name = part === 'train' ? 'training' : 'validation';
    const message = `The ${name} part of the text has ${formatCount(tokens[part])} tokens; a context of ${context} needs at least ${context + ahead}.`;
    found.push({ field: 'text', message });
  }
  // What cannot be counted cannot be planned.
  const shortage = found.length === 0 ? memoryShortage(model, recipe, limits) : undefined;
  if (shortage !== undefined) {
    const changes = memoryChanges(model, recipe, limits);
    found.push({ field: 'memory', message: `${shortage} ${adviceOf(changes)}`, changes });
  }
  return found;
}

/** `Take batch 4 in 3 micro-batches, or a context of 64.` */
export function adviceOf(changes: readonly Change[]): string {
  const words = changes.map((change) => change.words);
  if (words.length === 0) return 'Take a smaller model and a smaller vocabulary.';
  return `Take ${words.length > 1 ? `${words.slice(0, -1).join(', ')}, or ${words.at(-1)!}` : words[0]!}.`;
}

/** All of them as one error. */
export const unfit = (found: readonly Problem[]): HomegrownError =>
  badSettings(found.map(({ message }) => message).join(' '), 'Nothing was started. Change these settings.');

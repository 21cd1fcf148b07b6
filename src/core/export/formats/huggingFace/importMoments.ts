/** Reads optimizer.safetensors: optimizer state of the trainable weights, and adapter weights. */
import { partsOf, type Trainable } from '../../../adapters/trainable';
import { type Layout, unchanged } from '../../../models/layout';
import type { ParamTable } from '../../../models/spec';
import { optimizerOf, stateName, stateOf } from '../../../optim';
import { rawSpecs } from '../../../train/averaging';
import type { Recipe } from '../../../train/recipe';
import { type Shapes, shapesOf, type Wanted } from '../../importTensors';
import type { Weights } from '../../openWeights';

/** Layout of the file: Hugging Face's for the model's own weights, ours for an adapter's. */
interface LaidOut {
  layout: Layout;
  table: ParamTable;
  /** All tensors in the file, by its names. */
  shapes: Shapes;
}

/**
 * Returns the layout and all shapes of the file.
 * @param layout of the model's own weights.
 * @param own these weights
 * @throws HomegrownError `bad-settings` where the model lacks a trainable weight
 */
export function laidMoments(recipe: Recipe, layout: Layout, own: ParamTable, trainable?: Trainable): LaidOut {
  const { added, trainableParams } = partsOf(own, trainable);
  const table = { ...own, ...added };
  const besides = unchanged(Object.keys(added));
  const trained = shapesOf([...layout.filter(({ of }) => Object.hasOwn(trainableParams, of)), ...besides], table);
  const moments = stateOf(optimizerOf(recipe.optimizer), trained).flat();
  return {
    layout: [...layout, ...besides],
    table,
    shapes: new Map<string, { shape: readonly number[]; linear?: true }>([
      ...shapesOf(besides, table),
      ...moments.map((spec) => [stateName(spec), spec] as const),
      ...rawSpecs(recipe, trained).map((spec) => [spec.name, spec] as const),
    ]),
  };
}

/** Each tensor in file order, with its weight and the prefix of its name. */
export function momentsIn(file: Weights, layout: Layout): readonly Wanted[] {
  const found = new Map<string, Wanted>();
  for (const theirs of file.shapes.keys()) {
    const { name, of } = layout.find((piece) => theirs === piece.name || theirs.endsWith(`.${piece.name}`))!;
    const slot = theirs.slice(0, -name.length);
    found.set(slot + of, { file, of, slot });
  }
  return [...found.values()];
}

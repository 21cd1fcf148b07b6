import type { NamedTensors, TensorInPieces } from '../checkpoint/tensors';
import { modelSpec } from '../models';
import { type Layout, theirRows, theirShape, unchanged } from '../models/layout';
import type { ModelChoice } from '../models/network';
import type { Exported } from './format';

/** The model's parameters in the order of its specification, without moments. */
export function weightsOf({ info, snapshot }: Pick<Exported, 'info' | 'snapshot'>): NamedTensors {
  const { id, config, vocabulary } = info.model;
  const names = Object.keys(modelSpec(id).params(config, vocabulary));
  return new Map(names.map((name) => [name, snapshot.tensors.get(name)!]));
}

/** How Hugging Face lays the model out. */
export function hubLayout({ id, config, vocabulary }: ModelChoice): Layout {
  const { huggingFace, params } = modelSpec(id);
  return huggingFace?.layout?.(config) ?? unchanged(Object.keys(params(config, vocabulary)));
}

/** The same as Hugging Face has them, made while they are read. */
export const hubWeights = (exported: Pick<Exported, 'info' | 'snapshot'>): ReadonlyMap<string, TensorInPieces> =>
  laidOut(weightsOf(exported), hubLayout(exported.info.model));

/**
 * What the optimizer remembers: what has the shape of a weight is laid out as that, under the weight's name after the
 * optimizer's own; what has not stays as it is.
 */
export function hubMoments({
  info,
  snapshot,
}: Pick<Exported, 'info' | 'snapshot'>): ReadonlyMap<string, TensorInPieces> {
  const weights = weightsOf({ info, snapshot });
  const layout = hubLayout(info.model);
  return new Map(
    [...snapshot.tensors].flatMap(([name, tensor]) => {
      if (weights.has(name)) return [];
      const of = ownerOf(name, weights.keys());
      const isAlike = of !== undefined && String(weights.get(of)!.shape) === String(tensor.shape);
      const pieces = isAlike ? layout.filter((piece) => piece.of === of) : [{ name: of ?? name, of: name }];
      const slot = of === undefined ? '' : name.slice(0, -of.length);
      return [...laidOut(new Map([[of ?? name, tensor]]), pieces)].map(
        ([theirs, laid]) => [slot + theirs, laid] as const,
      );
    }),
  );
}
/** Of which weight `adam.m.<weight>` is. */
const ownerOf = (moment: string, weights: Iterable<string>): string | undefined =>
  [...weights].find((name) => moment.endsWith(`.${name}`));

const laidOut = (ours: NamedTensors, layout: Layout): ReadonlyMap<string, TensorInPieces> =>
  new Map(
    layout.map((piece) => {
      const tensor = ours.get(piece.of)!;
      return [piece.name, { shape: theirShape(piece, tensor.shape), pieces: () => theirRows(piece, tensor) }];
    }),
  );

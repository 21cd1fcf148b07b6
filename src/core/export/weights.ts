import type { HostTensor, NamedTensors, TensorInPieces } from '../checkpoint/tensors';
import { modelSpec } from '../models';
import { type Layout, theirRows, theirShape, unchanged } from '../models/layout';
import type { ModelChoice } from '../models/network';
import { sizeOf } from '../models/spec';
import type { Exported } from './format';

/** The model as files of others have it. */
export function elsewhere(model: ModelChoice): ModelChoice {
  const { elsewhere: of } = modelSpec(model.id);
  return of ? { ...model, config: of(model.config) } : model;
}

/** What files of others have: the model's parameters in the order of its specification, without moments, and zeros that it is without. */
export function weightsOf({ info, snapshot }: Pick<Exported, 'info' | 'snapshot'>): NamedTensors {
  const { id, config, vocabulary } = info.model;
  const { params } = modelSpec(id);
  const own = params(config, vocabulary);
  const table = Object.entries(params(elsewhere(info.model).config, vocabulary));
  return new Map(
    table.map(([name, { shape }]) => [name, Object.hasOwn(own, name) ? snapshot.tensors.get(name)! : zeros(shape)]),
  );
}
const zeros = (shape: readonly number[]): HostTensor => ({ shape, data: new Float32Array(sizeOf(shape)) });

/** How Hugging Face lays the model out. */
export function hubLayout(model: ModelChoice): Layout {
  const { id, config, vocabulary } = elsewhere(model);
  const { huggingFace, params } = modelSpec(id);
  return huggingFace?.layout?.(config) ?? unchanged(Object.keys(params(config, vocabulary)));
}

/** The same as Hugging Face has them, made while they are read. */
export function hubWeights(exported: Pick<Exported, 'info' | 'snapshot'>): ReadonlyMap<string, TensorInPieces> {
  const { model } = exported.info;
  const laid = laidOut(weightsOf(exported), hubLayout(model));
  const copies = modelSpec(model.id).huggingFace?.copies?.(model.config) ?? [];
  return new Map([
    ...laid,
    ...copies.flatMap(({ name, of, isWritten }) => (isWritten ? [[name, laid.get(of)!] as const] : [])),
  ]);
}

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

export const laidOut = (ours: NamedTensors, layout: Layout): ReadonlyMap<string, TensorInPieces> =>
  new Map(
    layout.map((piece) => {
      const tensor = ours.get(piece.of)!;
      return [piece.name, { shape: theirShape(piece, tensor.shape), pieces: () => theirRows(piece, tensor) }];
    }),
  );

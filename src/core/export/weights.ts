import type { HostTensor, NamedTensors, TensorInPieces } from '../checkpoint/tensors';
import { modelSpec, paramsOf } from '../models';
import { type FolderFormat, folderFormat } from '../models/folderFormat';
import type { Copy } from '../models/interop';
import { type Layout, theirRows, theirShape, unchanged } from '../models/layout';
import type { ModelChoice } from '../models/network';
import { sizeOf } from '../models/spec';
import type { Exported } from './format';

/** The model in the form that other programs store. */
export function elsewhere(model: ModelChoice): ModelChoice {
  const { elsewhere: of } = modelSpec(model.id);
  return of ? { ...model, config: of(model.config) } : model;
}

/** The model in the form that its folder stores. */
export const inFolder = (model: ModelChoice, { isOwn }: FolderFormat = folderFormat(model)): ModelChoice =>
  isOwn ? model : elsewhere(model);

/**
 * The model's parameters in the order of its specification, without moments; adds zeros for weights that only the file has.
 * @param as the model of the file; by default as other programs store it
 */
export function weightsOf(
  { info, snapshot }: Pick<Exported, 'info' | 'snapshot'>,
  as: ModelChoice = elsewhere(info.model),
): NamedTensors {
  const own = paramsOf(info.model);
  return new Map(
    Object.entries(paramsOf(as)).map(([name, { shape }]) => [
      name,
      Object.hasOwn(own, name) ? snapshot.tensors.get(name)! : zeros(shape),
    ]),
  );
}
const zeros = (shape: readonly number[]): HostTensor => ({ shape, data: new Float32Array(sizeOf(shape)) });

/** Hugging Face's layout of the model. */
export function hubLayout(model: ModelChoice): Layout {
  const { id, config, vocabulary } = elsewhere(model);
  const { huggingFace, params } = modelSpec(id);
  return huggingFace?.layout?.(config) ?? unchanged(Object.keys(params(config, vocabulary)));
}

/** Layout of the model's folder: Hugging Face's, or ours. */
export const folderLayout = (model: ModelChoice, format: FolderFormat = folderFormat(model)): Layout =>
  format.isOwn ? unchanged(Object.keys(paramsOf(model))) : hubLayout(model);

/** Weights in Hugging Face's layout, converted while they are read. */
export function hubWeights(exported: Pick<Exported, 'info' | 'snapshot'>): ReadonlyMap<string, TensorInPieces> {
  const { model } = exported.info;
  const laid = laidOut(weightsOf(exported), hubLayout(model));
  return withCopies(laid, modelSpec(model.id).huggingFace?.copies?.(model.config));
}

/** Weights in the folder's layout, converted while they are read. */
export function folderWeights(exported: Pick<Exported, 'info' | 'snapshot'>): ReadonlyMap<string, TensorInPieces> {
  const { model } = exported.info;
  const laid = laidOut(weightsOf(exported, inFolder(model)), folderLayout(model));
  return withCopies(laid, folderFormat(model).copies?.(model.config));
}

const withCopies = (
  laid: ReadonlyMap<string, TensorInPieces>,
  copies: readonly Copy[] = [],
): ReadonlyMap<string, TensorInPieces> =>
  new Map([
    ...laid,
    ...copies.flatMap(({ name, of, isWritten }) => (isWritten ? [[name, laid.get(of)!] as const] : [])),
  ]);

/**
 * Optimizer state in the folder's layout. A tensor with the shape of a weight has the weight's layout, and its name is
 * the optimizer's prefix plus the weight's name. Others are unchanged.
 */
export function folderMoments({
  info,
  snapshot,
}: Pick<Exported, 'info' | 'snapshot'>): ReadonlyMap<string, TensorInPieces> {
  const weights = weightsOf({ info, snapshot }, inFolder(info.model));
  const layout = folderLayout(info.model);
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
/** Name of the weight that a moment such as `adam.m.<weight>` belongs to. */
const ownerOf = (moment: string, weights: Iterable<string>): string | undefined =>
  [...weights].find((name) => moment.endsWith(`.${name}`));

export const laidOut = (ours: NamedTensors, layout: Layout): ReadonlyMap<string, TensorInPieces> =>
  new Map(
    layout.map((piece) => {
      const tensor = ours.get(piece.of)!;
      return [piece.name, { shape: theirShape(piece, tensor.shape), pieces: () => theirRows(piece, tensor) }];
    }),
  );

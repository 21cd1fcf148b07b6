/** Converts tensors of external files to ours: checks names and shapes, then assembles them from their pieces. */
import { badFile } from '../base/errors';
import type { Job } from '../base/job';
import { firstNonFinite, type HostTensor } from '../checkpoint/tensors';
import { fromTheirs, type Layout, type Piece, theirShape } from '../models/layout';
import { type ParamTable, sizeOf } from '../models/spec';
import type { Weights } from './openWeights';

/** Tensor shapes by name. `linear`: the tensor becomes the matrix of a linear layer in the parameter table. */
export type Shapes = ReadonlyMap<string, { shape: readonly number[]; linear?: true }>;

/** Shapes in a file of this layout, by the file's names. */
export const shapesOf = (layout: Layout, table: ParamTable): Shapes =>
  new Map(
    layout.map((piece) => {
      const { shape, linear } = table[piece.of]!;
      return [piece.name, { shape: theirShape(piece, shape), ...(linear && { linear }) }];
    }),
  );

/**
 * Requires exactly the model's names and shapes; reports the first twenty differences.
 * @param by file that defines the model
 */
export function compare(file: string, expected: Shapes, found: Shapes, by = 'config.json'): void {
  const show = (shape: readonly number[]): string => `[${shape.join(', ')}]`;
  const differences: string[] = [];
  for (const [name, { shape }] of expected) {
    const other = found.get(name)?.shape;
    if (!other) differences.push(`${name} is missing`);
    else if (show(other) !== show(shape)) differences.push(`${name} is ${show(other)}, not ${show(shape)}`);
  }
  for (const name of found.keys())
    if (!expected.has(name)) differences.push(`${name.slice(0, 80)} is not part of the model`);
  if (differences.length === 0) return;
  throw badFile(
    `${file} does not fit ${by} in ${differences.length} places: ${differences.slice(0, 20).join('; ')}`,
    'Nothing was stored. The files belong to different models: copy or download both again from one place.',
  );
}

/** A tensor to read: `slot`, the prefix of its pieces' names such as `adam.m.` for a moment, and `of`, its weight. */
export interface Wanted {
  file: Weights;
  of: string;
  slot: string;
}

/** Reads all tensors, and loads pieces one at a time. @throws HomegrownError `bad-file` at a non-finite value */
export async function readTensors(
  all: readonly Wanted[],
  layout: Layout,
  table: ParamTable,
  job: Job,
): Promise<Map<string, HostTensor>> {
  const tensors = new Map<string, HostTensor>();
  for (const [done, { file, of, slot }] of all.entries()) {
    job.signal.throwIfAborted();
    const name = slot + of;
    job.report({ label: `Reading ${name}`, done, of: all.length, unit: 'tensors' });
    const pieces = layout.filter((piece) => piece.of === of);
    const tensor = await assembled(file, slot, pieces, table[of]!.shape, job);
    const bad = firstNonFinite(new Map([[name, tensor]]));
    if (bad !== undefined) throw badFile(`${file.file}: ${bad} is not a finite number`, DIVERGED);
    tensors.set(name, tensor);
  }
  return tensors;
}

async function assembled(
  file: Weights,
  slot: string,
  pieces: readonly Piece[],
  shape: readonly number[],
  { signal }: Pick<Job, 'signal'>,
): Promise<HostTensor> {
  const [first] = pieces as [Piece];
  if (pieces.length === 1 && isWhole(first)) return file.load(slot + first.name);
  const ours = { shape, data: new Float32Array(sizeOf(shape)) };
  for (const piece of pieces) {
    signal.throwIfAborted();
    fromTheirs(piece, (await file.load(slot + piece.name)).data, ours);
  }
  return ours;
}
const isWhole = ({ rows, columns, transposed, pairedHeads }: Piece): boolean =>
  !rows && !columns && !transposed && !pairedHeads;

const DIVERGED = 'Nothing was stored. Its training diverged; use an earlier step.';

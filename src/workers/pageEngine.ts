import { badFile, HomegrownError } from '../core/base/errors';
import { unwatched } from '../core/base/job';
import { formatBytes } from '../core/base/units';
import { hubLayout } from '../core/export/weights';
import { modelSpec } from '../core/models';
import { theirShape } from '../core/models/layout';
import { sizeOf } from '../core/models/spec';
import type { SecondEngine } from '../core/verify/compare';
import type { ReadBack } from '../core/verify/readBack';
import { asDistribution } from '../core/verify/asDistribution';
import { isInFours, type Kernels, type PageForward } from '../core/models/page';
import { labelScoresOf } from '../page/labelScoresOf';
import { plainKernels } from '../page/kernels';
import { nextScores } from '../page/nextScores';
import { simdKernels } from '../page/simdKernels';

/**
 * The offline page's forward pass, which is independent of training: without TensorFlow.js, with its own WebAssembly products.
 * The caller has checked that the model has one (`uncheckable`).
 * @throws HomegrownError `bad-file` if a weight is missing or has another size, `out-of-memory`
 */
export async function pageEngine(readBack: ReadBack): Promise<SecondEngine> {
  const { model, weights } = readBack;
  checkComplete(readBack);
  const { page } = await modelSpec(model.id).page!();
  const kernels = kernelsFor(readBack, page);
  const placed = new Map<string, Float32Array>();
  for (const [name, values] of weights) {
    const buffer = kernels.floats(values.length);
    buffer.set(values);
    placed.set(name, buffer);
    weights.delete(name);
  }
  const reader = page.reader(model, (name) => placed.get(name)!, kernels);
  const { context, classes } = model.config;
  let next = nextScores(reader, context);
  let lastSource: readonly number[] | undefined;
  return {
    name: 'a second program on this computer',
    async scores(ids, { at, source } = {}) {
      if (classes) return asDistribution(classes, labelScoresOf(reader, page.kind, ids));
      if (at !== undefined) {
        reader.read(ids, 0);
        return reader.scores(at).slice();
      }
      if (source && source !== lastSource) {
        reader.source!(source);
        lastSource = source;
        next = nextScores(reader, context);
      }
      return (await next(ids, unwatched.signal))!.slice();
    },
  };
}

function checkComplete({ model, weights }: ReadBack): void {
  const { id, config, vocabulary } = model;
  if (config.layers > weights.size) throw badFile(`It has ${weights.size} tensors for ${config.layers} layers`);
  const table = modelSpec(id).params(config, vocabulary);
  for (const piece of hubLayout(model)) {
    const { name } = piece;
    const [actual, size] = [weights.get(name)?.length, sizeOf(theirShape(piece, table[piece.of]!.shape))];
    if (actual !== size) throw badFile(`${name} has ${actual ?? 'no'} values instead of ${size}`);
  }
}

function kernelsFor({ model, weights }: ReadBack, page: PageForward): Kernels {
  if (!isInFours(page, model)) return plainKernels;
  const floats = [...weights.values()].reduce((sum, values) => sum + values.length, page.workspaceOf(model));
  try {
    return simdKernels(floats);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new HomegrownError(
      'out-of-memory',
      `Verifying the file needs ${formatBytes(4 * floats)} of memory, more than the browser gives`,
      'The file was downloaded. To verify it, close other tabs and export again.',
    );
  }
}

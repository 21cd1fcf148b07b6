/** A small untrained model as the files of a folder, for export tests. */
import type { HostTensor } from '../../src/core/checkpoint/tensors';
import type { Exported } from '../../src/core/export/format';
import { modelSpec } from '../../src/core/models';
import { sizeOf } from '../../src/core/models/spec';
import { createTokenizer } from '../../src/core/tokenizer/byteLevel';
import { trainTokenizer } from '../../src/core/tokenizer/train';
import { DEFAULT_RECIPE } from '../../src/core/train/recipe';
import { unwatched } from '../../src/core/base/job';
import { allFormats } from '../../src/core/export/formats';

/** Every weight and moment is `mark`, and so is the step: files of two such models together are found out. */
export async function markedModel(mark: number): Promise<Exported> {
  const tokenizer = await createTokenizer(await trainTokenizer({ kind: 'bytes', vocabulary: 0 }, [], unwatched));
  const model = {
    id: 'gpt',
    config: { layers: 1, heads: 2, width: 16, context: 16 },
    vocabulary: tokenizer.size,
  } as const;
  const params = Object.entries(modelSpec(model.id).params(model.config, model.vocabulary));
  const filled = ({ shape }: { shape: readonly number[] }): HostTensor => ({
    shape,
    data: new Float32Array(sizeOf(shape)).fill(mark),
  });
  const tensors = new Map(
    ['', 'adam.m.', 'adam.v.'].flatMap((prefix) =>
      params.map(([name, parameter]) => [prefix + name, filled(parameter)] as const),
    ),
  );
  const state = { step: mark, tokensSeen: mark, activeMs: 0, best: null };
  const facts = { version: 2, id: 'marked', name: 'marked', createdAt: 0, device: null, result: null } as const;
  return {
    name: `marked-${mark}`,
    info: { ...facts, model, segments: [{ after: 0, recipe: DEFAULT_RECIPE, data: null }], tokenizer: 'bytes', state },
    snapshot: { state, tensors },
    tokenizer,
    events: [],
    tokens: null,
    formats: allFormats(),
  };
}

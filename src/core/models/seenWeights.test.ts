import { beforeAll, describe, test } from 'vitest';
import { DECODERS } from '../../testing/decoding';
import { DOCUMENTS, expectWeights } from '../../testing/seenWeights';
import { SINGLE_THREAD_BACKENDS } from '../../testing/wasm';
import { modelIds, modelSpec } from '.';
import { usualConfig } from './spec';

describe.each(SINGLE_THREAD_BACKENDS)('on %s', (_, use) => {
  beforeAll(async () => {
    await use();
  });
  test.each(modelIds())('a hook sees the attention weights of %s', (id) =>
    expectWeights({
      ...{ id, vocabulary: 33 },
      config: usualConfig(modelSpec(id), { layers: 2, heads: 4, width: 16, context: 12 }),
    }),
  );
  test.each(Object.entries(DECODERS))('a hook sees the attention weights of %s', (_name, choice) =>
    expectWeights(choice),
  );
  test.each(['GPT', 'Llama with QK-norm and a window'])('%s: a document sees itself only', (name) =>
    expectWeights(DECODERS[name]!, DOCUMENTS),
  );
});

import { beforeAll, test } from 'vitest';
import { DECODERS } from '../../testing/decoding';
import { DOCUMENTS, expectWeights } from '../../testing/seenWeights';
import { openGpu } from '../gpu/backend';
import { modelIds, modelSpec } from '.';
import { usualConfig } from './spec';

beforeAll(async () => {
  await openGpu();
});

test.each(modelIds())('a hook sees the attention weights of %s', (id) =>
  expectWeights({
    ...{ id, vocabulary: 33 },
    config: usualConfig(modelSpec(id), { layers: 2, heads: 4, width: 16, context: 12 }),
  }),
);
test('a document sees itself only', () => expectWeights(DECODERS['Llama with QK-norm and a window']!, DOCUMENTS));

import { beforeAll, test } from 'vitest';
import { type Gpu, openGpu } from '../gpu/backend';
import { DECODERS, ENCODER } from '../../testing/decoding';
import { expectSameBits } from '../../testing/sameBits';
import { t5Choice } from '../../testing/t5';

let gpu: Gpu;
beforeAll(async () => {
  gpu = await openGpu();
});

test.each(Object.entries({ ...DECODERS, BERT: ENCODER, T5: t5Choice() }))(
  '%s: the same seed gives the same bits, also after a resume',
  async (_, choice) => {
    await expectSameBits(choice);
    gpu.check();
  },
);

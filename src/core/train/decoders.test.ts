/** Properties of a run of any architecture. */
import { beforeAll, expect, test } from 'vitest';
import { DECODERS, ENCODER } from '../../testing/decoding';
import { expectSameBits, sixSteps } from '../../testing/sameBits';
import { t5Choice } from '../../testing/t5';
import { useSingleThreadWasm } from '../../testing/wasm';

beforeAll(useSingleThreadWasm);

test.each(Object.entries({ ...DECODERS, BERT: ENCODER, T5: t5Choice() }))(
  '%s: the same seed gives the same bits, also after a resume',
  (_, choice) => expectSameBits(choice),
);
test.each(Object.entries(DECODERS))('%s: attention dropout has its own masks, in training only', async (_, choice) => {
  const [none, stated, some] = [
    await sixSteps(choice),
    await sixSteps(choice, { attentionDropout: 0 }),
    await sixSteps(choice, { attentionDropout: 0.3 }),
  ];
  expect(stated).toEqual(none);
  const together = await sixSteps(choice, { attentionDropout: 0.3, dropout: 0.1 });
  const first = [none, some, together].map(({ losses }) => losses[0]!);
  expect(new Set(first).size).toBe(3);
  for (const loss of first) expect(Math.abs(loss - Math.log(257))).toBeLessThan(0.2);
  expect(some.saved[0]!.tensors).toEqual(none.saved[0]!.tensors);
});

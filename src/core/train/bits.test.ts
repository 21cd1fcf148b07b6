import { describe, expect, test } from 'vitest';
import { stepBits } from '../../testing/stepBits';
import { HOST_BACKENDS } from '../../testing/wasm';

/** Recorded with a build of 7bac939: losses of three steps, validation losses before and after, and all tensors. */
const BITS = {
  cpu: {
    8: {
      losses: [5.536324501037598, 5.537227153778076, 4.989214897155762, 4.710168361663818, 4.6631975173950195],
      hash: '755d462c47dd5695a516664a2459fda11754386e9f4d85179c94d073fa778e7e',
    },
    12: {
      losses: [5.536324501037598, 5.538137912750244, 4.984811782836914, 4.710289478302002, 4.663597583770752],
      hash: '57b7ad9af410681afba125210927d2466f0e287c45153d0ae5c9513b24f6c225',
    },
  },
  wasm: {
    8: {
      losses: [5.536325454711914, 5.537224769592285, 4.9892168045043945, 4.710170269012451, 4.663196563720703],
      hash: 'ce54f49c179d29d8ff36d535e62e910e912e77d811b1a4a9c3d08d7b840d3962',
    },
    12: {
      losses: [5.536325454711914, 5.538137435913086, 4.984809398651123, 4.710287570953369, 4.663597583770752],
      hash: 'e3453ad0b70d778fa4114b28c8325f28200fd94b2a492194b7b04c3d6c483d14',
    },
  },
} as const;

describe.each(HOST_BACKENDS)('on %s', (name, use) => {
  // 768 isn't a power of two, so x / 768 and x (1 / 768) differ.
  test.each([8, 12] as const)(
    'losses, weights and moments of steps of %i x 64 tokens keep their bits',
    async (rows) => {
      await use();
      expect(await stepBits(rows)).toEqual(BITS[name][rows]);
    },
  );
});

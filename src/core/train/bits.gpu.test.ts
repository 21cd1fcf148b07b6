import { expect, test } from 'vitest';
import { openGpu } from '../gpu/backend';
import { expectClose } from '../../testing/checkOp';
import { stepBits } from '../../testing/stepBits';

/** Recorded with a build of 7bac939 on this adapter; rounding may differ on others. */
const ADAPTER = 'llvmpipe: Mesa 25.0.7-2+deb13u1 (LLVM 19.1.7) 0.0.1';
const BITS = {
  8: {
    losses: [5.536324501037598, 5.537227630615234, 4.989214897155762, 4.710168838500977, 4.663197994232178],
    hash: 'c85e91eb78cc29b1bf11584a9b61140e4d7eb113096b36276458dbdab7f96e86',
  },
  12: {
    losses: [5.536324501037598, 5.538138389587402, 4.984811782836914, 4.71028995513916, 4.66359806060791],
    hash: 'cc4cebb1f0c910a47a225f58d08f85ca884cb3143674cb775d664d9b3edcd91d',
  },
} as const;

test.each([8, 12] as const)('losses, weights and moments of steps of %i x 64 tokens keep their bits', async (rows) => {
  const { adapter } = await openGpu();
  const got = await stepBits(rows);
  expectClose(got.losses, BITS[rows].losses, 1e-5, 'losses');
  if (adapter.name === ADAPTER && adapter.lanes === 8) expect(got).toEqual(BITS[rows]);
});

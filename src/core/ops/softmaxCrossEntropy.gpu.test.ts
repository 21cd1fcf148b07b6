import { afterAll, beforeAll, describe } from 'vitest';
import { stream } from '../base/rng';
import { openGpu } from '../gpu/backend';
import { floats, integers } from '../testing/checkOp';
import { checkOnGpu } from '../testing/checkOnGpu';
import { capBindings } from '../testing/dawn';
import { SOFTMAX_CROSS_ENTROPY } from './softmaxCrossEntropy';

for (const [N, C, V, logitBytes] of [
  [1, 3, 2, 1e9],
  [65, 16, 127, 1e9],
  [200, 8, 65, 64 * 65 * 4], // four blocks
  [130, 4, 700, 1], // never below 64 rows
  [3, 127, 33, 1e9],
  [127, 5, 64, 1e9],
  [70_000, 2, 3, 1e9],
] as const) {
  const at = stream(V, 'targets', 0);
  const targets = integers(
    [N],
    Array.from({ length: N }, (_, n) => (n % 5 === 4 ? -1 : at(n) % V)),
  );
  const sample = { hidden: floats([N, C]), classifier: floats([V, C], 1, 1), targets, weight: integers([1], [N + 3]) };
  checkOnGpu(`cross-entropy of ${N} rows, ${V} tokens, ${logitBytes} bytes`, SOFTMAX_CROSS_ENTROPY, sample, {
    logitBytes,
  });
  const biased = { ...sample, bias: floats([V], 1, 2) };
  if (N < 1000) {
    checkOnGpu(`with a bias, ${N} rows, ${V} tokens, ${logitBytes} bytes`, SOFTMAX_CROSS_ENTROPY, biased, {
      logitBytes,
    });
  }
}
describe('where a binding holds a part of the classifier', () => {
  const bytes = 64 * 2 ** 10;
  let cap: { undo(): void } | undefined;
  beforeAll(async () => (cap = capBindings((await openGpu()).device, bytes)));
  afterAll(() => cap?.undo());
  const [N, C, V] = [70, 100, 250]; // 100 kB: two parts, for two blocks of rows
  const sample = {
    hidden: floats([N, C]),
    classifier: floats([V, C], 1, 1),
    bias: floats([V], 1, 2),
    targets: integers(
      [N],
      Array.from({ length: N }, (_, n) => (n % 5 === 4 ? -1 : (n * 97) % V)),
    ),
    weight: integers([1], [N]),
  };
  checkOnGpu('cross-entropy of a classifier in two parts', SOFTMAX_CROSS_ENTROPY, sample, { logitBytes: 1e9 });
});

import { stream } from '../base/rng';
import { floats, integers } from '../testing/checkOp';
import { checkOnGpu, startDawn } from '../testing/checkOnGpu';
import { SOFTMAX_CROSS_ENTROPY } from './softmaxCrossEntropy';

startDawn();
for (const [N, C, V, logitBytes] of [
  [1, 3, 2, 1e9],
  [65, 16, 127, 1e9],
  [200, 8, 65, 64 * 65 * 4], // four blocks
  [130, 4, 700, 1], // never below 64 rows
] as const) {
  const at = stream(V, 'targets', 0);
  const targets = integers(
    [N],
    Array.from({ length: N }, (_, n) => (n % 5 === 4 ? -1 : at(n) % V)),
  );
  const sample = { hidden: floats([N, C]), classifier: floats([V, C], 1, 1), targets };
  checkOnGpu(`cross-entropy of ${N} rows, ${V} tokens, ${logitBytes} bytes`, SOFTMAX_CROSS_ENTROPY, sample, {
    logitBytes,
  });
}

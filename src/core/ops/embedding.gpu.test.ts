import { stream } from '../base/rng';
import { floats, integers } from '../testing/checkOp';
import { checkOnGpu } from '../testing/checkOnGpu';
import { EMBEDDING } from './embedding';

for (const [B, T, V, C, places] of [
  [1, 1, 2, 3, 1],
  [1, 3, 4, 5, 3],
  [1, 65, 9, 12, 70],
  [1, 127, 40, 3, 127],
  [3, 65, 7, 127, 65],
  [33, 40, 130, 8, 48],
  [1000, 70, 5, 3, 70],
] as const) {
  const at = stream(V, 'ids', 0);
  const ids = integers(
    [B, T],
    Array.from({ length: B * T }, (_, i) => at(i) % V),
  );
  const tokens = floats([V, C]);
  const positions = floats([places, C], 1, 1);
  const sizes = { vocabulary: V, places };
  checkOnGpu(`embedding of ${B} x ${T} ids of ${V}`, EMBEDDING, { ids, tokens, positions }, sizes);
  checkOnGpu(`${B} x ${T} ids without positions`, EMBEDDING, { ids, tokens }, { ...sizes, places: 0 });
}

/** Sizes of an architecture on the size dial. */
import { countParams, type BaseConfig, type ModelSpec } from '../../core/models/spec';

/** Factor between two tries: the ruler's own step. */
const STEP = 1.03;
const MIN = 1e5;
const MAX = 1e8;

/** Next larger (1) or smaller (-1) size that the dial can set, in parameters; undefined at its end. */
export function nextSize<C extends BaseConfig>(
  spec: ModelSpec<C>,
  vocabulary: number,
  now: number,
  direction: 1 | -1,
): number | undefined {
  for (let size = now; size >= MIN / STEP && size <= MAX * STEP; size *= STEP ** direction) {
    const parameters = countParams(spec.params(spec.sized(size, vocabulary), vocabulary));
    if (direction * (parameters - now) > 0) return parameters;
  }
  return undefined;
}

import { unwatched } from '../core/base/job';
import type { SecondEngine } from '../core/verify/compare';
import { gpt, workspaceOf } from '../page/gpt';
import { plainKernels } from '../page/kernels';
import { nextScores } from '../page/nextScores';
import { simdKernels } from '../page/simdKernels';
import type { Written } from './written';

/**
 * The offline page's forward pass: written apart from the one that trains, without TensorFlow.js, and with its own products
 * on WebAssembly.
 */
export function pageEngine({ model, weights }: Written): SecondEngine {
  const floats = [...weights.values()].reduce((sum, values) => sum + values.length, 0);
  const kernels = model.config.width % 8 === 0 ? simdKernels(floats + workspaceOf(model)) : plainKernels;
  const held = new Map<string, Float32Array>();
  for (const [name, values] of weights) {
    const place = kernels.floats(values.length);
    place.set(values);
    held.set(name, place);
    weights.delete(name);
  }
  const next = nextScores(
    gpt(model, (name) => held.get(name)!, kernels),
    model.config.context,
  );
  return { name: 'an independent reader', scores: async (ids) => (await next(ids, unwatched.signal))!.slice() };
}

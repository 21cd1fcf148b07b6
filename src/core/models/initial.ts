/** Initial weights, before training. */
import { normals } from '../base/rng';
import { modelSpec } from '.';
import type { ModelChoice, Values } from './network';
import { type Parameter, type ParamTable, sizeOf } from './spec';

/** Returns initial weights from the specification's initializers. */
export const initialValues = ({ id, config, vocabulary }: ModelChoice, seed: number): Values =>
  drawn(modelSpec(id).params(config, vocabulary), seed);

/** Draws each parameter from its own stream of the seed, so that the order doesn't matter. */
export function drawn(table: ParamTable, seed: number): Values {
  return new Map(
    Object.entries(table).map(([name, parameter]) => {
      const { shape, init } = parameter;
      const size = sizeOf(shape);
      const stdAt = deviations(parameter);
      const data =
        init === 'zeros'
          ? new Float32Array(size)
          : init === 'ones'
            ? new Float32Array(size).fill(1)
            : normals(seed, `initial ${name}`, size).map((x, i) => x * stdAt(i));
      return [name, { shape, data }];
    }),
  );
}

/** Returns the standard deviation of each element of a parameter, by its index. */
function deviations({ shape, init, widths }: Parameter): (at: number) => number {
  const std = typeof init === 'object' ? init.std : 0;
  if (typeof std === 'number') return () => std;
  const ofColumns = widths!.flatMap((width, i) => Array<number>(width).fill(std[i]!));
  return (at) => ofColumns[at % shape[1]!]!;
}

/** Size and spectrum of each tensor. */
import { formatReading } from '../../src/core/base/units';
import { inColumns } from '../table';
import { print } from '../terminal';
import { inFloat, type Printer } from './printer';

export const weightsPrinter: Printer<'weights'> = {
  json: ({ weights }) => ({
    tensors: weights.map(({ name, columns, shape, norm, mean, deviation, max, spectrum }) => ({
      name,
      ...(columns && { columns }),
      shape,
      norm: inFloat(norm),
      mean: inFloat(mean),
      deviation: inFloat(deviation),
      max: inFloat(max),
      ...(spectrum && {
        stableRank: inFloat(spectrum.stableRank),
        effectiveRank: inFloat(spectrum.effectiveRank),
        singularValues: Array.from(spectrum.values, inFloat),
      }),
    })),
  }),

  print({ weights }) {
    const rows = weights.map(({ name, columns, shape, norm, deviation, max, spectrum }) => [
      columns ? `${name}, columns ${columns[0]} to ${columns[1] - 1}` : name,
      shape.join(' × '),
      ...[norm, deviation, max].map(formatReading),
      ...(spectrum
        ? [spectrum.values[0]!, spectrum.stableRank, spectrum.effectiveRank].map(formatReading)
        : ['', '', '']),
    ]);
    const head = ['tensor', 'shape', 'norm', 'deviation', 'max', 'top singular value', 'stable rank', 'effective rank'];
    for (const line of inColumns([head, ...rows], 2)) print(line);
  },
};

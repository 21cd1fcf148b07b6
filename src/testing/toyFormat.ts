/** Minimal export format: weights as lines of text. */
import type { Format } from '../core/export/format';
import { weightsOf } from '../core/export/weights';
import { textFile } from '../core/files/byteSource';
import { BOUND_OF_F32 } from '../core/verify/check';

export const toy: Format = {
  card: {
    name: 'Table of weights',
    purpose: 'Look at every weight',
    opensIn: 'any editor of text',
    holds: 'one file, a line for each tensor',
    howToLoad: () => [{ title: 'A look at the table of weights', language: 'sh', code: 'less model.weights.txt' }],
  },
  precision: { label: 'Digits', bits: 80 },
  kind: 'file',
  problem: ({ model: { config } }) => (config.width > 1000 ? 'A table of so many weights cannot be looked at' : null),
  files(exported) {
    const lines = [...weightsOf(exported)].map(([name, { data }]) => [name, ...data].join(' '));
    return [textFile(`${exported.name}.weights.txt`, lines.join('\n'))];
  },
  check: {
    engine: 'page',
    async opens(file, model) {
      const text = new TextDecoder().decode(await file.read(0, file.size));
      const rows = text.split('\n').map((line) => line.split(' '));
      return { model, weights: new Map(rows.map(([name, ...values]) => [name!, Float32Array.from(values, Number)])) };
    },
    bound: BOUND_OF_F32,
  },
};

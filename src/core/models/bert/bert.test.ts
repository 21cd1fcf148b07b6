import { expect, test } from 'vitest';
import { type BaseConfig, countParams } from '../spec';
import type { BertConfig } from './sizes';
import { bert } from './spec';

const USUAL = { hidden: 0, tanh: false, tokenTypes: 2, normEpsilon: 1e-12 };
const of = (sizes: BaseConfig): BertConfig => ({ ...sizes, ...USUAL });
const base = of({ layers: 12, heads: 12, width: 768, context: 512 });

test('BERT base, uncased, has the published number of parameters', () => {
  expect(countParams(bert.params(base, 30_522))).toBe(109_514_298);
});
test('only matrices and the token embedding have weight decay', () => {
  const table = bert.params(of({ layers: 1, heads: 3, width: 12, context: 7 }), 11);
  const decayed = Object.entries(table).flatMap(([name, { decay }]) => (decay ? [name] : []));
  expect(decayed).toEqual([
    'bert.embeddings.word_embeddings.weight',
    'bert.encoder.layer.0.attention.self.qkv.weight',
    'bert.encoder.layer.0.attention.output.dense.weight',
    'bert.encoder.layer.0.intermediate.dense.weight',
    'bert.encoder.layer.0.output.dense.weight',
    'cls.predictions.transform.dense.weight',
  ]);
});
test('unsupported sizes report why', () => {
  expect(bert.problems({ ...base, heads: 5 })).toEqual([
    { field: 'heads', message: "The width of 768 isn't a multiple of 5 heads.", between: ['width', 'heads'] },
  ]);
  const wrong = { ...base, layers: 0, tokenTypes: 0, normEpsilon: 0 };
  expect(bert.problems(wrong).map(({ field }) => field)).toEqual(['layers', 'tokenTypes', 'normEpsilon']);
});
test('the size dial gives runnable configs that grow with it', () => {
  const counts = [1e4, 1e5, 1e6, 1e7, 1e8, 1e9].map((wanted) => {
    const config = bert.sized(wanted, 4096);
    expect(bert.problems(config)).toEqual([]);
    return countParams(bert.params(config, 4096));
  });
  expect(counts).toEqual([...counts].sort((a, b) => a - b));
  expect(counts[3]! / 1e7).toBeGreaterThan(0.7);
  expect(counts[3]! / 1e7).toBeLessThan(1.4);
  expect(bert.presets.flatMap(({ config }) => bert.problems(config))).toEqual([]);
});

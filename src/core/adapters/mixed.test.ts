import fc from 'fast-check';
import { expect, test } from 'vitest';
import { initialValues, type ModelChoice } from '../models/network';
import { paramsOf } from '../models';
import { checkAlike, mixed } from './mixed';
import { propertyRuns } from '../../testing/propertyRuns';

const model: ModelChoice = {
  id: 'gpt',
  config: { layers: 1, heads: 2, width: 8, context: 8 },
  vocabulary: 260,
};
const own = paramsOf(model);
const [one, two] = [1, 2].map((seed) => initialValues(model, seed));

test('interpolates every weight between two models, and equals one of them to the bit at either end', () => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 1, noNaN: true }), (share) => {
      const all = mixed(own, one!, two!, share);
      expect([...all.keys()]).toEqual(Object.keys(own));
      for (const [name, { data, shape }] of all) {
        expect(shape).toEqual(own[name]!.shape);
        const [a, b] = [one!.get(name)!.data, two!.get(name)!.data];
        for (let i = 0; i < data.length; i += 7) {
          const want = share === 0 ? a[i]! : share === 1 ? b[i]! : Math.fround((1 - share) * a[i]! + share * b[i]!);
          expect(data[i]).toBe(want);
        }
      }
    }),
    { numRuns: propertyRuns(20) },
  );
});

test('refuses to mix models of different architectures', () => {
  expect(() => checkAlike(model, { ...model, config: { ...model.config } })).not.toThrow();
  const withLabels = (...labels: string[]) => ({
    ...model,
    config: { ...model.config, classes: { labels, pooling: 'mean' as const } },
  });
  expect(() => checkAlike(withLabels('ham', 'spam'), withLabels('ham', 'spam'))).not.toThrow();
  expect(() => checkAlike(withLabels('ham', 'spam'), withLabels('spam', 'ham'))).toThrow('differ in classes');
  expect(() => checkAlike(model, withLabels('ham', 'spam'))).toThrow('differ in classes');
  expect(() => checkAlike(model, { ...model, vocabulary: 300 })).toThrow('one has 260 tokens and the other 300');
  expect(() => checkAlike(model, { ...model, config: { ...model.config, layers: 2 } })).toThrow('differ in layers');
  expect(() => checkAlike(model, { ...model, id: 'llama' })).toThrow('one is gpt and the other llama');
});

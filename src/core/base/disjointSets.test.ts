import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DisjointSets } from './disjointSets';

test('members are in one set if a chain of pairs joins them, and the smallest names the set', () => {
  const member = fc.nat({ max: 19 });
  fc.assert(
    fc.property(fc.array(fc.tuple(member, member)), (pairs) => {
      const sets = new DisjointSets(20);
      const smallest = Array.from({ length: 20 }, (_, i) => i);
      for (const [a, b] of pairs) {
        sets.join(a, b);
        const [low, high] = [smallest[a]!, smallest[b]!].sort((x, y) => x - y) as [number, number];
        for (let i = 0; i < 20; i++) if (smallest[i] === high) smallest[i] = low;
      }
      expect([...sets.firsts()]).toEqual(smallest);
    }),
  );
});

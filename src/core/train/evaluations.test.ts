import { expect, test } from 'vitest';
import { evaluationsBetween, isEvaluated } from './evaluations';

test('a run is evaluated at its interval, at early steps if enabled, and as often as predicted', () => {
  const plain = { evalEvery: 40, evalEarly: false };
  const early = { evalEvery: 40, evalEarly: true };
  const at = (times: typeof plain, begun: number, last: number): number[] =>
    Array.from({ length: last - begun }, (_, i) => begun + 1 + i).filter((s) => s === last || isEvaluated(times, s));
  expect(at(plain, 0, 130)).toEqual([40, 80, 120, 130]);
  expect(at(early, 0, 130)).toEqual([10, 25, 40, 50, 80, 100, 120, 130]);
  for (const evalEvery of [1, 7, 10, 40, 1000])
    for (const evalEarly of [false, true])
      for (const begun of [0, 10, 25, 99])
        for (const last of [100, 101, 130, 280]) {
          const times = { evalEvery, evalEarly };
          expect(evaluationsBetween(times, begun, last)).toBe(at(times, begun, last).length);
        }
});

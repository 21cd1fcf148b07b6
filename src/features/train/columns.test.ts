import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RunLog } from '../../state/runLog';
import { heldOutCurve, Mapped, partUpTo } from './columns';

test('a mapped column equals a full recomputation after its source grows or shrinks', () => {
  // Values that never repeat at adjacent positions, like steps and times.
  const action = fc.record({
    keep: fc.double({ min: 0, max: 1, noNaN: true }),
    add: fc.array(fc.integer(), { minLength: 1 }),
  });
  fc.assert(
    fc.property(fc.array(action), (actions) => {
      const source: number[] = [];
      const mapped = new Mapped(source, (x) => 2 * x);
      let last = 0;
      for (const { keep, add } of actions) {
        source.length = Math.floor(source.length * keep);
        for (const by of add) source.push((last += 1 + Math.abs(by)));
        expect(mapped.read()).toEqual(source.map((x) => 2 * x));
      }
    }),
  );
});

test('computes each value once, and the last again', () => {
  let calls = 0;
  const source = [1, 2, 3];
  const mapped = new Mapped(source, (x) => {
    calls++;
    return x;
  });
  mapped.read();
  source.push(4);
  mapped.read();
  expect(calls).toBe(5);
});

test('cuts columns at a step, and leaves them alone if nothing follows it', () => {
  const steps = [1, 2, 3];
  const losses = [3, 2, 1];
  expect(partUpTo(steps, 2)(losses)).toEqual([3, 2]);
  expect(partUpTo(steps, 3)(losses)).toBe(losses);
});

test('the held-out curve has tokens and seconds', () => {
  const log = new RunLog();
  log.append({ kind: 'evaluated', step: 0, loss: 5, metrics: { bitsPerByte: { value: 2 } }, activeMs: 0, sample: '' });
  log.append({
    kind: 'evaluated',
    step: 4,
    loss: 4,
    metrics: { bitsPerByte: { value: 2 } },
    activeMs: 500,
    sample: '',
  });
  expect(heldOutCurve(log, (step) => 32 * step)).toEqual({
    step: [0, 4],
    loss: [5, 4],
    tokens: [0, 128],
    seconds: [0, 0.5],
  });
  expect(heldOutCurve(log, (step) => 32 * step, 3).step).toEqual([0]);
});

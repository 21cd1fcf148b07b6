import { expect, test } from 'vitest';
import { continued } from '../testing/continued';
import { continuations, goldenStore } from '../testing/golden';

test.each(continuations().filter(({ device }) => device === 'WebGPU'))(
  'resumes run $runId of an older build from step $from with the losses of that build, on WebGPU',
  async (continuation) => {
    const now = await continued(await goldenStore(), continuation);
    expect(now).toHaveLength(continuation.steps.length);
    for (const [i, [step, loss]] of continuation.steps.entries()) {
      expect(now[i]![0]).toBe(step);
      expect(Math.abs(now[i]![1] - loss), `step ${step}`).toBeLessThan(1e-5);
    }
  },
);

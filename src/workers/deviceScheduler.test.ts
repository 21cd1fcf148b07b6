import { expect, test } from 'vitest';
import { yieldToEventLoop } from '../core/base/job';
import { SHARE, deviceScheduler } from './deviceScheduler';

/** Runs steps and jobs of pieces on a simulated clock; each takes the given number of milliseconds. */
async function race(steps: number, stepMs: number, jobs: readonly { pieces: number; ms: number }[]) {
  let clock = 0;
  const { withPriority: first, interleaved: concurrent } = deviceScheduler(() => clock);
  const order: string[] = [];
  let trained = 0;
  const run = first(async (pause) => {
    await pause(() => Promise.resolve());
    for (let step = 0; step < steps; step++) {
      clock += stepMs;
      order.push('step');
      await pause(() => Promise.resolve(void order.push('settled')));
    }
    trained = clock;
  });
  await yieldToEventLoop();
  const done = jobs.map(({ pieces, ms }, i) =>
    concurrent(async (pause) => {
      for (let piece = 0; piece < pieces; piece++) {
        clock += ms;
        order.push(String(i));
        await pause();
      }
    }),
  );
  await Promise.all([run, ...done]);
  return { order, trained };
}

test('other jobs take at most their share of the step time, whatever a piece takes, and all of them end', async () => {
  for (const ms of [1, 7, 40, 1000]) {
    const { order, trained } = await race(400, 10, [{ pieces: 3000, ms }]);
    const concurrent = trained - 400 * 10;
    expect(concurrent).toBeGreaterThan(0);
    expect(concurrent).toBeLessThanOrEqual(400 * 10 * SHARE + ms); // the last piece may reach over
    expect(order.filter((who) => who === '0')).toHaveLength(3000);
  }
});

test('parts of one job that pause at once share a turn, and all end', async () => {
  let clock = 0;
  const { withPriority, interleaved } = deviceScheduler(() => clock);
  let isDone = false;
  const run = withPriority(async (pause) => {
    for (let step = 0; step < 100 || !isDone; step++) {
      if (step === 10_000) throw new Error('The work beside the run never ended');
      clock += 10;
      await pause(() => Promise.resolve());
    }
  });
  await yieldToEventLoop();
  const part = async (pause: () => Promise<void>): Promise<void> => {
    for (let piece = 0; piece < 20; piece++) {
      clock++;
      await pause();
    }
  };
  await interleaved(async (pause) => void (await Promise.all([part(pause), part(pause)])));
  isDone = true;
  await run;
});

test('several jobs get pieces in turn, and many pieces per boundary if steps are long', async () => {
  const { order } = await race(4, 1000, [
    { pieces: 40, ms: 10 },
    { pieces: 40, ms: 10 },
  ]);
  const pieces = order.filter((who) => who === '0' || who === '1').slice(0, 40);
  expect(pieces.slice(2).every((who, i) => who !== pieces[i + 1])).toBe(true);
  const boundary = order.slice(order.indexOf('0')).indexOf('step');
  expect(boundary).toBeGreaterThanOrEqual(1000 * SHARE * 0.1);
});

test('submitted steps are awaited only if a job waits, and an unused share does not accumulate', async () => {
  const { order } = await race(20, 10, []);
  expect(order).not.toContain('settled');
  let clock = 0;
  const { withPriority: first, interleaved: concurrent } = deviceScheduler(() => clock);
  let late: Promise<void> | undefined;
  let taken = 0;
  await first(async (pause) => {
    for (let step = 0; step < 100; step++) {
      clock += 10;
      await pause(() => Promise.resolve());
      if (step === 49)
        late = concurrent(async (turn) => {
          for (let piece = 0; piece < 1000; piece++) {
            clock += 1;
            taken++;
            await turn();
          }
        });
    }
    expect(taken).toBeLessThanOrEqual(50 * 10 * SHARE + 1);
  });
  await late;
});

test('a failing task releases the device, and waiting tasks continue when the run fails', async () => {
  let clock = 0;
  const { withPriority: first, interleaved: concurrent } = deviceScheduler(() => clock);
  let waited = false;
  const besides: Promise<unknown>[] = [];
  const run = first(async (pause) => {
    await pause(() => Promise.resolve());
    besides.push(
      concurrent(() => Promise.reject(new Error('no'))),
      concurrent(async (turn) => {
        await turn();
        await turn();
        waited = true;
      }),
    );
    besides[0]!.catch(() => undefined);
    clock += 10;
    await pause(() => Promise.resolve());
    throw new Error('diverged');
  });
  await expect(run).rejects.toThrow('diverged');
  await expect(besides[0]).rejects.toThrow('no');
  await besides[1];
  expect(waited).toBe(true);
});

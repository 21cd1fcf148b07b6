import { expect, expectTypeOf, test, vi } from 'vitest';
import { memoryStore } from '../core/base/blobStore';
import { HomegrownError } from '../core/base/errors';
import type { Progress } from '../core/base/job';
import { halvesOver } from '../testing/behindChannels';
import type { DataApi } from '../protocol/data';
import type { Api } from '../protocol/rpc';
import { serve, type Handlers } from '../workers/serve';
import { connect } from './connect';

interface CountApi {
  count: { input: { to: number }; progress: number; output: { reached: number; stopped: boolean } };
}

/** A client and a server joined by a real message channel, as page and worker are. */
function pair<A extends Api<A> = CountApi>(handlers: Handlers<A>) {
  const spawned: (Worker & { ended: boolean })[] = [];
  const client = connect<A>(() => {
    const { port1, port2 } = new MessageChannel();
    port2.start();
    serve(handlers, port2);
    port1.start();
    const worker = Object.assign(port1, {
      ended: false,
      terminate: () => (worker.ended = true),
    }) as unknown as Worker & {
      ended: boolean;
    };
    spawned.push(worker);
    return worker;
  });
  const close = () => spawned.forEach((w) => (w as unknown as MessagePort).close());
  return { client, spawned, close };
}
const counter: Handlers<CountApi> = {
  async count({ to }, { signal, report }) {
    let reached = 0;
    while (!signal.aborted && reached < to) {
      report(++reached);
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    return { reached, stopped: signal.aborted };
  },
};

test('a job is a contract line and its handler, called like those of a worker', async () => {
  type Extended = DataApi & { reverse: { input: { text: string }; progress: number; output: string } };
  const { data } = halvesOver(memoryStore());
  const { client, close } = pair<Extended>({
    ...data,
    reverse({ text }, { report }) {
      report(text.length);
      return Promise.resolve(Array.from(text).reverse().join(''));
    },
  });
  const seen: number[] = [];
  expect(await client.call('reverse', { text: 'moss' }, { onProgress: (n) => seen.push(n) })).toBe('ssom');
  expect(seen).toEqual([4]);
  expect(await client.call('listTexts', { projectId: 'first' })).toEqual([]);
  close();

  // Checked by tsc: a missing handler, or one of another type, does not compile.
  expectTypeOf(data).not.toExtend<Handlers<Extended>>();
  expectTypeOf<typeof data & { reverse: () => Promise<number> }>().not.toExtend<Handlers<Extended>>();
  expectTypeOf<typeof data & { reverse: () => Promise<string> }>().toExtend<Handlers<Extended>>();
});

test('progress arrives in order, and the result after it', async () => {
  const { client, close } = pair(counter);
  const seen: number[] = [];
  const result = await client.call('count', { to: 5 }, { onProgress: (n) => seen.push(n) });
  expect(result).toEqual({ reached: 5, stopped: false });
  expect(seen).toEqual([1, 2, 3, 4, 5]);
  close();
});

test('progress reported at the very end arrives before the result or the failure', async () => {
  for (const fails of [false, true]) {
    const { client, close } = pair({
      count({ to }, { report }) {
        for (let i = 1; i <= to; i++) report(i);
        return fails ? Promise.reject(new Error('no')) : Promise.resolve({ reached: to, stopped: false });
      },
    });
    const seen: number[] = [];
    const call = client.call('count', { to: 100 }, { onProgress: (n) => seen.push(n) });
    await call.catch(() => undefined);
    expect(seen).toHaveLength(100);
    close();
  }
});

test('a stop ends the work at its next boundary, with a result', async () => {
  const { client, close } = pair(counter);
  const abort = new AbortController();
  const result = await client.call(
    'count',
    { to: 1e9 },
    { signal: abort.signal, onProgress: (n) => (n === 3 ? abort.abort() : undefined) },
  );
  expect(result.stopped).toBe(true);
  expect(result.reached).toBeGreaterThanOrEqual(3);
  close();
});

test('a stop before the call takes effect too', async () => {
  const { client, close } = pair(counter);
  const result = await client.call('count', { to: 1e9 }, { signal: AbortSignal.abort() });
  expect(result.stopped).toBe(true);
  close();
});

test('a failure arrives with its code and its remedy', async () => {
  const { client, close } = pair({
    count: () => Promise.reject(new HomegrownError('storage-full', 'needs 26.3 MB, got 11.8 MB', 'Delete a run.')),
  });
  await expect(client.call('count', { to: 1 })).rejects.toMatchObject({
    code: 'storage-full',
    message: 'needs 26.3 MB, got 11.8 MB',
    remedy: 'Delete a run.',
  });
  close();
});

test('when the worker ends, calls in progress fail at once and the next call starts a fresh one', async () => {
  const { client, spawned, close } = pair(counter);
  const call = client.call('count', { to: 1e9 });
  client.end();
  await expect(call).rejects.toMatchObject({ code: 'load-failed' });
  expect(spawned[0]?.ended).toBe(true);
  expect((await client.call('count', { to: 1 })).reached).toBe(1);
  expect(spawned).toHaveLength(2);
  close();
});

test('a message of a worker that arrives after its end is ignored', async () => {
  const { client, close } = pair(counter);
  const seen: number[] = [];
  const call = client.call('count', { to: 200 }, { onProgress: (n) => seen.push(n) });
  await vi.waitFor(() => expect(seen.length).toBeGreaterThan(3));
  client.end(); // This one keeps sending progress.
  await expect(call).rejects.toMatchObject({ code: 'load-failed' });
  const heard = seen.length;
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(seen).toHaveLength(heard);
  close();
});

interface FarApi {
  go: { input: { of: number }; progress: Progress; output: null };
}
test('progress reaches the page at intervals, and the last report always arrives', async () => {
  const { client, close } = pair<FarApi>({
    go({ of }, { report }) {
      for (let done = 1; done <= of; done++) report({ label: 'Going', done, of, unit: 'steps' });
      return Promise.resolve(null);
    },
  });
  const seen: number[] = [];
  await client.call('go', { of: 20_000 }, { onProgress: ({ done }) => seen.push(done) });
  expect(seen[0]).toBe(1);
  expect(seen.at(-1)).toBe(20_000);
  expect(seen.length).toBeLessThan(1000);
  close();
});

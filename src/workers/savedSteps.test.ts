/** Requests to a checkpoint: text, metrics and references, over the GPU worker behind a channel. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readJournal } from '../core/runs/journal';
import { type TestStudio, testStudio } from '../testing/behindChannels';
import { goldenStore } from '../testing/golden';
import { FINISHED, STOPPED } from '../testing/goldenPage';
import type { BlobStore } from '../core/base/blobStore';
import type { GeneratedToken } from '../protocol/gpu';

/** External import, without text. */
const STRANGER = '512b9200-80ce-4b7a-b366-2df66d5cb8d0';
const SAMPLING = { prompt: 'the ', temperature: 1, topK: 0, topP: 1, seed: 1, length: 12 };
let store: BlobStore;
let page: TestStudio;
beforeAll(async () => {
  store = await goldenStore();
  page = testStudio(store);
});
afterAll(() => page.close());

test('a checkpoint has the metrics of its own build; a missing one, or one without text, is refused with a reason', async () => {
  const { gpu } = page;
  const ask = { runId: STOPPED, which: 100, part: 'validation', tokens: 256 } as const;
  const last = (await readJournal(store, STOPPED)).findLast((e) => e.kind === 'evaluated' && e.step === 100);
  const measured = await gpu.call('evaluate', ask);
  expect(measured.step).toBe(100);
  expect(measured.loss).toBeCloseTo((last as { loss: number }).loss, 5);
  expect(measured.metrics).not.toEqual({});
  // Every way to name it, and fewer tokens are another measure.
  expect(await gpu.call('evaluate', { ...ask, which: 'best' })).toEqual(measured);
  expect((await gpu.call('evaluate', { ...ask, which: 'latest' })).step).toBe(120);
  expect((await gpu.call('evaluate', { ...ask, tokens: 32 })).loss).not.toBe(measured.loss);

  await expect(gpu.call('evaluate', { ...ask, which: 77 })).rejects.toMatchObject({
    message: 'This run has no saved step 77',
  });
  await expect(gpu.call('evaluate', { ...ask, runId: 'none' })).rejects.toMatchObject({ code: 'storage-damaged' });
  await expect(gpu.call('evaluate', { ...ask, runId: STRANGER, which: 'latest' })).rejects.toMatchObject({
    code: 'bad-settings',
    message: expect.stringMatching(/^stranger was imported without its training text/) as string,
  });
});

test('a canceled evaluation ends, and the next one is complete', async () => {
  const ask = { runId: FINISHED, which: 'latest', part: 'train', tokens: 1_000_000 } as const;
  await expect(page.gpu.call('evaluate', ask, { signal: AbortSignal.abort() })).rejects.toThrow();
  expect((await page.gpu.call('evaluate', { ...ask, tokens: 64 })).step).toBe(40);
});

test('a reference reads held-out text if there is any, else text that the model writes', async () => {
  const [own, stranger] = await Promise.all([
    page.gpu.call('reference', { runId: STOPPED, which: 'latest' }),
    page.gpu.call('reference', { runId: STRANGER, which: 'latest' }),
  ]);
  expect([own.text, stranger.text]).toEqual(['held-out', 'prompt']);
  for (const { lengths, scores, greedy, greedyScores } of [own, stranger]) {
    expect(scores).toHaveLength(lengths.length * 268);
    expect(greedyScores).toHaveLength(greedy.length * 268);
    expect(scores.every(Number.isFinite)).toBe(true);
  }
  expect(await page.gpu.call('reference', { runId: STOPPED, which: 100 })).not.toEqual(own);
});

test('text streams as it comes, ends with the model’s own end token, and can start without a prompt', async () => {
  const write = async (input: Partial<typeof SAMPLING> = {}) => {
    const reported: GeneratedToken[] = [];
    const ask = { runId: STOPPED, which: 'latest', ...SAMPLING, ...input } as const;
    const onProgress = (tokens: readonly GeneratedToken[]) => void reported.push(...tokens);
    return { ...(await page.gpu.call('generate', ask, { onProgress })), reported };
  };
  const { reason, reported } = await write();
  expect([reason, reported.length]).toEqual(['length', 12]);
  for (const { probability, alternatives } of reported) {
    expect(probability).toBeGreaterThan(0);
    expect(alternatives.length).toBeGreaterThan(1);
    const latin1 = (bytes: readonly number[]) => String.fromCharCode(...bytes);
    // Each byte alternative that is a complete character has that character.
    for (const { text, bytes } of alternatives)
      if (text !== null && /^[\x20-\x7e]+$/.test(text)) expect(latin1(bytes)).toBe(text);
  }
  // At temperature 0 each token is the likeliest of its alternatives.
  for (const { id, alternatives } of (await write({ temperature: 0 })).reported) expect(id).toBe(alternatives[0]!.id);
  expect((await write({ prompt: '' })).reported).toHaveLength(12);
  // Nearly uniform at this temperature: the end token comes early, and is not part of the text.
  const ended = await write({ temperature: 1000, length: 20_000 });
  expect(ended.reason).toBe('end');
  expect(ended.reported.length).toBeLessThan(20_000);
});

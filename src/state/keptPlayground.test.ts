/** The Playground's settings and texts after a reload, a kill and a change of the model. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { BlobStore } from '../core/base/blobStore';
import { bounded, MAX_PROMPT, MAX_WITH_ALTERNATIVES, type WrittenRecord } from '../core/runs/playground';
import { purgeProject } from '../core/runs/projectLife';
import { updateProject } from '../core/runs/projects';
import { dropUnused } from '../core/runs/unused';
import { type TestStudio, testStudio } from '../testing/behindChannels';
import { FINISHED, goldenPage, STOPPED } from '../testing/goldenPage';
import { resultMark, resultNote } from './playground';
import type { Studio } from './slices/studio';

let store: BlobStore;
const pages: TestStudio[] = [];
beforeEach(async () => {
  const page = await goldenPage(STOPPED);
  ({ store } = page);
  pages.push(page);
});
afterEach(() => {
  for (const page of pages.splice(0)) page.close();
});
const now = (): Studio => pages.at(-1)!.studio.getState();
/** Closes the page without notice, and opens another over the stored state. */
async function reload(): Promise<void> {
  const page = testStudio(store);
  await page.studio.getState().load();
  pages.push(page);
}
const text = (): string =>
  now()
    .written.map((token) => token.text)
    .join('');
const stored = async (key: string): Promise<Record<string, unknown>> =>
  (await store.get(`${key}/first`)) as Record<string, unknown>;

async function write(prompt: string, length = 12): Promise<void> {
  now().setPrompt(prompt);
  now().setSampling({ length, seed: 7 });
  await now().generate();
}

test('a reload shows the prompt, the settings and the text as before, with the model that wrote it', async () => {
  await write('the sea');
  const before = now();
  await vi.waitFor(async () => expect(await stored('written')).toMatchObject({ outcome: { reason: 'length' } }));
  await reload();
  const { prompt, sampling, written, writtenAfter, writtenBy, writing, lastDraw } = before;
  expect(now()).toMatchObject({ prompt, sampling, written, writtenAfter, writtenBy, lastDraw });
  expect(now().writing).toEqual({ ...writing, isRestored: true });
  expect(resultNote(now())).toBeUndefined();
  expect(resultMark(now())).toBe(resultMark(before));
  // The same request again takes the next seed, as before the reload.
  await now().generate();
  expect(now().sampling.seed).toBe(8);
});

test('texts that newer ones replace survive a reload, and return with their prompt and seed', async () => {
  await write('the sea');
  const first = text();
  await now().generate();
  const second = text();
  await now().continueFrom(2, ' whale');
  const seeds = (): readonly number[] => now().earlier.map(({ sampling }) => sampling.seed);
  expect(seeds()).toEqual([7, 8]);
  const last = text();
  await vi.waitFor(async () => expect((await stored('written'))['earlier']).toHaveLength(2));
  await vi.waitFor(async () => expect(await stored('written')).toMatchObject({ outcome: { reason: 'length' } }));
  await reload();
  expect([text(), ...seeds()]).toEqual([last, 7, 8]);

  now().setPrompt('something else');
  now().showEarlier(now().earlier[0]!);
  expect(text()).toBe(first);
  expect(now()).toMatchObject({ prompt: 'the sea', writtenAfter: 'the sea', sampling: { seed: 7 } });
  await vi.waitFor(async () => expect(await stored('written')).toMatchObject({ sampling: { seed: 7 } }));
  await reload();
  expect(text()).toBe(first);
  const words = now().earlier.map(({ tokens }) => tokens.map((token) => token.text).join(''));
  expect(words).toEqual([second, last]);

  for (let i = 0; i < 8; i++) await now().generate();
  expect(now().earlier).toHaveLength(5);
});

test('a typed prompt survives a reload before any text is generated', async () => {
  now().setPrompt('A prompt nobody has pressed Write for');
  await vi.waitFor(async () => expect(await stored('playground')).toMatchObject({ prompt: now().prompt }));
  await reload();
  expect(now()).toMatchObject({
    prompt: 'A prompt nobody has pressed Write for',
    written: [],
    writing: { kind: 'idle' },
  });
});

test('a page killed during generation keeps the text so far', async () => {
  now().setPrompt('the sea');
  now().setSampling({ length: 100_000 });
  const writing = now().generate();
  await vi.waitFor(async () => expect((await stored('written'))['tokens']).not.toEqual([]));
  const killed = pages.at(-1)!.studio.getState;
  await reload();
  const { written } = now();
  expect(written.length).toBeGreaterThan(0);
  await vi.waitFor(() => expect(killed().written.length).toBeGreaterThanOrEqual(written.length));
  expect(killed().written.slice(0, written.length)).toEqual(written);
  expect(now().writing).toMatchObject({ kind: 'done', reason: 'stopped' });
  const { writing: open } = killed();
  if (open.kind === 'writing') open.stop();
  await writing;
});

test('after a change of the model the text stays, and a note names the model that wrote it', async () => {
  await write('the sea');
  const { name, step } = now().writtenBy!;
  const before = text();
  await vi.waitFor(async () => expect(await stored('written')).toMatchObject({ outcome: { reason: 'length' } }));
  await now().makeCurrent(FINISHED);
  await now().flush();
  await reload();
  expect(now().project.runId).toBe(FINISHED);
  expect(text()).toBe(before);
  expect(resultNote(now())).toBe(`by ${name}, step ${step}`);
  expect(resultMark(now())).toContain(`${name}, step ${step}`);
});

test('cleared content stays cleared, and an unreadable record is never overwritten', async () => {
  await write('the sea');
  await vi.waitFor(async () => expect(await stored('written')).toMatchObject({ outcome: { reason: 'length' } }));
  now().endWriting();
  await vi.waitFor(async () => expect(await stored('written')).toBeUndefined());
  await reload();
  expect(now()).toMatchObject({ prompt: 'the sea', written: [], writing: { kind: 'idle' } });

  const newer = { version: 99, tokens: 'unknown' };
  await store.commit({ put: [['written/first', newer]] });
  await reload();
  await write('the ship');
  await vi.waitFor(() => expect(now().toasts.at(-1)?.text).toBe('The Playground could not be saved'));
  expect(await stored('written')).toEqual(newer);
});

test('deleting a project deletes both records, also if another tab saves them after the purge', async () => {
  await write('the sea');
  await vi.waitFor(async () => expect(await stored('written')).toMatchObject({ outcome: { reason: 'length' } }));
  const late = (await stored('playground')) as never;
  await now().flush();
  await updateProject(store, 'first', (project) => ({ ...project, removedAt: 1 }));
  await purgeProject(store, 'first', (_, work) => work());
  expect(await Promise.all(['playground', 'written'].map(stored))).toEqual([undefined, undefined]);
  await store.commit({ put: [['playground/first', late]] });
  await dropUnused(store);
  expect(await stored('playground')).toBeUndefined();
});

test('a stored text is bounded: alternatives only near its end, and the end of its prompt', () => {
  const token = {
    id: 1,
    text: 'a',
    bytes: [97],
    probability: 1,
    alternatives: [{ id: 1, text: 'a', bytes: [97], probability: 1 }],
  };
  const given = {
    prompt: 'x'.repeat(MAX_PROMPT + 5),
    said: [
      { role: 'user', content: 'y'.repeat(MAX_PROMPT + 1) },
      { role: 'user', content: 'z' },
    ],
    tokens: Array.from({ length: MAX_WITH_ALTERNATIVES + 3 }, () => token),
  } as unknown as WrittenRecord;
  const { prompt, said, tokens } = bounded(given);
  expect(prompt).toHaveLength(MAX_PROMPT);
  expect(said).toEqual([{ role: 'user', content: 'z' }]);
  expect(tokens).toHaveLength(given.tokens.length);
  expect(tokens.filter(({ alternatives }) => alternatives.length === 0)).toHaveLength(3);
  const each = { ...given, tokens: Array.from({ length: 4000 }, () => token) };
  const { earlier = [] } = bounded({ ...given, earlier: [each, each, each] });
  expect(earlier.map((text) => text.tokens.length)).toEqual([4000, 4000]);
  expect(earlier.flatMap((text) => text.tokens.flatMap(({ alternatives }) => alternatives))).toEqual([]);
});

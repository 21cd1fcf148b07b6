/** Playground over the real worker implementations. */
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { updateRun } from '../core/runs/record';
import type { TestStudio } from '../testing/behindChannels';
import { FINISHED, goldenPage, spoil, STOPPED } from '../testing/goldenPage';
import { seen } from '../testing/shown';
import { canChat, isChatting, promptOf, resultNote } from './playground';

let page: TestStudio & { store: Parameters<typeof spoil>[0] };
beforeAll(async () => {
  page = await goldenPage(STOPPED);
});
afterAll(() => page.close());

const text = (): string =>
  page.studio
    .getState()
    .written.map((token) => token.text)
    .join('');

test('a repeated request takes the next seed; the same seed gives the same text', async () => {
  const { getState } = page.studio;
  getState().setPrompt('the sea');
  getState().setSampling({ length: 24, seed: 3 });
  await getState().generate();
  const latest = text();
  expect(getState()).toMatchObject({ writing: { kind: 'done', reason: 'length' }, writtenAfter: 'the sea' });
  expect(getState().written).toHaveLength(24);
  for (const { probability, alternatives } of getState().written) {
    expect(probability).toBeGreaterThan(0);
    expect(alternatives.map((one) => one.probability)).toEqual(
      alternatives.map((one) => one.probability).toSorted((a, b) => b - a),
    );
  }
  await getState().generate();
  expect(text()).not.toBe(latest);
  expect(getState().sampling.seed).toBe(4);
  getState().setSampling({ seed: 3 });
  await getState().generate();
  expect(text()).toBe(latest);
  getState().setSampling({ temperature: 0 });
  await getState().generate();
  await getState().generate();
  expect(getState().sampling.seed).toBe(3);
});

test('another checkpoint writes another text, and a token can be replaced', async () => {
  const { getState } = page.studio;
  getState().setSampling({ temperature: 0.8 });
  await getState().generate();
  const latest = text();
  const { writtenBy } = getState();
  expect(resultNote(getState())).toBeUndefined();
  getState().setWhich('playground', 'best');
  expect(resultNote(getState())).toBe(`from step ${writtenBy!.step}`);
  await getState().generate();
  const best = text();
  expect(best).not.toBe(latest);
  getState().setWhich('playground', 100); // the best one
  await getState().generate();
  expect(text()).toBe(best);

  const [one, two] = getState().written;
  getState().setSampling({ length: 3 });
  await getState().continueFrom(2, '!');
  expect(getState()).toMatchObject({ prompt: `the sea${one!.text}${two!.text}!`, writing: { kind: 'done' } });
  expect(getState().writtenAfter).toBe(getState().prompt);
  getState().setPrompt('');
  await getState().generate(); // continues from the end of a text
  expect(getState().written).toHaveLength(3);
});

test('labels of a changed text are marked as those of the earlier text', () => {
  const { getState } = page.studio;
  const given = { labels: ['spam'], probabilities: new Float64Array([1]), tokens: 2, read: 2, windows: 1 };
  const state = { ...getState(), classified: { given, label: 0, decided: null } as never, writtenBy: null };
  expect(resultNote({ ...state, prompt: 'Win now', writtenAfter: 'Win now' })).toBeUndefined();
  expect(resultNote({ ...state, prompt: 'Lunch at one', writtenAfter: 'Win now' })).toBe('for the earlier text');
});

test('a stop keeps the result; a second press does nothing; another model stops generation, and the text keeps its model', async () => {
  const { getState } = page.studio;
  getState().setSampling({ length: 100_000 });
  const writing = getState().generate();
  await vi.waitFor(() => expect(getState().written.length).toBeGreaterThan(0));
  const before = getState().writing;
  await getState().generate();
  expect(getState().writing).toBe(before);
  if (before.kind === 'writing') before.stop();
  await writing;
  expect(getState().writing).toMatchObject({ kind: 'done', reason: 'stopped' });

  const ended = getState().generate();
  await vi.waitFor(() => expect(getState().written.length).toBeGreaterThan(0));
  const { name, step } = getState().writtenBy!;
  expect(await getState().bringBack(FINISHED)).toBe(true);
  await ended;
  expect(getState()).toMatchObject({ writing: { kind: 'done', reason: 'stopped' } });
  expect(getState().written.length).toBeGreaterThan(0);
  expect(resultNote(getState())).toBe(`by ${name}, step ${step}`);
});

test('an unreadable checkpoint is reported, an earlier one is used, and the same button then works', async () => {
  const { getState } = page.studio;
  getState().change({ picked: null });
  await getState().bringBack(STOPPED);
  await spoil(page.store, STOPPED, 120, 'change');
  getState().setSampling({ length: 4 });
  await getState().generate();
  expect(seen(getState())).toMatchObject({
    writing: { kind: 'done' },
    saved: { step: 100 },
    model: { usable: { step: 100 } },
  });
  expect(getState().toasts.at(-1)).toMatchObject({
    text: 'Step 120 can’t be opened',
    detail: expect.stringMatching(/Step 100 is used instead/) as string,
  });
});

test('a model with a chat template chats: messages accumulate, and another model resets them', async () => {
  const { getState } = page.studio;
  // The context is 16 tokens.
  const chatTemplate = "{% for one in messages %}{{ one.content + ',' }}{% endfor %}";
  await updateRun(page.store, FINISHED, (run) => ({
    ...run,
    tokenizer: { ...run.tokenizer, chatTemplate },
  }));
  expect(canChat(getState())).toBe(false);
  await getState().bringBack(FINISHED);
  expect([canChat(getState()), isChatting(getState())]).toEqual([true, false]);
  getState().setChat(true);
  expect([isChatting(getState()), promptOf(getState())]).toEqual([true, '']);
  getState().setSampling({ length: 2, seed: 1 });
  getState().setPrompt('a');
  await getState().generate();
  const first = text();
  expect(getState()).toMatchObject({
    writtenAfter: 'a',
    prompt: null,
    said: [],
    writing: { kind: 'done', leftOut: 0 },
  });
  getState().setPrompt('b');
  await getState().generate();
  const said = [{ role: 'user', content: 'a' }, { role: 'assistant', content: first }]; // prettier-ignore
  expect(getState()).toMatchObject({ writtenAfter: 'b', said });
  getState().setPrompt('typed meanwhile');
  await getState().answerAgain();
  expect(getState()).toMatchObject({ writtenAfter: 'b', said, sampling: { seed: 2 }, prompt: 'typed meanwhile' });

  // A refused question returns to the field, and the conversation stays.
  const question = 'x'.repeat(500);
  getState().setPrompt(question);
  await getState().generate();
  expect(getState()).toMatchObject({ writing: { kind: 'failed' }, prompt: question, writtenAfter: '' });
  expect(getState().said).toHaveLength(4);
  await getState().bringBack(STOPPED);
  expect(getState()).toMatchObject({ said: [], written: [], writing: { kind: 'idle' } });
});

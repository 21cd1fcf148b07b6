/** Run actions of the palette, over the real worker implementations. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { memoryStore } from '../core/base/blobStore';
import { lonelyLocks, type TestStudio, testStudio } from '../testing/behindChannels';
import { seen } from '../testing/shown';
import { findActions } from '../ui/CommandPalette';
import { commands, type Shell, termActions } from './commands';

let page: TestStudio;
beforeEach(() => {
  vi.stubGlobal('navigator', { locks: lonelyLocks() });
  page = testStudio(memoryStore());
});
afterEach(() => {
  page.close();
  vi.unstubAllGlobals();
});

test('the palette asks before it starts a run with settings that already ran, and not with others', async () => {
  const { getState, setState } = page.studio;
  await getState().load();
  await getState().addPaste('The sea is wide and the whale is white. '.repeat(100), 'sea.txt');
  getState().change({ tokenizerChoice: { kind: 'bytes', vocabulary: 257 } });
  for (const [name, value] of Object.entries({ layers: 1, heads: 1, width: 8, context: 8 }))
    getState().setModel(name, value);
  getState().setRecipe({ batch: 2, steps: 2, warmup: 1, evalEvery: 2 });
  await getState().start();
  expect(seen(getState()).phase.kind).toBe('finished');

  let asked = 0;
  const start = vi.fn(() => Promise.resolve());
  setState({ start });
  const shell = { go: () => undefined, askToRunAgain: () => asked++ } as unknown as Shell;
  const choose = (): void => {
    const found = commands(getState(), page.studio, shell).find(({ id }) => id === 'start');
    expect(found?.label).toBe('Start training');
    found!.run();
  };
  choose();
  expect([asked, start.mock.calls.length]).toEqual([1, 0]);
  getState().setRecipe({ learningRate: 0.123 });
  choose();
  expect([asked, start.mock.calls.length]).toEqual([1, 1]);
});

test('the palette finds pages by other words, and lists glossary terms after them', () => {
  const { getState } = page.studio;
  const gone: string[] = [];
  const shell = { go: (path: string) => void gone.push(path) } as unknown as Shell;
  const all = [...commands(getState(), page.studio, shell), ...termActions(shell.go)];
  const find = (words: string): string[] => findActions(all, words).map(({ label }) => label);
  expect(find('download')).toEqual(expect.arrayContaining(['Evaluate', 'Export']));
  expect(find('save')).toContain('Export');
  for (const words of ['chart', 'curve', 'loss']) expect(find(words)).toContain('Train');
  expect(find('report')).toEqual(['Evaluate']);
  // A page with the word in its name comes first, and terms appear only in a search.
  expect(find('train')[0]).toMatch(/^Start|Train/);
  expect(find('clean')[0]).toBe('Clean');
  expect(find('')).not.toContain('Perplexity');
  expect(find('glossary')).toEqual(['Glossary']);

  const [unigram] = findActions(all, 'unigram');
  expect(unigram).toMatchObject({ group: 'Glossary', label: 'Unigram model' });
  unigram!.run();
  expect(gone).toEqual(['/glossary?find=Unigram%20model']);
});

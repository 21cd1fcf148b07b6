import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { memoryStore } from '../core/base/blobStore';
import { initialProject } from '../core/runs/project';
import { readProject, saveProject } from '../core/runs/projects';
import { lonelyLocks } from '../testing/behindChannels';
import { browserOver } from '../testing/tabs';
import { SLACK, TELEGRAM } from '../testing/chats';
import { inlineRows, workbookOf } from '../testing/workbook';
import { kindOf, sorted } from './markup';
import { type Question, questionsOf, unansweredFiles } from './questions';

beforeAll(() => vi.stubGlobal('navigator', { locks: lonelyLocks() }));
afterAll(() => vi.unstubAllGlobals());

test('a question about markup waits until its project reopens, also if the project closed before it came', async () => {
  const store = memoryStore();
  const browser = browserOver(store);
  onTestFinished(() => browser.close());
  const { getState } = browser.tab().studio;
  await getState().load();
  await saveProject(store, await readProject(store, 'a'), { ...initialProject('a', 1), name: 'Birds' });
  const rows = (name: string) => ({ name, file: new File(['{"text": "The sea is wide."}\n'.repeat(20)], name) });
  const asked = () => unansweredFiles(getState()).map(({ name }) => name);
  // The project is stored with the question alone; otherwise it couldn't be reopened.
  await getState().addFiles([rows('sea.jsonl')]);
  expect(asked()).toEqual(['sea.jsonl']);
  expect(await getState().open('a')).toBe(true);
  expect(asked()).toEqual([]);
  expect(getState().toasts).toMatchObject([{ text: 'sea.jsonl needs you', detail: 'Open Untitled to answer' }]);

  const adding = getState().addFiles([rows('gull.jsonl'), rows('tern.jsonl')]);
  expect(await getState().open('first')).toBe(true);
  await adding;
  expect(asked()).toEqual(['sea.jsonl']);
  expect(getState().toasts.at(-1)).toEqual({
    id: 2,
    text: '2 files need you',
    detail: 'Open Birds to answer',
  });
  await getState().addUnchanged(getState().waitingFiles.filter(({ name }) => name === 'sea.jsonl'));
  expect([asked(), getState().texts.map(({ name }) => name)]).toEqual([[], ['sea.jsonl']]);
  await getState().open('a');
  expect(asked()).toEqual(['gull.jsonl', 'tern.jsonl']);
  getState().skip(getState().waitingFiles);
  expect(getState()).toMatchObject({ waitingFiles: [], texts: [], drop: { skipped: [{}, {}] } });
});

test('a workbook is asked about as a table; as documents its rows are no pairs', async () => {
  const browser = browserOver(memoryStore());
  onTestFinished(() => browser.close());
  const { getState } = browser.tab().studio;
  await getState().load();
  const { objective } = getState().project.recipe;
  const rows = inlineRows([
    ['review', 'stars'],
    ['The sea is wide.', '5'],
    ['The sea is deep.', '4'],
  ]);
  const bytes = workbookOf([{ name: 'Data', rows }]) as Uint8Array<ArrayBuffer>;
  const book = (name: string) => ({ name, file: new File([bytes], name) });
  await getState().addFiles([book('a.xlsx'), { name: 'b.csv', file: new File(['x,y\na,b\n'], 'b.csv') }]);
  const tables = () =>
    questionsOf(getState()).filter((one): one is Question & { kind: 'table' } => one.kind === 'table');
  await vi.waitFor(() =>
    expect(tables().map(({ files }) => files.map(({ name }) => name))).toEqual([['a.xlsx'], ['b.csv']]),
  );
  const [workbook, csv] = tables();
  expect(workbook!.survey.columns).toEqual(['review', 'stars']);
  getState().skip(csv!.files);
  await getState().addUnchanged(workbook!.files);
  expect(getState().texts).toMatchObject([{ name: 'a.xlsx', documents: 2, characters: 32, formats: ['xlsx'] }]);
  expect(getState().project.recipe.objective).toBe(objective);
  await getState().addFiles([book('c.xlsx')]);
  await getState().addTables(getState().waitingFiles, { input: 'review', target: 'stars' });
  expect(getState().texts).toHaveLength(2);
  expect(getState().project.recipe.objective).not.toBe(objective);
});

test('a small file is read whole to find its kind, and a large one only at its start', async () => {
  const line = '{"text": "The sea is wide."}\n';
  for (const [lines, cuts] of [
    [20, 0],
    [2000, 0],
    [3000, 1],
  ] as const) {
    const file = new File([line.repeat(lines)], 'rows');
    const cut = vi.spyOn(file, 'slice');
    expect(await kindOf({ file, name: 'rows' })).toBe('jsonl');
    expect(cut).toHaveBeenCalledTimes(cuts);
  }
  expect(await kindOf({ file: new File(['The sea. '.repeat(600), line.repeat(9)], 'sea'), name: 'sea' })).toBeNull();
});

test('a chat is read without a question, and other JSON raises one', async () => {
  const kind = (name: string, text: string) => kindOf({ file: new File([text], name), name });
  expect(await kind('ChatExport/result.json', TELEGRAM)).toBeNull();
  expect(await kind('result.json', '{"name":"x","type":"group","messages":[]}')).toBe('json');
});

test('a service archive in a folder raises no questions', async () => {
  const drop = (files: Readonly<Record<string, string>>) =>
    Object.entries(files).map(([path, text]) => ({ name: `mine/${path}`, file: new File([text], path) }));
  const project = { id: 'first', name: 'First' };
  const { texts, markup } = await sorted([...drop(SLACK), ...drop({ 'other/a.json': '[]' })], project);
  expect(texts).toHaveLength(Object.keys(SLACK).length);
  expect(markup.map(({ name }) => name)).toEqual(['mine/other/a.json']);
  const parts = drop({ 'users.json': '[{"id":1}]', 'general/2021-03-05.json': '[]' });
  expect((await sorted(parts, project)).markup).toHaveLength(2);
});

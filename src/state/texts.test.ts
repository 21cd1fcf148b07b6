/** Texts over the data worker's real implementation: refused, asked about, purged, and restored. */
import { afterEach, expect, test, vi } from 'vitest';
import { type BlobStore, memoryStore } from '../core/base/blobStore';
import { HomegrownError } from '../core/base/errors';
import { addRun } from '../core/runs/record';
import { dataFacts, runRecord } from '../testing/runRecord';
import { encoded } from '../testing/encoded';
import { type Halves, halvesOver, type TestStudio, testStudio } from '../testing/behindChannels';
import { dropSummary } from '../core/documents/dropReport';
import { fileOf as givenOf } from './markup';
import { isUndecoded } from './refused';

let page: TestStudio;
afterEach(() => page.close());
async function opened(store: BlobStore = memoryStore(), change: (halves: Halves) => void = () => undefined) {
  const halves = halvesOver(store);
  change(halves);
  page = testStudio(store, halves);
  await page.studio.getState().load();
  return page.studio.getState;
}
const fileOf = (content: string | Uint8Array<ArrayBuffer>, name: string) => ({ file: new File([content], name), name });
const FIRST = { projectId: 'first' };
const RUNS = 'runs-index/';
const SEA = 'The whale is large. The sea is wide. '.repeat(30);

test('a removed text is deleted from disk once the undo expires, and not before', async () => {
  const store = memoryStore();
  const getState = await opened(store);
  await getState().addPaste('The sea is wide.', 'sea.txt');
  const [text] = getState().texts;
  const bytes = () => store.keys(`text/${text!.id}/`);
  const ALL = [`text/${text!.id}/0`, `text/${text!.id}/documents/0`];

  await getState().removeTexts([text!.id]);
  const removal = getState().toasts.at(-1)!;
  removal.undo!();
  getState().dismiss(removal.id);
  await vi.waitFor(async () => expect(await page.data.call('listTexts', FIRST)).toHaveLength(1));
  expect(await bytes()).toEqual(ALL);

  await getState().removeTexts([text!.id]);
  expect(await bytes()).toEqual(ALL);
  getState().dismiss(getState().toasts.at(-1)!.id);
  await vi.waitFor(async () => expect(await bytes()).toHaveLength(0));
  expect(await store.keys('text')).toEqual([]);
});

test('texts are added, refused, removed and restored, and stay after a reload', async () => {
  const store = memoryStore();
  const getState = await opened(store);
  await getState().addFiles([
    fileOf(SEA, 'sea.txt'),
    fileOf(Uint8Array.of(0xff, 0xfe, 0xfd, 0, 1), 'bad.txt'),
    fileOf(SEA, 'again.txt'),
    fileOf('x', '.DS_Store'),
  ]);
  expect(getState().texts.map(({ name }) => name)).toEqual(['sea.txt']);
  expect(getState()).toMatchObject({ refused: [], toasts: [] });
  expect(dropSummary(getState().drop!)).toBe('1 added, 2 skipped, 1 not added');
  expect(getState().drop).toMatchObject({
    skipped: [
      { name: '.DS_Store', why: 'hidden' },
      { name: 'again.txt', why: 'identical to sea.txt' },
    ],
    failed: [{ name: 'bad.txt', failure: { code: 'bad-file' } }],
  });
  // The next drop replaces this report.
  await getState().addFiles([fileOf('', 'notes.txt')]);
  expect(dropSummary(getState().drop!)).toBe('1 skipped');
  expect(getState()).toMatchObject({ project: { name: 'sea' }, importing: { kind: 'idle' } });
  const [text] = getState().texts;
  expect(await page.data.call('preview', { id: text!.id, place: 0, characters: 20_000 })).toMatchObject({
    title: 'sea.txt',
    start: SEA,
  });
  await getState().removeTexts([text!.id]);
  expect(getState().texts).toEqual([]);
  getState().toasts.at(-1)!.undo!();
  await vi.waitFor(async () => expect(await page.data.call('listTexts', FIRST)).toHaveLength(1));
  page.close();
  expect((await opened(store))()).toMatchObject({ project: { name: 'sea' }, texts: [{ name: 'sea.txt' }] });
});

test('a text that is not UTF-8 is refused with possible encodings, and read in the chosen one', async () => {
  const getState = await opened();
  const old = fileOf(encoded('Un café noir, et un thé vert.\n'.repeat(3), 'windows-1252'), 'old.txt');
  await getState().addFiles([fileOf(SEA, 'sea.txt'), old]);
  const refused = getState().refused.filter(isUndecoded);
  expect(refused).toMatchObject([{ name: 'old.txt', dropped: old }]);
  const [proposals] = await page.data.call('proposeEncodings', { given: old, names: ['old.txt'] });
  expect(proposals).toContainEqual({
    encoding: 'windows-1252',
    lines: ['Un café noir, et un thé vert.'],
  });
  await getState().rereadRefused(refused, { encoding: 'windows-1252' });
  expect(getState()).toMatchObject({ refused: [], texts: [{ name: '2 files', documents: 2 }] });
  const second = { id: getState().texts[0]!.id, place: 1, characters: 20_000 };
  expect((await page.data.call('preview', second)).start).toContain('Un café noir');

  const table = encoded(`question,answer\n${'Qui a bu le café,moi\n'.repeat(9)}`, 'windows-1252');
  await getState().addFiles([fileOf(table, 'old.csv')]);
  const look = () => page.data.call('lookAtTable', { ...givenOf(getState().waitingFiles[0]!), format: 'csv' });
  await expect(look()).rejects.toMatchObject({ code: 'bad-encoding' });
  getState().setTableEncoding(getState().waitingFiles, 'windows-1252');
  const { rows } = await look();
  expect(rows[0]).toEqual(['Qui a bu le café', 'moi']);
  await getState().addTables(getState().waitingFiles, { input: 'question', target: 'answer' });
  expect(getState().texts.at(-1)).toMatchObject({ name: 'old.csv', documents: 9 });
});

test('a person chooses how much of mail and pages is read, from then on', async () => {
  const getState = await opened();
  const mail = (name: string) =>
    fileOf(`From: ann@example.org\nSubject: ${name}\n\nAye, ${name}.\n\nOn Monday Bo wrote:\n> Hast seen it?\n`, name);
  await getState().addFiles([mail('one.eml')]);
  getState().setReaderOptions({ wholeMessages: true });
  await getState().addFiles([mail('two.eml')]);
  const starts = await Promise.all(
    getState().texts.map(
      async ({ id }) => (await page.data.call('preview', { id, place: 0, characters: 20_000 })).start,
    ),
  );
  expect(starts.map((start) => start.includes('Hast seen it?'))).toEqual([false, true]);
  getState().setReaderOptions({ wholeMessages: false, wholePages: true });
  expect(getState().readerOptions).toEqual({ wholeMessages: false, wholePages: true });
});

test('files that a saved page displays are skipped, and the page is read', async () => {
  const getState = await opened();
  await getState().addFiles([fileOf(`<p>${SEA}</p>`, 'a/sea.html'), fileOf('run()', 'a/sea_files/x.js')]);
  expect(getState()).toMatchObject({ texts: [{ name: 'a/sea.html', documents: 1, formats: ['html'] }], refused: [] });
  expect(getState().drop).toMatchObject({ skipped: [{ name: 'a/sea_files/x.js', why: 'part of a saved page' }] });
});

test('markup waits for an answer, separate from prose added with it', async () => {
  const getState = await opened();
  const rows = '{"text": "The sea is wide."}\n'.repeat(20);
  await getState().addFiles([fileOf(rows, 'sea.jsonl'), fileOf(SEA, 'sea.txt')]);
  expect(getState().texts.map(({ name }) => name)).toEqual(['sea.txt']);
  expect(getState().waitingFiles.map(({ name }) => name)).toEqual(['sea.jsonl']);
  getState().skip(getState().waitingFiles);
  expect(getState()).toMatchObject({ waitingFiles: [], texts: [{ name: 'sea.txt' }] });
  await getState().addPaste(rows, 'pasted.jsonl');
  expect(getState().texts).toHaveLength(1);
  await getState().addUnchanged(getState().waitingFiles);
  expect(getState().texts.map(({ name }) => name)).toEqual(['sea.txt', 'pasted.jsonl']);
});

test('thousands of files are sent in batches and are one text', async () => {
  const handed: number[] = [];
  const getState = await opened(memoryStore(), ({ data }) => {
    const { handFiles, importFiles } = data;
    data.handFiles = (input, job) => (handed.push(input.files.length), handFiles(input, job));
    data.importFiles = (input, job) => (handed.push(input.files.length), importFiles(input, job));
  });
  await getState().addFiles(Array.from({ length: 2100 }, (_, i) => fileOf(`Letter ${i}.`, `${i}.txt`)));
  expect(handed).toEqual([1000, 1000, 100]);
  const [text] = getState().texts;
  const { rows, of } = await page.data.call('documents', { textId: text!.id, from: 0, count: 2100, query: '' });
  expect([of, rows.every(({ title }, i) => title === `${i}.txt`)]).toEqual([2100, true]);
});

test('a stopped import ends the drop, and nothing of it is stored', async () => {
  const store = memoryStore();
  let begun = (): void => undefined;
  const has = new Promise<void>((resolve) => (begun = resolve));
  const getState = await opened(store, ({ data }) => {
    const { importFiles } = data;
    data.importFiles = async (input, job) => {
      begun();
      await new Promise<void>((resolve) => job.signal.addEventListener('abort', () => resolve()));
      return importFiles(input, job);
    };
  });
  const adding = getState().addFiles([fileOf(SEA, 'sea.txt'), fileOf(`${SEA}.`, 'other.txt')]);
  await has;
  const { importing } = getState();
  if (importing.kind === 'busy') importing.stop();
  await adding;
  expect(getState()).toMatchObject({ texts: [], refused: [], importing: { kind: 'idle' } });
  expect(await store.keys('text')).toEqual([]);
});

test('a removal that the store refuses leaves the text in its place, and reports it', async () => {
  const inner = memoryStore();
  let isFull = false;
  const getState = await opened({
    ...inner,
    commit: (change) =>
      isFull ? Promise.reject(new HomegrownError('storage-full', 'No room for the mark')) : inner.commit(change),
  });
  await getState().addFiles([fileOf(SEA, 'a.txt')]);
  await getState().addFiles([fileOf(`${SEA}.`, 'b.txt')]);
  isFull = true;
  await getState().removeTexts([getState().texts[0]!.id]);
  expect(getState().texts.map(({ name }) => name)).toEqual(['a.txt', 'b.txt']);
  expect(getState().toasts.at(-1)).toMatchObject({
    text: 'a.txt couldn’t be removed',
    detail: 'No room for the mark',
  });
});

test('removing a text shows the runs that trained on it and its remaining uses in them', async () => {
  const store = memoryStore();
  const getState = await opened(store);
  await getState().addPaste(SEA, 'sea.txt');
  const { id, sha256, characters } = getState().texts[0]!;
  await getState().removeTexts([id]);
  expect(getState().toasts.at(-1)).not.toHaveProperty('detail');
  getState().toasts.at(-1)!.undo!();
  const facts = dataFacts({ texts: [{ name: 'sea.txt', sha256, characters }] });
  await addRun(store, runRecord({ step: 40, data: { id: 'd', facts } }));
  await getState().removeTexts([id]);
  expect(getState().toasts.at(-1)).toMatchObject({
    text: 'sea.txt removed',
    detail:
      'This run trained on it: Whale (steps 1 to 40, 100 % of its text). Its weights keep what it learned, and its data keeps its tokens, until you delete it.',
  });
});

test('the outcome of a removal does not affect a project opened meanwhile', async () => {
  let goOn = (): void => undefined;
  let begun = (): void => undefined;
  const asked = new Promise<void>((resolve) => (begun = resolve));
  const held = new Promise<void>((resolve) => (goOn = resolve));
  const getState = await opened(memoryStore(), ({ data }) => {
    const { removeText } = data;
    let n = 0;
    data.removeText = async (input, job) => {
      begun();
      await held;
      if (n++ === 0) throw new HomegrownError('storage-full', 'No room for the mark');
      return removeText(input, job);
    };
  });
  await getState().addPaste('Der Wal war alt und weiß. Der Wal schwamm weit hinaus.', 'wal.txt');
  await getState().addPaste(SEA, 'sea.txt');
  const ids = getState().texts.map(({ id }) => id);
  const removing = getState().removeTexts(ids);
  await asked;
  await getState().newProject();
  getState().setRecipe({ samplePrompt: 'Der Wal' });
  goOn();
  await removing;
  expect(getState().toasts.map(({ text }) => text)).toEqual(['wal.txt couldn’t be removed', 'sea.txt removed']);
  getState().toasts.at(-1)!.undo!();
  expect(getState()).toMatchObject({ texts: [], project: { name: 'Untitled', recipe: { samplePrompt: 'Der Wal' } } });
  await vi.waitFor(async () => expect(await page.data.call('listTexts', FIRST)).toHaveLength(2));
});

test('a text is added to another project, which shares its bytes, and removed again', async () => {
  const store = memoryStore();
  const getState = await opened(store);
  await getState().addPaste(SEA, 'sea.txt');
  await getState().newProject();
  const { id: second } = getState().project;
  await getState().addPaste('Another text, of another project. '.repeat(30), 'other.txt');
  await getState().open('first');
  await getState().listProjects();
  const [text] = getState().texts;
  const chunks = await store.keys('text/');
  const inSecond = async () =>
    (await page.data.call('listTexts', { projectId: second })).map(({ name }) => name).sort();

  await getState().putInProject(text!.id, second, true);
  expect(getState().texts[0]!.projects.toSorted()).toEqual(['first', second].toSorted());
  expect(await inSecond()).toEqual(['other.txt', 'sea.txt']);
  expect(await store.keys('text/')).toEqual(chunks);
  await getState().putInProject(text!.id, second, false);
  expect(await inSecond()).toEqual(['other.txt']);
  expect(getState().texts[0]!.projects).toEqual(['first']);
  await getState().putInProject(text!.id, second, true);

  // Removed from the open project, it stays in the other one with its bytes.
  await getState().putInProject(text!.id, 'first', false);
  expect(getState().texts).toEqual([]);
  getState().dismiss(getState().toasts.at(-1)!.id);
  await page.data.call('purgeText', { id: text!.id });
  expect(await inSecond()).toHaveLength(2);
  expect(await store.keys('text/')).toEqual(chunks);
});

test('thirty texts are removed at once, and one undo restores their places and the project’s name', async () => {
  const inner = memoryStore();
  let looks = 0;
  const getState = await opened({
    ...inner,
    entries: (prefix) => ((looks += Number(prefix === RUNS)), inner.entries(prefix)),
  });
  for (let n = 1; n <= 30; n++) await getState().addPaste(`Line ${n}: the sea is wide.`, `letter-${n}.txt`);
  const names = () => getState().texts.map(({ name }) => name);
  const all = names();
  expect(getState().project.name).toBe('letter');
  const ids = getState().texts.map(({ id }) => id);
  looks = 0;
  await getState().removeTexts(ids.slice(0, 29));
  expect(looks).toBe(1); // once for all runs that trained on them
  expect(names()).toEqual(['letter-30.txt']);
  expect(getState().project.name).toBe('letter-30');
  const toasts = getState().toasts.filter(({ text }) => text.endsWith('removed'));
  expect(toasts.map(({ text }) => text)).toEqual(['29 texts removed']);
  toasts[0]!.undo!();
  expect(names()).toEqual(all);
  expect(getState().project.name).toBe('letter');
  await vi.waitFor(async () => expect(await page.data.call('listTexts', FIRST)).toHaveLength(30));

  await getState().removeTexts(ids);
  expect(names()).toEqual([]);
  expect(getState().project.name).toBe('Untitled');
  getState().change({ name: 'Letters' });
  getState().toasts.at(-1)!.undo!();
  expect(getState().project.name).toBe('Letters'); // a name typed since stays
});

test('a license is set for one text or many, as an SPDX identifier or in free words, is saved, and can be removed', async () => {
  const store = memoryStore();
  const getState = await opened(store);
  for (const name of ['a', 'b', 'c']) await getState().addPaste(`${name}: the sea is wide.`, name);
  const ids = getState().texts.map(({ id }) => id);
  const licences = () => getState().texts.map(({ licence }) => licence);
  await getState().setLicence([ids[0]!], ' CC-BY-4.0 ');
  await getState().setLicence(ids.slice(1), 'by leave of the heirs');
  expect(licences()).toEqual(['CC-BY-4.0', 'by leave of the heirs', 'by leave of the heirs']);
  const kept = await page.data.call('listTexts', FIRST);
  expect(new Map(kept.map(({ id, licence }) => [id, licence]))).toEqual(
    new Map(ids.map((id, i) => [id, licences()[i]])),
  );
  getState().toasts.at(-1)!.undo!();
  await vi.waitFor(() => expect(licences()).toEqual(['CC-BY-4.0', null, null]));
  await getState().setLicence([ids[0]!], 'x'.repeat(501));
  expect(getState().toasts.at(-1)).toMatchObject({ text: expect.stringMatching(/501 characters/) as string });
  expect(licences()[0]).toBe('CC-BY-4.0');
});

test('an automatic prompt comes from the text, and goes with it', async () => {
  const getState = await opened();
  const prompt = () => getState().project.recipe.samplePrompt;
  const usual = prompt();
  await getState().addPaste('Der Wal war alt und weiß. Der Wal schwamm weit hinaus.', 'wal.txt');
  expect(prompt()).toBe('Der Wal');
  await getState().addPaste('The whale was old and white. The whale is not a fish.', 'whale.txt');
  expect(prompt()).toBe('Der Wal');
  await getState().removeTexts([getState().texts[0]!.id]);
  expect(prompt()).toBe('The whale');
  getState().toasts.at(-1)!.undo!();
  expect(prompt()).toBe('Der Wal');
  getState().setRecipe({ samplePrompt: 'Ahab' });
  await getState().removeTexts([getState().texts[0]!.id]);
  expect(prompt()).toBe('Ahab');
  expect(usual).not.toBe('Ahab');
});

test('a paste is stored while files are still being read, and their progress stays visible', async () => {
  let goOn = (): void => undefined;
  const held = new Promise<void>((resolve) => (goOn = resolve));
  const store = memoryStore();
  const getState = await opened(store, ({ data }) => {
    const { importFiles } = data;
    data.importFiles = (input, job) => held.then(() => importFiles(input, job));
  });
  const adding = getState().addFiles([fileOf('An albatross.', 'bird.txt')]);
  await vi.waitFor(() => expect(getState().importing.kind).toBe('busy'));
  await getState().addPaste(SEA, 'sea.txt');
  expect(await store.keys('texts/')).toHaveLength(1);
  expect(getState().texts.map(({ name }) => name)).toEqual(['sea.txt']);
  await getState().addPaste('\ud800', 'torn.txt');
  expect(getState().drop).toMatchObject({ failed: [{ name: 'torn.txt', failure: { code: 'bad-file' } }] });
  expect(getState().importing.kind).toBe('busy');
  goOn();
  await adding;
  expect(getState().texts.map(({ name }) => name)).toEqual(['sea.txt', 'bird.txt']);
  expect(getState().importing.kind).toBe('idle');
});

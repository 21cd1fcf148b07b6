/** The report of a drop counts every given file exactly once, for any files and any answers. */
import fc from 'fast-check';
import { strToU8, zipSync } from 'fflate';
import { expect, test, vi } from 'vitest';
import { encoded } from '../testing/encoded';
import { halvesOver, loadedStudio, testStudio } from '../testing/behindChannels';
import { memoryStore } from '../core/base/blobStore';
import { HomegrownError } from '../core/base/errors';
import { propertyRuns } from '../testing/propertyRuns';
import { answer, questionsOf, unansweredFiles } from './questions';
import type { StudioStore } from './slices/studio';
import type { WaitingFile } from './slices/adding';

vi.setConfig({ testTimeout: 120_000 });
type Given = { name: string; file: File };
const given = (name: string, content: BlobPart): Given => ({ name, file: new File([content], name) });
const JPEG = Uint8Array.from([
  0xff,
  0xd8,
  0xff,
  0xe0,
  0,
  16,
  0x4a,
  0x46,
  0x49,
  0x46,
  0,
  1,
  ...Array<number>(200).fill(7),
]);
const NOISE = Uint8Array.from({ length: 600 }, (_, i) => (i % 2 ? 0xff : 1 + (i % 8)));
const LATIN = 'Le garçon a été très bref : où êtes-vous, mon élève ?\n'.repeat(12);
const labeled = (n: number) =>
  ['mail,kind', ...Array.from({ length: 12 }, (_, i) => `"Letter ${i} of ${n}, with words.",${i % 3 ? 'ham' : 'spam'}`)].join('\n'); // prettier-ignore

/** Files of each kind; `n` makes each file of a kind distinct. */
const KINDS: Readonly<Record<string, (n: number) => readonly Given[]>> = {
  prose: (n) => [given(`d/prose-${n}.txt`, `The sea ${n} is wide.`)],
  copy: (n) => [given(`d/copy-${n}.txt`, 'The same words.')],
  empty: (n) => [given(`d/empty-${n}.txt`, '')],
  hidden: (n) => [given(`d/${n}/.DS_Store`, 'x')],
  picture: (n) => [given(`d/leek-${n}.jpg`, JPEG)],
  noise: (n) => [given(`d/noise-${n}.txt`, NOISE)],
  code: (n) => [given(`d/code-${n}.py`, `def sea(): return ${n}\n`)],
  markdown: (n) => [given(`d/note-${n}.md`, `# Sea ${n}\n\nwide`)],
  latin: (n) => [given(`d/old-${n}.txt`, encoded(`${n}. ${LATIN}`, 'windows-1252'))],
  'latin lines with commas': (n) => [given(`d/commas-${n}.txt`, encoded(`Été ${n}, été, hiver\n`.repeat(12), 'windows-1252'))], // prettier-ignore
  'latin table': (n) => [given(`d/old-${n}.csv`, encoded(`a,b\n${`Qui a bu le café ${n},moi\n`.repeat(9)}`, 'windows-1252'))], // prettier-ignore
  table: (n) => [given(`d/table-${n}.csv`, `a,b\nThe sea ${n},wide\nThe tide,high\n`)],
  'labeled table': (n) => [given(`d/mails-${n}.csv`, labeled(n))],
  'torn JSON': (n) => [given(`d/torn-${n}.json`, `{"a": "The sea ${n}", "b": [1, 2`)],
  'prose in braces': (n) => [given(`d/braces-${n}.txt`, `{"a": "The sea ${n} is wide", "b": [1, 2`)],
  'malformed rows': (n) => [given(`d/rows-${n}.jsonl`, `{"text": "The sea ${n}."}\n{"text": \n{"text": "Deep."}\n`)],
  page: (n) => [given(`d/page-${n}.html`, `<p>The sea ${n}</p>`), given(`d/page-${n}_files/a.css`, 'p {}')],
  xml: (n) => [given(`d/feed-${n}.xml`, `<?xml version="1.0"?><sea>${n}</sea>`)],
  archive: (n) => [
    given(
      `d/all-${n}.zip`,
      new Uint8Array(
        zipSync({
          'a.txt': strToU8(`The sea ${n} in a zip.`),
          'old.txt': encoded(`${n} zipped. ${LATIN}`, 'windows-1252'),
          '.DS_Store': strToU8('x'),
        }),
      ),
    ),
  ],
  chat: (n) => [
    given(`w${n}/_chat.txt`, `[2021-03-07, 10:1${n % 10}:00] Ann: Aye ${n}\n[2021-03-07, 10:12:00] Bo: <attached: ${n}.jpg>\n`.repeat(4)), // prettier-ignore
    given(`w${n}/0000000${n % 10}-PHOTO-2021-03-07-10-12-00.jpg`, JPEG),
  ],
};
const drops = fc
  .array(fc.constantFrom(...Object.keys(KINDS)), { minLength: 1, maxLength: 10 })
  .map((kinds) => kinds.flatMap((kind, n) => KINDS[kind]!(n)));

/** Number of files, with each archive as its content. */
const countOf = (files: readonly Given[]): number =>
  files.reduce((sum, { name }) => sum + (name.endsWith('.zip') ? 3 : 1), 0);

/** Outcome counts of each file: they add up to all files, and each name is in one list only. */
function counts(getState: StudioStore['getState']) {
  const { drop } = getState();
  const { added, skipped, failed } = drop!;
  const waiting = unansweredFiles(getState());
  const names = [...skipped, ...failed, ...waiting].map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  return { added, waiting: waiting.length, all: added + names.length };
}
/** Waits until all files have been inspected and no import runs. */
const settled = (getState: StudioStore['getState']) =>
  vi.waitFor(
    () => {
      expect(questionsOf(getState()).every(({ kind }) => kind !== 'looking')).toBe(true);
      expect(getState().importing.kind).toBe('idle');
    },
    { timeout: 20_000 },
  );

test('each file is added, waits or is skipped, before and after all questions are answered', async () => {
  await fc.assert(
    fc.asyncProperty(drops, fc.infiniteStream(fc.boolean()), async (files, isSkipped) => {
      const page = await loadedStudio();
      try {
        const { getState } = page.studio;
        await getState().addFiles(files);
        await settled(getState);
        expect(counts(getState).all).toBe(countOf(files));
        for (let [question] = questionsOf(getState()); question; [question] = questionsOf(getState())) {
          const { survey, labeled } = question.kind === 'table' ? question : {};
          const tables = question.files as readonly WaitingFile[];
          if (isSkipped.next().value) getState().skip(question.files);
          else if (labeled) await getState().addTables(tables, labeled.columns, undefined, 'classify');
          else if (survey) await getState().addTables(tables, { text: survey.columns[0]! });
          else answer(getState(), question);
          const before = question;
          await vi.waitFor(() => expect(questionsOf(getState())).not.toContain(before));
          await settled(getState);
          await getState().waitForReading(getState(), new AbortController().signal);
          await settled(getState);
          expect(counts(getState).all).toBe(countOf(files));
        }
        expect(counts(getState)).toMatchObject({ waiting: 0, all: countOf(files) });
      } finally {
        page.close();
      }
    }),
    { numRuns: propertyRuns(25) },
  );
});

test('files of a failed or stopped import are counted too', async () => {
  const files = [1, 2, 3].flatMap((n) => KINDS['prose']!(n));
  const store = memoryStore();
  const halves = halvesOver(store);
  let isFull = true;
  halves.data.importFiles = async (_, { signal }) => {
    if (isFull) throw new HomegrownError('storage-full', 'The storage is full.');
    return new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)));
  };
  const page = testStudio(store, halves);
  const { getState } = page.studio;
  await getState().load();
  await getState().addFiles(files);
  expect(counts(getState).all).toBe(3);
  expect(getState().drop!.failed).toHaveLength(3);
  isFull = false;
  const adding = getState().addFiles(files);
  await vi.waitFor(() => expect(getState().importing.kind).toBe('busy'));
  const { importing } = getState();
  if (importing.kind === 'busy') importing.stop();
  await adding;
  expect(counts(getState).all).toBe(3);
  expect(getState().drop!.skipped).toMatchObject([{ why: 'stopped' }, { why: 'stopped' }, { why: 'stopped' }]);
  page.close();
});

test("a file's attachments are counted with it and skipped with its copy", async () => {
  const page = await loadedStudio();
  const { getState } = page.studio;
  await getState().addFiles(KINDS['chat']!(1));
  expect(getState().drop).toMatchObject({ added: 2, skipped: [] });
  await getState().addFiles(KINDS['chat']!(1));
  expect(getState().drop).toMatchObject({ added: 0, skipped: [{ reason: 'part' }, { reason: 'duplicate' }] });
  page.close();
});

/** Questions about dropped files: similar files are one question, whose answer adds them all. */
import { afterEach, expect, test, vi } from 'vitest';
import { dropSummary, plainWords } from '../core/documents/dropReport';
import { encoded } from '../testing/encoded';
import { givenFile as file, loadedStudio, type TestStudio } from '../testing/behindChannels';
import { tableLabel } from './classifierStart';
import { guideOf, nextStep } from './nextStep';
import { answer, answerWords, isLabeled, type Question, questionsOf, unansweredFiles } from './questions';

let page: TestStudio;
afterEach(() => page.close());
async function opened() {
  page = await loadedStudio();
  return page.studio.getState;
}
const LATIN = ['Un café noir, et un thé vert.', 'Le garçon a été très bref.', 'Où êtes-vous, mon élève ?'].join('\n');
const latin = (name: string) => file(name, encoded(`${name}. ${LATIN}\n`.repeat(20), 'windows-1252'));
const cyrillic = (name: string) =>
  file(
    name,
    encoded('Все счастливые семьи похожи друг на друга, каждая несчастливая семья несчастлива.\n'.repeat(20), 'koi8-r'),
  );
const table = (name: string, rows: number) =>
  file(
    name,
    [
      'mail,kind',
      ...Array.from({ length: rows }, (_, i) => `"Letter ${i} of ${name} has some words.",${i % 3 ? 'ham' : 'spam'}`),
    ].join('\n'),
  );
/** Questions once all files have been inspected. */
async function asked(getState: Awaited<ReturnType<typeof opened>>): Promise<readonly Question[]> {
  await vi.waitFor(() => expect(questionsOf(getState()).every(({ kind }) => kind !== 'looking')).toBe(true));
  return questionsOf(getState());
}

test('the copy of a small file is skipped, whatever the name and order', async () => {
  const getState = await opened();
  const names = ['a copy.txt', 'a.txt', 'b (1).txt', 'b.txt', 'Copy of a.txt', 'c.txt'];
  await getState().addFiles(names.map((name) => file(name, `${name.match(/[abc](?=\.| )/)![0]} is wide.`)));
  const { drop } = getState();
  expect(drop!.failed).toEqual([]);
  expect(dropSummary(drop!, 0)).toBe('3 added, 3 skipped');
});

test('ten files in one encoding are one question, and another encoding is another', async () => {
  const getState = await opened();
  const names = Array.from({ length: 10 }, (_, i) => `${i}.txt`);
  await getState().addFiles([...names.map(latin), cyrillic('war.txt'), file('sea.txt', 'The sea is wide.')]);
  const [first, second, ...others] = await asked(getState);
  expect(others).toEqual([]);
  expect([answerWords(first!), answerWords(second!)]).toEqual(['Use Windows-1252 for 10 files', 'Use KOI8-R']);
  expect(dropSummary(getState().drop!, unansweredFiles(getState()).length)).toBe('1 added, 11 need you');
  expect(answer(getState(), first!)).toBe('/text');
  await vi.waitFor(() => expect(getState().texts.map(({ documents }) => documents)).toEqual([11]));
  // The answer belongs to the drop, and the other question stays.
  expect(dropSummary(getState().drop!, unansweredFiles(getState()).length)).toBe('11 added, 1 needs you');
  getState().skip(second!.files);
  expect(dropSummary(getState().drop!, unansweredFiles(getState()).length)).toBe('11 added, 1 skipped');
});

test('bytes that are text in no encoding raise no question', async () => {
  const getState = await opened();
  const noise = Uint8Array.from({ length: 600 }, (_, i) => (i % 2 ? 0xff : 1 + (i % 8)));
  await getState().addFiles([file('noise.txt', noise)]);
  expect(await asked(getState)).toEqual([]);
  expect(getState().drop).toMatchObject({ failed: [{ name: 'noise.txt' }] });
});

test('tables with the same labels are one question with their count; if all files wait, it is the next step', async () => {
  const getState = await opened();
  await getState().addFiles([table('a.csv', 60), table('b.csv', 30)]);
  const [question, ...others] = await asked(getState);
  expect(others).toEqual([]);
  expect(question).toMatchObject({
    kind: 'table',
    labeled: {
      columns: { text: 'mail', label: 'kind' },
      counts: [
        { label: 'ham', count: 60 },
        { label: 'spam', count: 30 },
      ],
      rows: 90,
    },
  });
  const step = () => nextStep(guideOf(getState()), 'text');
  expect(step()).toMatchObject({
    kind: 'train-classifier',
    label: expect.stringMatching(/^Train a classifier/) as string,
  });
  // Another question comes before it, and a text before both.
  await getState().addFiles([latin('old.txt')]);
  await asked(getState);
  expect(step()).toEqual({ kind: 'answer', label: 'Use Windows-1252' });
  await getState().addFiles([file('sea.txt', 'The sea is wide. '.repeat(40))]);
  expect(step()).toMatchObject({ kind: 'start' });

  // While a run trains in another tab, nothing can start at once.
  page.studio.setState({ trainingElsewhere: true });
  expect(tableLabel(getState(), isLabeled(question!) ? question.labeled : undefined)).toBe('Set up classifier…');
  expect(answer(getState(), question!)).toBe('/tune?kind=classify');
  await vi.waitFor(() => expect(getState().tuneTexts).toMatchObject([{ documents: 90, labelled: 'one' }]));
});

test('a table in an old encoding raises that question first, then the one about its columns', async () => {
  const getState = await opened();
  const rows = `question,answer\n${Array.from({ length: 9 }, (_, i) => `Qui a bu le café ${i} ?,moi`).join('\n')}\n`;
  await getState().addFiles([file('old.csv', encoded(rows, 'windows-1252')), file('torn.jsonl', '{"a": 1}\n{"a": ')]);
  const [encoding, broken] = await asked(getState);
  expect([encoding!.kind, broken!.kind]).toEqual(['encoding', 'table']);
  answer(getState(), encoding!);
  await vi.waitFor(() => expect(questionsOf(getState()).map(({ kind }) => kind)).toEqual(['table', 'table']));
  expect(answerWords(questionsOf(getState())[0]!)).toBe('Choose columns…');
  answer(getState(), questionsOf(getState())[0]!);
  expect(getState().openedTable).toBe(questionsOf(getState())[0]!.id);
});

test('malformed rows are a question, whose answer skips them', async () => {
  const getState = await opened();
  const rows = ['{"text": "The sea is wide."}', '{"text": ', '{"text": "The sea is deep."}'].join('\n');
  await getState().addFiles([file('sea.jsonl', rows)]);
  const [columns] = await asked(getState);
  await getState().addTables(getState().waitingFiles, { text: 'text' });
  const [question] = await asked(getState);
  expect([columns!.kind, question!.kind, answerWords(question!)]).toEqual(['table', 'rows', 'Skip this row']);
  answer(getState(), question!);
  await vi.waitFor(() => expect(getState().texts).toMatchObject([{ documents: 2 }]));
  expect(getState().drop).toEqual({ added: 1, skipped: [], failed: [] });
});

test('prose that only begins like a table is added as plain text, and one line counts all such files', async () => {
  const getState = await opened();
  const torn = '{"a": "The sea is wide and the tide is high", "b": [1, 2';
  await getState().addFiles([
    file('diary/sea.txt', 'The sea is wide.'),
    file('diary/notes.txt', torn),
    file('diary/more.txt', `${torn}, 3`),
  ]);
  await vi.waitFor(() => expect(getState().texts).toMatchObject([{ name: 'diary', documents: 3 }]));
  expect(questionsOf(getState())).toEqual([]);
  const { drop, texts } = getState();
  // No note calls them JSON.
  expect(texts[0]!.notes).toEqual([]);
  expect(dropSummary(drop!, 0)).toBe('3 added');
  expect(plainWords(drop!.plain!)).toBe('2 files look like JSON or tables, but aren’t. They were added as plain text');
});

test("a file with a table's name that isn’t one can be used as plain text", async () => {
  const getState = await opened();
  const torn = '{"a": "The sea is wide and the tide is high", "b": [1, 2';
  await getState().addFiles([file('torn.json', torn), file('other.json', `${torn}, 3`)]);
  const all = await asked(getState);
  expect(all.map(({ kind, files }) => [kind, files.length])).toEqual([['unread', 2]]);
  expect(answerWords(all[0]!)).toBe('Use as plain text');
  answer(getState(), all[0]!);
  await vi.waitFor(() => expect(getState().texts).toMatchObject([{ documents: 2 }]));
});

test('a file answered later joins the text of its drop, whatever the question', async () => {
  const getState = await opened();
  const rows = ['{"text": "The sea is high."}', '{"text": ', '{"text": "The sea is deep."}'].join('\n');
  await getState().addFiles([
    file('log/a.txt', 'The sea is wide.'),
    latin('log/old.txt'),
    file('log/rows.csv', 'a,b\nThe sea,one\nThe tide,two\n'),
    file('log/torn.jsonl', rows),
  ]);
  await getState().addFiles([file('later.txt', 'Another drop.')]);
  await asked(getState);
  const names = () => getState().texts.map(({ name, documents }) => `${name} ${documents}`);
  expect(names()).toEqual(['log/a.txt 1', 'later.txt 1']);
  const first = getState().texts[0]!.id;
  answer(
    getState(),
    (await asked(getState)).find(({ kind }) => kind === 'encoding')!,
  );
  await vi.waitFor(() => expect(names()).toEqual(['log 2', 'later.txt 1']));
  const tables = getState().waitingFiles.filter(({ name }) => name === 'log/rows.csv');
  await getState().addTables(tables, { text: 'a' });
  expect(names()).toEqual(['log 4', 'later.txt 1']);
  await getState().addTables(getState().waitingFiles, { text: 'text' });
  answer(getState(), (await asked(getState))[0]!);
  await vi.waitFor(() => expect(names()).toEqual(['log 6', 'later.txt 1']));
  // The merged text is purged from the store, and the project stays in the list after a reload.
  await getState().loadTexts();
  expect(names()).toEqual(['log 6', 'later.txt 1']);
  expect(getState().texts.map(({ id }) => id)).not.toContain(first);
});

test('a file whose drop’s text was removed becomes a separate text', async () => {
  const getState = await opened();
  await getState().addFiles([file('a.txt', 'The sea is wide.'), latin('old.txt')]);
  const [question] = await asked(getState);
  await getState().removeTexts([getState().texts[0]!.id]);
  answer(getState(), question!);
  await vi.waitFor(() => expect(getState().texts).toMatchObject([{ name: 'old.txt', documents: 1 }]));
});

/** Tuning texts of a project, separate from its training texts. */
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { memoryStore } from '../core/base/blobStore';
import { listTexts } from '../core/documents';
import { duplicateProject } from '../core/runs/projectLife';
import { projectRows } from '../core/runs/sizes';
import { lonelyLocks } from '../testing/behindChannels';
import { browserOver } from '../testing/tabs';
import { fileOf, questionOf } from './markup';
import { unansweredFiles } from './questions';

beforeAll(() => vi.stubGlobal('navigator', { locks: lonelyLocks() }));
afterAll(() => vi.unstubAllGlobals());

const given = (name: string, text: string) => ({ name, file: new File([text], name) });
const row = (question: string, answer: string) => JSON.stringify({ instruction: question, input: '', output: answer });
async function studioOver(store = memoryStore()) {
  const browser = browserOver(store);
  onTestFinished(() => browser.close());
  const tab = browser.tab();
  await tab.studio.getState().load();
  const { getState, workers } = tab.studio;
  const names = () => [getState().texts.map(({ name }) => name), getState().tuneTexts.map(({ name }) => name)];
  return { store, browser, getState, workers, names };
}

test('tuning texts are listed separately, name a project without other texts, and an undo keeps their purpose', async () => {
  const { store, browser, getState, names } = await studioOver();
  const other = browser.tab().studio;
  await other.getState().load();
  await getState().addFiles([given('chats.jsonl', row('Who?', 'Me.'))], 'instruct');
  await getState().addPaste('The sea is wide and deep today.', 'sea notes', 'adapt');
  expect(names()).toEqual([[], ['chats.jsonl', 'sea notes']]);
  expect(getState().project).toMatchObject({ name: 'chats' });
  const [chats, sea] = getState().tuneTexts;
  expect([chats!.conversations, sea!.conversations, sea!.tunes]).toEqual([true, undefined, ['first']]);
  await vi.waitFor(() => expect(other.getState().tuneTexts).toHaveLength(2));
  expect(other.getState().texts).toEqual([]);
  await getState().addFiles([given('whale.txt', 'Call me Ishmael, said the whale of the sea.')]);
  expect(names()).toEqual([['whale.txt'], ['chats.jsonl', 'sea notes']]);
  expect(getState().project.name).toBe('whale');
  expect(await projectRows(store, new AbortController().signal)).toMatchObject([{ texts: 3 }]);

  await getState().removeTexts([chats!.id]);
  expect(names()).toEqual([['whale.txt'], ['sea notes']]);
  getState().toasts.at(-1)!.undo!();
  expect(names()).toEqual([['whale.txt'], ['chats.jsonl', 'sea notes']]);
  await vi.waitFor(async () => expect(await listTexts(store, 'first')).toHaveLength(3));
  expect((await listTexts(store)).find(({ id }) => id === chats!.id)).toMatchObject({
    projects: ['first'],
    tunes: ['first'],
  });
  expect(getState().project.name).toBe('whale');

  await duplicateProject(store, { id: 'first', copy: 'b', name: 'Copy', at: 2 });
  expect(await getState().open('b')).toBe(true);
  expect(names()).toEqual([['whale.txt'], ['chats.jsonl', 'sea notes']]);
  await getState().removeTexts([chats!.id]);
  expect((await listTexts(store)).find(({ id }) => id === chats!.id)).toMatchObject({
    projects: ['first'],
    tunes: ['first'],
  });
});

test('a training text stays one when added for tuning, and vice versa, and a message says so', async () => {
  const { getState, names } = await studioOver();
  const [one, two] = [given('one.txt', 'The sea is wide.'), given('two.txt', 'The sea is deep.')];
  await getState().addFiles([one]);
  await getState().addFiles([two], 'adapt');
  await getState().addFiles([one, two], 'adapt');
  expect(names()).toEqual([['one.txt'], ['two.txt']]);
  expect(getState().toasts.at(-1)).toMatchObject({ text: 'one.txt is already on Text' });
  await getState().addPaste('The sea is deep.', 'sea');
  expect(names()).toEqual([['one.txt'], ['two.txt']]);
  expect(getState().drop!.skipped).toMatchObject([{ name: 'sea', why: 'identical to two.txt on Teach it more' }]);
});

test('rows of unknown shape raise a question, and two of their columns are chats; broken rows are reported', async () => {
  const { getState, workers, names } = await studioOver();
  const own = given('own.jsonl', JSON.stringify({ frage: 'Wo?', antwort: 'Da.' }));
  const broken = given('broken.jsonl', `${row('Who?', 'Me.')}\n${row('Why?', ' ')}`);
  await getState().addFiles([own, broken, given('good.jsonl', row('Who?', 'He.'))], 'instruct');
  expect(names()).toEqual([[], ['good.jsonl']]);
  expect(getState().refused).toMatchObject([{ name: 'broken.jsonl', tunes: 'instruct' }]);
  expect(getState().refused[0]!.failure.message).toContain('line 2 has an empty answer');
  expect(questionOf(getState())).toMatchObject([{ name: 'own.jsonl', kind: 'jsonl', tunes: 'instruct' }]);
  const input = { ...fileOf(questionOf(getState())[0]!), format: 'jsonl' } as const;
  expect(await workers.data.call('lookAtTable', input)).toMatchObject({ columns: ['frage', 'antwort'] });
  // Questions of training texts and of tuning texts are separate.
  await getState().addFiles([given('learn.csv', 'a,b\nc,d\n')]);
  expect(questionOf(getState()).map(({ name }) => name)).toEqual(['own.jsonl']);
  await getState().addTables(questionOf(getState()), { input: 'frage', target: 'antwort' });
  expect(names()).toEqual([[], ['good.jsonl', 'own.jsonl']]);
  expect(getState().tuneTexts[1]).toMatchObject({ conversations: true, documents: 1 });
  expect(questionOf(getState())).toEqual([]);
  expect(unansweredFiles(getState()).map(({ name }) => name)).toEqual(['learn.csv']);
  getState().dismissRefusals();
  expect(getState().refused).toEqual([]);

  await getState().addPaste(`${row('a', 'b')}\n${row('c', 'd')}`, 'Pasted chats', 'instruct');
  expect(getState().tuneTexts.at(-1)).toMatchObject({ name: 'Pasted chats', documents: 2 });
  await getState().addPaste('\ud800', 'Torn', 'instruct');
  expect(getState().refused).toMatchObject([{ name: 'Torn', tunes: 'instruct' }]);
});

/** App and terminal build the same data from chats, and the terminal resumes the app's run on them. */
import { mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { memoryStore } from '../src/core/base/blobStore';
import { unwatched } from '../src/core/base/job';
import { conversationReader } from '../src/core/chat/reader';
import { spokenBy } from '../src/core/chat/spoken';
import { importText, type TextSource } from '../src/core/documents';
import { openPart } from '../src/core/shards/read';
import type { PartSource } from '../src/core/shards/manifest';
import { lonelyLocks } from '../src/testing/behindChannels';
import { turnsTokenizer } from '../src/testing/chatTemplates';
import { useWasm } from '../src/testing/wasm';
import { buildData } from '../src/jobs/buildData';
import { typedPairs } from './columns';
import { filesToRead } from '../node/texts/filesToRead';
import { prepareRunData } from '../node/texts/runData';
import { grownInTheApp } from './testing/inTheApp';
import { run } from './testing/run';

let folder: string;
const path = (...names: string[]) => join(folder, ...names);
const tokenizer = await turnsTokenizer();
const QUESTIONS = Array.from({ length: 30 }, (_, i) => [`Who is ${i}?`, `A friend, "${i}", is there.`] as const);
const WRITTEN = {
  'openai.jsonl': QUESTIONS.map(([user, said]) =>
    JSON.stringify({
      messages: [
        { role: 'user', content: user },
        { role: 'assistant', content: said },
      ],
    }),
  ).join('\n'),
  'alpaca.json': JSON.stringify(QUESTIONS.map(([instruction, output]) => ({ instruction, output }))),
  'pairs.csv': ['q,a', ...QUESTIONS.map(([user, said]) => `${user},"${said.replaceAll('"', '""')}"`)].join('\n'),
};

beforeAll(async () => {
  vi.stubGlobal('navigator', { locks: lonelyLocks() });
  await useWasm();
  folder = await realpath(await mkdtemp(join(tmpdir(), 'chats-from-the-app-')));
  for (const [name, content] of Object.entries(WRITTEN)) await writeFile(path(name), content);
});
afterAll(async () => {
  vi.unstubAllGlobals();
  await rm(folder, { recursive: true });
});

const filesOf = (name: string) =>
  name.endsWith('.csv')
    ? filesToRead(
        {
          texts: undefined,
          pairs: [typedPairs(`${path(name)}:input=q,target=a`)],
          data: undefined,
          skipBadRows: false,
        },
        null,
      )
    : filesToRead({ texts: [path(name)], pairs: undefined, data: undefined, skipBadRows: false }, null);
const inTheStore = async (source: TextSource) => {
  const store = memoryStore();
  const settings = { addedAt: 1, isTuned: true, conversations: conversationReader };
  const imported = await importText(source, store, settings, unwatched);
  if (imported.kind !== 'added') throw new Error('it is there already');
  return { store, id: imported.text.id };
};
const whole = async (part: PartSource) => ({
  ids: await part.read(0, part.tokens),
  documents: await part.documents(),
  lossMask: await part.lossMask!(0, part.tokens),
});

test.each(Object.keys(WRITTEN))('%s', async (name) => {
  const split = { validation: 0.2, test: 0.1, seed: 3 };
  const files = await filesOf(name);
  const chats = await spokenBy(tokenizer);
  const said: string[] = [];
  const begun = { tokenizer: () => Promise.resolve(chats.tokenizer), split, chats };
  const ours = await prepareRunData(files, begun, (words) => said.push(words), unwatched);
  const { store, id } = await inTheStore(files[0]!.source);
  const { manifest } = await buildData(store, [id], tokenizer, split, unwatched);
  expect(ours.data).toMatchObject({ textHash: manifest.textHash, split: manifest.split });
  for (const part of ['train', 'validation', 'test'] as const) {
    expect(ours[part]!.tokens).toBeGreaterThan(0);
    expect(await whole(ours[part]!)).toEqual(await whole(openPart(store, manifest, part)));
  }
  expect(said.join('\n')).toContain(
    '<|user|>Who is 0?<|endoftext|><|assistant|>⟦A friend, "0", is there.<|endoftext|>⟧',
  );
  expect(said).toContain(`${path(name).split('/').at(-1)!}: 30 conversations.`);
});

test('the terminal resumes a run of the app from its file, to the same bits; another file is refused', async () => {
  const { store, id } = await inTheStore((await filesOf('openai.jsonl'))[0]!.source);
  const own = { tokenizer: (await spokenBy(tokenizer)).tokenizer.model, recipe: { objective: 'chats' as const } };
  const weights = await grownInTheApp(store, [id], path('app'), 6, 'run', own);
  const goOn = (...files: string[]) =>
    run(['grow', '--json', '--resume', 'app', '--steps', '6', '--text', ...files], { cwd: folder });
  await writeFile(path('other.jsonl'), WRITTEN['openai.jsonl'].replace('Who is 7?', 'Who was 7?'));
  expect(await goOn('other.jsonl')).toMatchObject({
    code: 1,
    stdout: expect.stringContaining('The content of openai.jsonl is not the training text of the run in app') as string,
  });
  expect(await goOn('openai.jsonl')).toMatchObject({ code: 0 });
  expect(
    createHash('sha256')
      .update(await readFile(path('app/model.safetensors')))
      .digest('hex'),
  ).toBe(weights);
}, 240_000);

/** A question in the model's chat template: the terminal and the web service answer alike. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Exported } from '../src/core/export/format';
import { huggingFaceFiles } from '../src/core/export/formats/huggingFace/write';
import { readBytes } from '../src/core/files/byteSource';
import { type ChatModel, chatmlModel, QUESTION } from '../src/testing/chatModel';
import { serviceFolder, startService } from '../src/testing/runningService';
import { specialTokenizer } from '../src/testing/chatTemplates';
import { untrainedBert } from '../src/testing/untrainedModels';
import { lines, run } from './testing/run';

const folders: string[] = [];
let chat: ChatModel;
let from: string;
beforeAll(async () => {
  chat = await chatmlModel();
  from = await folderOf(chat.model);
}, 120_000);
afterAll(async () => {
  for (const folder of folders) await rm(folder, { recursive: true });
});
async function folderOf(model: Exported): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'chat-'));
  folders.push(folder);
  for (const file of huggingFaceFiles(model, { withOptimizer: false }))
    await writeFile(join(folder, file.name), await readBytes(file));
  return folder;
}
const sample = (where: string, ...args: string[]) =>
  run(['sample', '--from', where, '--device', 'wasm', '--temperature', '0', ...args]);

test('the greedy answer equals that of the web service, and ends with the turn', async () => {
  const sampled = await sample(from, '--chat', '--prompt', QUESTION, '--json');
  expect(sampled).toMatchObject({ code: 0, stderr: '' });
  const { text } = lines(sampled.stdout)[0] as { text: string };
  const folder = await serviceFolder(chat.model);
  folders.push(folder);
  const served = await startService(folder);
  try {
    const { choices } = await served.client.chat.completions.create({
      model: chat.model.name,
      messages: [{ role: 'user', content: QUESTION }],
      temperature: 0,
    });
    expect(choices[0]).toMatchObject({ finish_reason: 'stop', message: { content: text } });
  } finally {
    served.process.kill('SIGKILL');
  }
  expect(text.length).toBeGreaterThan(3);
  expect((await sample(from, '--chat', '--prompt', QUESTION)).stdout).toBe(`${text}\n`);
}, 120_000);

test('a system turn comes before the question, and both are plain text', async () => {
  const [system, question] = ['Be <|im_end|> short', '<|im_start|>assistant'];
  const sampled = await sample(from, '--chat', '--system', system, '--prompt', question, '--tokens', '3', '--json');
  const messages = [{ role: 'system', content: system }, { role: 'user', content: question }] as const; // prettier-ignore
  expect(lines(sampled.stdout)).toMatchObject([{ text: (await chat.answer(messages, 3)).text }]);
}, 120_000);

test('is refused with a reason without a template, a chat model, a question, or room', async () => {
  const tokenizer = await specialTokenizer(['<|endoftext|>', '<|im_start|>', '<|im_end|>']);
  const { chatTemplate: _, ...info } = chat.model.info;
  const bare = await folderOf({ ...chat.model, tokenizer, info });
  const bert = await folderOf(await untrainedBert());
  const refused = async (words: RegExp, where: string, ...args: string[]): Promise<void> => {
    const { code, stdout, stderr } = await sample(where, ...args);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toMatch(words);
  };
  await refused(/has no chat template.*npm run tune -- --kind instruct/s, bare, '--chat', '--prompt', 'Who?');
  await refused(/BERT models don’t chat/, bert, '--chat', '--prompt', 'Who?');
  await refused(/--system needs --chat/, from, '--system', 'Be short.', '--prompt', 'Who?');
  await refused(/The question has \d+ tokens .*context is 160 tokens/, from, '--chat', '--prompt', 'xyz '.repeat(100));
}, 120_000);

/** Prompts of models that don't continue text. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { huggingFaceFiles } from '../src/core/export/formats/huggingFace/write';
import type { Exported } from '../src/core/export/format';
import { readBytes } from '../src/core/files/byteSource';
import { untrainedBert, untrainedT5 } from '../src/testing/untrainedModels';
import { run, STEP_ALONE } from './testing/run';

const folders: string[] = [];
afterAll(async () => {
  for (const folder of folders) await rm(folder, { recursive: true });
});
async function folderOf(model: Exported): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'sample-'));
  folders.push(folder);
  for (const file of huggingFaceFiles(model, { withOptimizer: false }))
    await writeFile(join(folder, file.name), await readBytes(file));
  return folder;
}

test('BERT fills each blank with its likeliest token, and lists other candidates', async () => {
  const sample = ['sample', '--from', await folderOf(await untrainedBert()), '--device', 'cpu', '--prompt'];
  const [result, filled] = await Promise.all([
    run([...sample, 'the [MASK] s___', '--json']),
    run([...sample, 'whale']),
  ]);
  expect(result).toMatchObject({ code: 0, stderr: '' });
  const { text, blanks } = JSON.parse(result.stdout) as {
    text: string;
    blanks: { text: string; probability: number }[][];
  };
  expect(blanks.map((blank) => blank.length)).toEqual([5, 5]);
  expect(text).toBe(`the${blanks[0]![0]!.text} s${blanks[1]![0]!.text}`);
  expect(filled).toMatchObject({ code: 2, stdout: '' });
  expect(filled.stderr).toContain('The passage has no blank to fill. Write [MASK] or ___');
}, 120_000);

test('T5 answers greedily by default, and with beam search', async () => {
  const sample = ['sample', '--from', await folderOf(await untrainedT5()), '--device', 'cpu', '--tokens', '8', '--prompt', 'hgf']; // prettier-ignore
  const [one, json, beams, marked] = await Promise.all([
    run(sample),
    run([...sample, '--json']),
    run([...sample, '--beams', '3']),
    run([...sample, '--mark']),
  ]);
  expect(one).toMatchObject({ code: 0, stderr: expect.stringMatching(STEP_ALONE) as string });
  expect(`${(JSON.parse(json.stdout) as { text: string }).text}\n`).toBe(one.stdout);
  expect(beams).toMatchObject({ code: 0, stderr: expect.stringMatching(STEP_ALONE) as string });
  expect(marked.stdout).toMatch(/^[^]*\n\nWritten by a language model \(.+, step \d+\) with Homegrown\.\n$/);
  expect(marked.stdout.startsWith(one.stdout.trimEnd())).toBe(true);
}, 120_000);

test('prints the longest passage that a new text copies from given files', async () => {
  const folder = await folderOf(await untrainedT5());
  const sample = ['sample', '--from', folder, '--device', 'cpu', '--tokens', '8', '--prompt', 'hgf'];
  const alone = await run([...sample, '--json']);
  const { text } = JSON.parse(alone.stdout) as { text: string };
  const texts = await mkdtemp(join(tmpdir(), 'sample-'));
  folders.push(texts);
  await writeFile(join(texts, 'own.txt'), `Before ${text} after it`);
  await writeFile(join(texts, 'other.txt'), 'nothing of it 123');
  const [json, plain, none] = await Promise.all([
    run([...sample, '--json', '--compare', texts]),
    run([...sample, '--compare', texts]),
    run([...sample, '--json', '--compare', join(texts, 'other.txt')]),
  ]);
  const passage = text.trim();
  const words = passage.split(/\s+/).length;
  expect(JSON.parse(json.stdout)).toMatchObject({ text, copied: { words, passage } });
  expect(plain.stdout).toBe(`${text}\n`);
  expect(plain.stderr).toContain(`Longest copied passage: ${words} word`);
  expect(JSON.parse(none.stdout)).toMatchObject({ text, copied: { words: 0, passage: '' } });
}, 120_000);

/** A folder with a marked model, and things of somebody's in and around it. */
import fs from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { huggingFaceFiles } from '../../src/core/export/formats/huggingFace/write';
import { readModel } from '../../node/folders/readModel';
import { writeFolder } from '../../node/folders/write';
import { markedModel } from './model';

export const filesOf = async (mark: number) => huggingFaceFiles(await markedModel(mark), { withOptimizer: true });
export const write = async (folder: string, mark: number) => writeFolder(folder, await filesOf(mark));
export const namesIn = async (folder: string): Promise<string> => (await fs.readdir(folder)).sort().join(' ');

interface Sentinels {
  around: string;
  model: string;
  /** Fails if one of the user's files changed. */
  expectWhole(): Promise<void>;
}
/** A folder with a model of mark 1 at the place `around`, and things of somebody's in and around it. */
export async function withSentinels(around: string): Promise<Sentinels> {
  const model = join(around, 'model');
  await write(model, 1);
  await fs.mkdir(join(model, 'notes'));
  const sentinels = ['thesis.txt', 'model.txt', 'model/notes.txt', 'model/.hidden', 'model/notes/chapter.md'];
  for (const name of sentinels) await fs.writeFile(join(around, name), name);
  await fs.symlink('../thesis.txt', join(model, 'link'));
  const inode = async (name: string) => (await fs.stat(join(around, name))).ino;
  const before = await Promise.all(['model', ...sentinels].map(inode));
  return {
    around,
    model,
    async expectWhole() {
      for (const name of sentinels) expect(await fs.readFile(join(around, name), 'utf8')).toBe(name);
      expect(await fs.readlink(join(model, 'link'))).toBe('../thesis.txt');
      expect(await Promise.all(['model', ...sentinels].map(inode))).toEqual(before);
    },
  };
}

/** Mark of a model whose files are all from one save. */
export async function markIn(folder: string): Promise<number> {
  const { info, snapshot } = await readModel(folder);
  const marks = new Set([
    info!.state.step,
    ...[...snapshot.tensors.values()].flatMap(({ data }) => [...new Set(data)]),
  ]);
  expect(marks.size).toBe(1);
  return info!.state.step;
}

/** A model on disk, a folder or a file: read from, and written whole or not at all. */
import { mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { badFile, badSettings } from '../src/core/base/errors';
import type { ByteSource, ByteStream } from '../src/core/checkpoint/byteSource';
import { byteFile } from './terminal';

/** The files of a Hugging Face folder that a model can be read from. */
export async function filesOf(folder: string): Promise<{ name: string; source: ByteSource }[]> {
  const names = await readdir(folder).catch(() => {
    throw badFile(`There is no folder ${folder}.`, 'Give the folder that grow has written.');
  });
  const known = names.filter((name) => /\.(json|safetensors)$|^merges\.txt$/.test(name));
  return Promise.all(known.map(async (name) => ({ name, source: await byteFile(join(folder, name)) })));
}

/** Refuses a folder that holds anything but a model of ours, before hours of work are aimed at it. */
export async function checkFolder(path: string): Promise<void> {
  const names: string[] = await readdir(path).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw badSettings(`${path} cannot be written as a folder.`, 'Name another with --out.');
  });
  if (names.length === 0 || names.includes('homegrown.json')) return;
  throw badSettings(`${path} is not empty and was not written by Homegrown.`, 'Name another with --out.');
}

/** Writes beside the folder and then takes its place. */
export async function writeFolder(path: string, files: readonly ByteStream[]): Promise<number> {
  await checkFolder(path);
  const whole = resolve(path);
  const parent = dirname(whole);
  const draft = join(parent, `.${basename(whole)}.${process.pid}.part`);
  await rm(draft, { recursive: true, force: true });
  await mkdir(draft, { recursive: true });
  try {
    for (const file of files) {
      await mkdir(dirname(join(draft, file.name)), { recursive: true });
      await writeStream(join(draft, file.name), file);
    }
    await rm(whole, { recursive: true, force: true });
    await rename(draft, whole);
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    throw error;
  }
  return files.reduce((sum, { size }) => sum + size, 0);
}

/** Writes beside the file and then takes its place. */
export async function writeFile(path: string, file: ByteStream): Promise<number> {
  const whole = resolve(path);
  const draft = join(dirname(whole), `.${basename(whole)}.${process.pid}.part`);
  try {
    await writeStream(draft, file);
    await rename(draft, whole);
  } catch (error) {
    await rm(draft, { force: true });
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ENOENT' && code !== 'EISDIR' && code !== 'ENOTDIR' && code !== 'EACCES') throw error;
    throw badSettings(`${path} cannot be written as a file (${code}).`, 'Name another with --out.');
  }
  return file.size;
}

async function writeStream(path: string, file: ByteStream): Promise<void> {
  const handle = await open(path, 'w');
  try {
    for await (const chunk of file.chunks()) await handle.writeFile(chunk);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

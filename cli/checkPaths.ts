/** Checks before a command starts that no output is one of its inputs, as its flags declare them. */
import { stat } from 'node:fs/promises';
import { badSettings, type HomegrownError } from '../src/core/base/errors';
import type { Options, PathUse, Values } from './options';
import { isIn } from '../node/folders/target';

interface NamedPath {
  flag: string;
  path: string;
}

/**
 * Compares by device and inode, so that links don't hide an input.
 * @throws HomegrownError `bad-settings` that names both flags
 */
export async function checkPaths(options: Options, values: Values<Options>): Promise<void> {
  const pathsUsed = (...uses: readonly PathUse[]): NamedPath[] => pathsOf(options, values, uses);
  const writtenPaths = pathsUsed('writes');
  const outputs = writtenPaths.length > 0 ? writtenPaths : pathsUsed('resumes');
  for (const [i, output] of outputs.entries()) {
    for (const other of outputs.slice(i + 1)) await checkOutputs(output, other);
    for (const input of pathsUsed('reads')) await checkInput(output, input, false);
    // A run may continue in its own folder.
    if (writtenPaths.length > 0) for (const input of pathsUsed('resumes')) await checkInput(output, input, true);
  }
}

function pathsOf(options: Options, values: Values<Options>, uses: readonly PathUse[]): NamedPath[] {
  return Object.entries(options).flatMap(([flag, option]) => {
    if ((option.kind !== 'text' && option.kind !== 'texts') || !uses.includes(option.path)) return [];
    const typedValues = [values[flag] ?? []].flat().map(String);
    return typedValues
      .flatMap((value) => (option.pathIn ? option.pathIn(value) : value) ?? [])
      .map((path) => ({ flag, path }));
  });
}

async function checkOutputs(a: NamedPath, b: NamedPath): Promise<void> {
  const [isInB, isInA] = [await isIn(a.path, b.path), await isIn(b.path, a.path)];
  if (isInA && isInB) throw pathError(`--${a.flag} and --${b.flag} name the same path, ${a.path}.`);
  if (isInB) throw pathError(`--${a.flag} ${a.path} is inside --${b.flag} ${b.path}.`);
  if (isInA) throw pathError(`--${b.flag} ${b.path} is inside --${a.flag} ${a.path}.`);
}

async function checkInput(output: NamedPath, input: NamedPath, mayBeSame: boolean): Promise<void> {
  const [containsInput, isInInput] = [await isIn(input.path, output.path), await isIn(output.path, input.path)];
  const [outputWords, inputWords] = [`--${output.flag} ${output.path}`, `--${input.flag} ${input.path}`];
  if (containsInput && isInInput) {
    if (!mayBeSame) throw pathError(`${outputWords} is the same path as ${inputWords}, which this command reads.`);
  } else if (containsInput) throw pathError(`${outputWords} contains ${inputWords}, which this command reads.`);
  else if (isInInput && (await isFolder(input.path)))
    throw pathError(`${outputWords} is inside ${inputWords}, a folder that this command reads.`);
}

const isFolder = async (path: string): Promise<boolean> => (await stat(path).catch(() => null))?.isDirectory() ?? false;

const pathError = (words: string): HomegrownError =>
  badSettings(words, 'Nothing was read or written. Choose another output path.');

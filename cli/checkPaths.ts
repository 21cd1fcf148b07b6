/** Checks before a command starts that no output is one of its inputs, as its flags declare them. */
import { stat } from 'node:fs/promises';
import { badSettings, type HomegrownError } from '../src/core/base/errors';
import type { Options, PathUse, Values } from './options';
import { isIn } from '../node/folders/target';

interface Named {
  flag: string;
  path: string;
}

/**
 * Compares by device and inode, so that links don't hide an input.
 * @throws HomegrownError `bad-settings` that names both flags
 */
export async function checkPaths(options: Options, values: Values<Options>): Promise<void> {
  const named = (...uses: readonly PathUse[]): Named[] => pathsOf(options, values, uses);
  const written = named('writes');
  const outputs = written.length > 0 ? written : named('resumes');
  for (const [i, output] of outputs.entries()) {
    for (const other of outputs.slice(i + 1)) await checkOutputs(output, other);
    for (const input of named('reads')) await checkInput(output, input, false);
    // A run may continue in its own folder.
    if (written.length > 0) for (const input of named('resumes')) await checkInput(output, input, true);
  }
}

function pathsOf(options: Options, values: Values<Options>, uses: readonly PathUse[]): Named[] {
  return Object.entries(options).flatMap(([flag, option]) => {
    if ((option.kind !== 'text' && option.kind !== 'texts') || !uses.includes(option.path)) return [];
    const typed = [values[flag] ?? []].flat().map(String);
    return typed
      .flatMap((value) => (option.pathIn ? option.pathIn(value) : value) ?? [])
      .map((path) => ({ flag, path }));
  });
}

async function checkOutputs(a: Named, b: Named): Promise<void> {
  const [isInB, isInA] = [await isIn(a.path, b.path), await isIn(b.path, a.path)];
  if (isInA && isInB) throw refused(`--${a.flag} and --${b.flag} name the same path, ${a.path}.`);
  if (isInB) throw refused(`--${a.flag} ${a.path} is inside --${b.flag} ${b.path}.`);
  if (isInA) throw refused(`--${b.flag} ${b.path} is inside --${a.flag} ${a.path}.`);
}

async function checkInput(output: Named, input: Named, mayBeSame: boolean): Promise<void> {
  const [holds, isHeld] = [await isIn(input.path, output.path), await isIn(output.path, input.path)];
  const [out, read] = [`--${output.flag} ${output.path}`, `--${input.flag} ${input.path}`];
  if (holds && isHeld) {
    if (!mayBeSame) throw refused(`${out} is the same path as ${read}, which this command reads.`);
  } else if (holds) throw refused(`${out} contains ${read}, which this command reads.`);
  else if (isHeld && (await isFolder(input.path)))
    throw refused(`${out} is inside ${read}, a folder that this command reads.`);
}

const isFolder = async (path: string): Promise<boolean> => (await stat(path).catch(() => null))?.isDirectory() ?? false;

const refused = (words: string): HomegrownError =>
  badSettings(words, 'Nothing was read or written. Choose another output path.');

/** A copy of the sources with the toy architecture in the list. */
import { cp, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ROOT } from './run';

/**
 * @param folder of the copy
 * @param change edits the source of the toy's spec.ts
 * @returns root of the copy
 */
export async function toyTree(folder: string, change = (spec: string) => spec): Promise<string> {
  const tree = join(folder, 'homegrown');
  await mkdir(tree);
  for (const name of ['src', 'cli', 'node', 'bench', 'scripts', 'package.json', 'tsconfig.json'])
    await cp(join(ROOT, name), join(tree, name), { recursive: true });
  // The copy has its own cache of bundles.
  await mkdir(join(tree, 'node_modules'));
  for (const name of await readdir(join(ROOT, 'node_modules')))
    if (name !== '.cache') await symlink(join(ROOT, 'node_modules', name), join(tree, 'node_modules', name));

  const models = join(tree, 'src/core/models');
  await mkdir(join(models, 'toy'));
  for (const file of ['spec.ts', 'forward.ts']) {
    const source = await readFile(join(tree, 'src/testing/toyModel', file), 'utf8');
    const moved = source.replaceAll("from '../../core/", "from '../../");
    await writeFile(join(models, 'toy', file), file === 'spec.ts' ? change(moved) : moved);
  }
  const list = await readFile(join(models, 'index.ts'), 'utf8');
  const added = list
    .replace(/(MODELS = \{ .*?) \}/, '$1, toy }')
    .replace('\n\n', "\nimport { toy } from './toy/spec';\n\n");
  if (added.length - list.length !== LINE.length) throw new Error('models/index.ts has no line for the toy.');
  await writeFile(join(models, 'index.ts'), added);
  return tree;
}
const LINE = "\nimport { toy } from './toy/spec';, toy";

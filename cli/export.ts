/** npm run export: a model that grow, the app or someone else has written, in the format of another tool. */
import { basename, dirname, join, resolve } from 'node:path';
import { template } from '../scripts/templates';
import { badSettings } from '../src/core/base/errors';
import { formatBytes } from '../src/core/base/units';
import { exportedFrom } from '../src/core/export/exported';
import type { Format } from '../src/core/export/format';
import { type FormatId, FORMATS } from '../src/core/export/formats';
import { parseOptions } from './options';
import { readModel } from './read';
import { command, print } from './terminal';
import { checkOutFile, checkOutFolder, writeFile, writeFolder } from './write';

const OPTIONS = {
  from: { kind: 'text' },
  format: { kind: 'choice', of: Object.keys(FORMATS) as FormatId[] },
  out: { kind: 'text' },
  /** Also what training needs to go on, where the format has a place for it. */
  optimizer: { kind: 'switch' },
} as const;

async function exportModel(args: readonly string[]): Promise<void> {
  const { from, format, out, optimizer } = parseOptions(OPTIONS, args);
  const writer: Format = FORMATS[format];
  await (writer.kind === 'folder' ? checkOutFolder(out, [from], []) : checkOutFile(out, from));
  const exported = exportedFrom(await readModel(from), basename(resolve(from)), Date.now());
  const problem = writer.problem?.(exported.info) ?? null;
  if (problem !== null) throw badSettings(problem, 'Choose another format.');
  const files = await writer.files(exported, { withOptimizer: optimizer, template });
  if (writer.kind === 'folder') {
    print(`${out}: ${formatBytes(await writeFolder(out, files))} in ${files.length} files`);
    return;
  }
  const beside = writer.beside?.(exported.info, basename(out)) ?? [];
  const targets = [[out, files[0]!] as const, ...beside.map((file) => [join(dirname(out), file.name), file] as const)];
  for (const [path] of targets) await checkOutFile(path, from);
  for (const [path, file] of targets) print(`${path}: ${formatBytes(await writeFile(path, file))}`);
}

await command(exportModel);

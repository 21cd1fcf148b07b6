/** npm run export: a model that grow, the app or someone else has written, in the format of another tool. */
import { basename, dirname, join, resolve } from 'node:path';
import { template } from '../scripts/templates';
import { badSettings } from '../src/core/base/errors';
import { unwatched } from '../src/core/base/job';
import { formatBytes } from '../src/core/base/units';
import { exportedFrom } from '../src/core/export/exported';
import type { Format } from '../src/core/export/format';
import { type FormatId, FORMATS } from '../src/core/export/formats';
import { importHuggingFace } from '../src/core/export/importHuggingFace';
import { filesOf, writeFile, writeFolder } from './folder';
import { parseOptions } from './options';
import { command, print } from './terminal';

const OPTIONS = {
  from: { kind: 'text' },
  format: { kind: 'choice', of: Object.keys(FORMATS) as FormatId[] },
  out: { kind: 'text' },
  /** Also what training needs to go on, where the format has a place for it. */
  optimizer: { kind: 'switch' },
} as const;

async function exportModel(args: readonly string[]): Promise<void> {
  const { from, format, out, optimizer } = parseOptions(OPTIONS, args);
  if (resolve(from) === resolve(out)) throw badSettings('--from and --out are the same.', 'Name another with --out.');
  const imported = await importHuggingFace(await filesOf(from), unwatched);
  const exported = exportedFrom(imported, basename(resolve(from)), Date.now());
  const writer: Format = FORMATS[format];
  const problem = writer.problem?.(exported.info) ?? null;
  if (problem !== null) throw badSettings(problem, 'Choose another format.');
  const files = await writer.files(exported, { withOptimizer: optimizer, template });
  if (writer.kind === 'folder') {
    print(`${out}: ${formatBytes(await writeFolder(out, files))} in ${files.length} files`);
    return;
  }
  print(`${out}: ${formatBytes(await writeFile(out, files[0]!))}`);
  for (const file of writer.beside?.(exported.info, basename(out)) ?? []) {
    const path = join(dirname(out), file.name);
    print(`${path}: ${formatBytes(await writeFile(path, file))}`);
  }
}

await command(exportModel);

/** npm run export: writes a model from grow, the app or elsewhere in the format of another tool. */
import { existsSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { template } from '../scripts/templates';
import { badSettings } from '../src/core/base/errors';
import { formatBytes } from '../src/core/base/units';
import type { ByteStream } from '../src/core/files/byteSource';
import { exportedFrom } from '../src/core/export/exported';
import { type Format, formatWords, withMoments } from '../src/core/export/format';
import { FORMATS } from '../src/core/export/formats';
import { FORMAT_IDS } from '../src/core/export/cards';
import type { Values } from './options';
import { settingsOf } from '../src/core/export/formatSettings';
import { ADAPTER } from './adapterFlag';
import { MIX, mixedBy, mixedPath } from './mix';
import { readModel, withAdapter } from '../node/folders/readModel';
import { ADAPTER_FILES, inModel } from '../src/core/export/adapterFiles';
import { command, interruptible, print, stderr } from './terminal';
import { checkOutFile, checkOutFolder, codeOf, writeFile, writeFolder, type Written } from '../node/folders/write';
import { usedStep } from './told';

const OPTIONS = {
  from: { kind: 'text', path: 'reads', help: 'Folder, zip or GGUF file of the model' },
  adapter: ADAPTER,
  mix: { kind: 'text', path: 'reads', pathIn: mixedPath, otherwise: 'nothing', help: MIX },
  format: {
    kind: 'choice',
    of: FORMAT_IDS,
    help: 'Format',
    choices: FORMAT_IDS.map((id) => formatWords(FORMATS[id])),
  },
  out: { kind: 'text', path: 'writes', help: 'File or folder to write' },
  optimizer: { kind: 'switch', help: 'Include optimizer state to resume training, if the format supports it' },
  json: { kind: 'switch', help: 'Print one JSON object per line: the files written' },
} as const;

async function exportModel({
  from,
  adapter,
  mix,
  format,
  out,
  optimizer,
  json,
}: Values<typeof OPTIONS>): Promise<number> {
  const writer: Format = FORMATS[format];
  const since = await (writer.kind === 'folder' ? checkOutFolder(out, [], []) : checkOutFile(out, from));
  const signal = interruptible();
  const unneeded = [
    ...(withMoments(writer, optimizer) && adapter === undefined ? [] : ['optimizer.safetensors']),
    // The folder has the adapter as separate files, too, and so has the export.
    ...(writer.moments && adapter === undefined ? [] : ADAPTER_FILES.map(inModel)),
  ];
  const read = await readModel(from, unneeded, signal);
  const beside = adapter === undefined ? read : await withAdapter(read, adapter, signal);
  const imported = await mixedBy(mix, beside, signal);
  if (beside.adapted?.words !== undefined) stderr.write(`${beside.adapted.words}\n`);
  const exported = await exportedFrom(imported, basename(resolve(from)), Date.now(), withMoments(writer, optimizer));
  const problem = writer.problem?.(settingsOf(exported.info)) ?? null;
  if (problem !== null) throw badSettings(problem, 'Choose another --format.');
  const files = (await writer.files(exported, { withOptimizer: optimizer, template })).map((file) =>
    until(signal, file),
  );
  const used = usedStep(imported.info, [adapter, mix]);
  const tell = ({ place, bytes }: Written, count = 1): void =>
    print(
      json
        ? JSON.stringify({ out: place, bytes, files: count, ...used.json })
        : `${place}: ${formatBytes(bytes)}${writer.kind === 'folder' ? ` in ${count} files` : ''}`,
    );
  const note = (): void => {
    if (used.words !== undefined && !json) stderr.write(`${used.words}\n`);
    const warning = writer.warning?.(settingsOf(exported.info)) ?? null;
    if (warning !== null) stderr.write(`${warning.replaceAll('`', '')}\n`);
  };
  if (writer.kind === 'folder') {
    const written = await writeFolder(out, files, since);
    tell(written, files.length);
    note();
    return codeOf(out, written);
  }
  const sidecarsOf = async (place: string): Promise<readonly (readonly [string, ByteStream])[]> =>
    ((await writer.sidecar?.files(exported.info, basename(place))) ?? []).map((file) => [
      join(dirname(place), file.name),
      file,
    ]);
  const marks = new Map<string, string>();
  for (const [path] of await sidecarsOf(out)) {
    // Without a model next to it, the file isn't from an earlier export.
    if (existsSync(path) && !existsSync(out))
      throw badSettings(
        `${path} exists, and this export writes a file of that name next to ${out}.`,
        'Nothing was written. Move it away, or name another file with --out.',
      );
    marks.set(path, await checkOutFile(path, from));
  }
  const written = await writeFile(out, files[0]!, since);
  tell(written);
  for (const [path, file] of await sidecarsOf(written.place)) tell(await writeFile(path, file, marks.get(path) ?? ''));
  note();
  return codeOf(out, written);
}

/** Stops writing a file if the command is interrupted. */
const until = (signal: AbortSignal, file: ByteStream): ByteStream => ({
  ...file,
  async *chunks() {
    for await (const chunk of file.chunks()) {
      signal.throwIfAborted();
      yield chunk;
    }
  },
});

const examples = [
  '--from my-model --format gguf-f16 --out my-model.gguf',
  '--from my-model --format html --out whale.html',
];
const about = 'Exports a model in the format of another tool.';
export const exportCommand = command({ name: 'export', about, options: OPTIONS, examples, run: exportModel });

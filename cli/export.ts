/** npm run export: a model that grow, the app or someone else has written, in the format of another tool. */
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
import { settingsOf } from '../src/core/export/homegrownJson';
import { ADAPTER_IN } from './adapter';
import { MIX, mixedBy } from './mix';
import { readModel, withAdapter } from './read';
import { ADAPTER_FILES, inModel } from '../src/core/export/adapterFiles';
import { command, interruptible, print, stderr } from './terminal';
import { checkOutFile, checkOutFolder, writeFile, writeFolder } from './write';
import { classifierStep } from './told';

const OPTIONS = {
  from: { kind: 'text', help: 'Folder of the model, a zip of it, or a GGUF file' },
  adapter: { kind: 'text', otherwise: 'none', help: ADAPTER_IN },
  mix: { kind: 'text', otherwise: 'nothing', help: MIX },
  format: {
    kind: 'choice',
    of: FORMAT_IDS,
    help: 'Format to write',
    choices: FORMAT_IDS.map((id) => formatWords(FORMATS[id])),
  },
  out: { kind: 'text', help: 'File, or folder, to write' },
  optimizer: { kind: 'switch', help: 'Also what training needs to go on, where the format has a place for it' },
  json: { kind: 'switch', help: 'One object a line: what was written, or the error' },
} as const;

async function exportModel({
  from,
  adapter,
  mix,
  format,
  out,
  optimizer,
  json,
}: Values<typeof OPTIONS>): Promise<void> {
  const writer: Format = FORMATS[format];
  await (writer.kind === 'folder'
    ? checkOutFolder(out, [from, ...(adapter === undefined ? [] : [adapter])], [])
    : checkOutFile(out, from));
  const signal = interruptible();
  const unneeded = [
    ...(withMoments(writer, optimizer) && adapter === undefined ? [] : ['optimizer.safetensors']),
    // The folder has it apart too, and so has what is written from it.
    ...(writer.moments && adapter === undefined ? [] : ADAPTER_FILES.map(inModel)),
  ];
  const read = await readModel(from, unneeded, signal);
  const beside = adapter === undefined ? read : await withAdapter(read, adapter, signal);
  const imported = await mixedBy(mix, beside, signal);
  if (beside.adapted?.words !== undefined) stderr.write(`${beside.adapted.words}\n`);
  const exported = await exportedFrom(imported, basename(resolve(from)), Date.now(), withMoments(writer, optimizer));
  const problem = writer.problem?.(settingsOf(exported.info)) ?? null;
  if (problem !== null) throw badSettings(problem, 'Choose another format.');
  const files = (await writer.files(exported, { withOptimizer: optimizer, template })).map((file) =>
    until(signal, file),
  );
  const tell = (path: string, bytes: number, count = 1): void =>
    print(
      json
        ? JSON.stringify({ out: path, bytes, files: count })
        : `${path}: ${formatBytes(bytes)}${writer.kind === 'folder' ? ` in ${count} files` : ''}`,
    );
  if (writer.kind === 'folder') {
    tell(out, await writeFolder(out, files), files.length);
    return;
  }
  const sidecars = ((await writer.sidecar?.files(exported.info, basename(out))) ?? []).map(
    (file) => [join(dirname(out), file.name), file] as const,
  );
  const targets = [[out, files[0]!] as const, ...sidecars];
  for (const [path] of targets) await checkOutFile(path, from);
  for (const [path, file] of targets) tell(path, await writeFile(path, file));
  const step = classifierStep(exported.info);
  if (step !== undefined) stderr.write(`${step}\n`);
  const warning = writer.warning?.(settingsOf(exported.info)) ?? null;
  if (warning !== null) stderr.write(`${warning.replaceAll('`', '')}\n`);
}

/** A file that can be stopped while it is written. */
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
const about = 'Writes a model of grow, the app or someone else in the format of another tool.';
export const exportCommand = command({ name: 'export', about, options: OPTIONS, examples, run: exportModel });

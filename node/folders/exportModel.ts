/** Exports a model in the format of another tool, as a folder or a file with its sidecars. */
import { existsSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { badSettings } from '../../src/core/base/errors';
import { unwatched } from '../../src/core/base/job';
import { ADAPTER_FILES, inModel } from '../../src/core/export/adapterFiles';
import { exportedFrom } from '../../src/core/export/exported';
import { type ExportOptions, type Format, withMoments } from '../../src/core/export/format';
import { settingsOf } from '../../src/core/export/formatSettings';
import type { RunInfo } from '../../src/core/export/homegrownJson';
import type { ByteSource, ByteStream } from '../../src/core/files/byteSource';
import { compareFiles, type ExportCheck, verifyExport } from '../../src/jobs/verifyExport';
import { byteFile } from '../sources';
import { type AskedAverage, averagedModel } from './averaged';
import { readModel, withAdapter } from './readModel';
import { checkOutFile, checkOutFolder, codeOf, writeFile, writeFolder, type Written } from './write';

interface ExportRequest extends ExportOptions {
  /** Folder or file of the model, and a PEFT folder to merge into it. */
  from: string;
  adapter: string | undefined;
  average: AskedAverage | undefined;
  format: Format;
  out: string;
}

/** A file or a folder that was written. */
export interface ExportedFile extends Written {
  files: number;
  /** Its check before it took its place; absent for a small companion file, whose bytes were compared. */
  check?: ExportCheck;
}

interface ExportedModel {
  /** The run of the model; null for a model without one. */
  info: RunInfo | null;
  /** Missing or changed parts of the export. */
  warning: string | null;
  /** Exit code. */
  code: number;
}

interface ExportReporter {
  say(line: string): unknown;
  written(file: ExportedFile, info: RunInfo | null): void;
}

/** Checks where the export goes. @returns the mark by which a later write sees that others wrote there meanwhile */
export const checkExportPlace = ({ format, out, from }: ExportRequest): Promise<string> =>
  format.kind === 'folder' ? checkOutFolder(out, [], []) : checkOutFile(out, from);

/**
 * @param mark mark of `checkExportPlace`
 * @throws HomegrownError `bad-file`; `bad-settings` if the format can't hold the model, or a file is in the way
 */
export async function exportModel(
  request: ExportRequest,
  mark: string,
  reporter: ExportReporter,
  signal: AbortSignal,
): Promise<ExportedModel> {
  const { from, adapter, format, out, withOptimizer } = request;
  const original = await readModel(from, unneededFiles(request), signal);
  const merged = adapter === undefined ? original : await withAdapter(original, adapter, signal);
  const model = await averagedModel(merged, request.average, signal);
  if (merged.adapted?.words !== undefined) reporter.say(merged.adapted.words);
  const hasMoments = withMoments(format, withOptimizer);
  const exported = await exportedFrom(model, basename(resolve(from)), Date.now(), hasMoments);
  const settings = settingsOf(exported.info);
  const problem = format.problem?.(settings) ?? null;
  if (problem !== null) throw badSettings(problem, 'Choose another --format.');
  const files = (await format.files(exported, request)).map((file) => stoppable(signal, file));
  const report = (written: Written, count = 1, check?: ExportCheck): void =>
    reporter.written({ ...written, files: count, ...(check && { check }) }, model.info);
  const job = { ...unwatched, signal };
  let check: ExportCheck | undefined;
  const result = { info: model.info, warning: format.warning?.(settings) ?? null };
  if (format.kind === 'folder') {
    const written = await writeFolder(out, files, mark, async (draft) => {
      const opened = files.map(async ({ name }) => [name, await byteFile(join(draft, name))] as const);
      check = await verifyExport({ exported, format, streams: files, files: new Map(await Promise.all(opened)) }, job);
    });
    report(written, files.length, check);
    return { ...result, code: codeOf(out, written) };
  }
  const sidecarsOf = async (place: string): Promise<readonly (readonly [string, ByteStream])[]> =>
    ((await format.sidecar?.files(exported.info, basename(place))) ?? []).map((file) => [
      join(dirname(place), file.name),
      file,
    ]);
  const marks = await checkSidecars(
    (await sidecarsOf(out)).map(([path]) => path),
    request,
  );
  /** Opens a draft under the name of its stream; the draft has the name of its place. */
  const opened = async (draft: string, { name }: ByteStream): Promise<ReadonlyMap<string, ByteSource>> =>
    new Map([[name, await byteFile(draft)]]);
  const written = await writeFile(out, files[0]!, mark, async (draft) => {
    check = await verifyExport({ exported, format, streams: files, files: await opened(draft, files[0]!) }, job);
  });
  report(written, 1, check);
  for (const [path, file] of await sidecarsOf(written.place)) {
    const verify = async (draft: string) => compareFiles([file], await opened(draft, file), job);
    report(await writeFile(path, file, marks.get(path) ?? '', verify));
  }
  return { ...result, code: codeOf(out, written) };
}

/** Large files that the export doesn't read. */
const unneededFiles = ({ adapter, format, withOptimizer }: ExportRequest): readonly string[] => [
  ...(withMoments(format, withOptimizer) && adapter === undefined ? [] : ['optimizer.safetensors']),
  // The folder has the adapter as separate files, too, and so has the export.
  ...(format.moments && adapter === undefined ? [] : ADAPTER_FILES.map(inModel)),
];

/** @returns the mark of each path */
async function checkSidecars(paths: readonly string[], { out, from }: ExportRequest): Promise<Map<string, string>> {
  const marks = new Map<string, string>();
  for (const path of paths) {
    // Without a model next to it, the file isn't from an earlier export.
    if (existsSync(path) && !existsSync(out))
      throw badSettings(
        `${path} exists, and this export writes a file of that name next to ${out}.`,
        'Nothing was written. Move it away, or name another file with --out.',
      );
    marks.set(path, await checkOutFile(path, from));
  }
  return marks;
}

/** Stops writing a file if the command is interrupted. */
const stoppable = (signal: AbortSignal, file: ByteStream): ByteStream => ({
  ...file,
  async *chunks() {
    for await (const chunk of file.chunks()) {
      signal.throwIfAborted();
      yield chunk;
    }
  },
});

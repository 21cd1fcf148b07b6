/** Handlers of the data worker that import texts and read tables. */
import { badFile, toFailure } from '../core/base/errors';
import {
  importDrop,
  importText,
  lookAtTable,
  pastedText,
  proposalsFor,
  surveyTable,
  tableFormatOf,
} from '../core/documents';
import type { Between } from '../core/documents/labels/between';
import type { Purpose } from '../core/runs/tuning';
import type { GivenFile, Sample } from '../protocol/data';
import { readSentencePairs, readTask } from './askedLists';
import { loadChatReader } from './chatHandlers';
import type { DataContext, OwnFile, SomeDataHandlers } from './dataContext';
import { fileSource, fileSources } from './fileSources';

export function importHandlers(context: DataContext) {
  const { store, ownFile, runReader } = context;
  /** Files of drops that await their import. */
  const waitingFiles = new Map<string, readonly GivenFile[]>();
  return {
    handFiles({ drop, files }) {
      waitingFiles.set(drop, [...(waitingFiles.get(drop) ?? []), ...files]);
      return Promise.resolve(null);
    },
    async importFiles({ drop = '', files, ...settings }, job) {
      const allFiles = [...(waitingFiles.get(drop) ?? []), ...files];
      waitingFiles.delete(drop);
      const importSettings = await forPurpose(await context.owned(settings));
      const { refused, ...outcome } = await importDrop(fileSources(allFiles), await store, importSettings, job);
      return { ...outcome, refused: refused.map(({ name, error }) => ({ name, failure: toFailure(error) })) };
    },
    async importPaste({ text, name, ...settings }, job) {
      return importText(pastedText(name, text), await store, await forPurpose(await context.owned(settings)), job);
    },
    async importSample({ file, ...settings }, job) {
      const sample = (await fetchSamples(ownFile)).find((listed) => listed.file === file);
      if (!sample) throw badFile(`There is no sample ${file}`);
      const blob = await (await ownFile(`/samples/${file}`, sample.title)).blob();
      const { licence, pairs, labels } = sample;
      const importSettings = await context.owned({
        ...settings,
        licence,
        ...(labels && { isTuned: true, labeledAs: {} }),
      });
      const columns = labels ?? (pairs ? null : undefined);
      const table = columns !== undefined && { format: tableFormatOf(file), columns };
      const source = fileSource({ file: blob, name: file, ...(table && { table }) });
      return importText(source, await store, importSettings, job);
    },
    samples: () => fetchSamples(ownFile),
    lookAtTable: ({ format, ...file }) => lookAtTable(fileSource(file), format, runReader),
    surveyTable: ({ format, ...file }) => surveyTable(fileSource(file), format, runReader),
    readSentencePairs: (file, job) => readSentencePairs(fileSource(file), runReader, job),
    readTask: (file, job) => readTask(fileSource(file), runReader, job),
    proposeEncodings: ({ given, names }) => proposalsFor(fileSource(given), names),
  } satisfies SomeDataHandlers;
}

async function fetchSamples(ownFile: OwnFile): Promise<readonly Sample[]> {
  const response = await ownFile('/samples/index.json', 'The list of samples');
  return (await response.json()) as readonly Sample[];
}

/** Settings for importing a text for a purpose of tuning. */
const forPurpose = async <S>({ tunes, between, ...settings }: S & { tunes?: Purpose; between?: Between }) => ({
  ...settings,
  isTuned: tunes !== undefined,
  ...(tunes === 'classify' && { labeledAs: between ? { between } : {} }),
  ...(tunes === 'instruct' && { conversations: (await loadChatReader()).conversationReader }),
});

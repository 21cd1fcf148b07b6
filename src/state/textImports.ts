/** Imports files, pastes and samples in the data worker, and adds the resulting texts to their projects. */
import type { Failure } from '../core/base/errors';
import type { ImportOutcome, TextRecord } from '../core/documents';
import { reportOf } from '../core/documents/dropReport';
import type { Purpose } from '../core/runs/tuning';
import type { DataApi } from '../protocol/data';
import { type AddTextNeeds, textAdder } from './addText';
import type { ImportOutcomes } from './importOutcomes';
import { asTable } from './markup';
import { IDLE, work, type Work } from './work';
import type { Dropped, Refusal, Target } from './slices/adding';
import type { SetState, SliceServices, Studio } from './slices/studio';

type ImportNeeds = AddTextNeeds & Pick<Studio, 'drop' | 'importing' | 'refused'>;

type WorkOptions = Parameters<Parameters<typeof work<unknown>>[2]>[0];

interface ImportRequest {
  names: readonly string[];
  target: Target;
  /** Tuning purpose; absent for training text. */
  tunes?: Purpose | undefined;
  /** Whether the page shows its progress. */
  isShown?: boolean;
}

export interface TextImports {
  /** Imports a paste or a sample. Resolves with the added text, or the one it duplicates. */
  importText(
    request: Omit<ImportRequest, 'names'> & { name: string },
    start: (options: WorkOptions) => Promise<ImportOutcome>,
  ): Promise<TextRecord | undefined>;
  /**
   * Imports files of one drop, with one purpose, as one text.
   * @param answered names of answered files: their archive is read again, and its other files are already counted
   */
  importDrop(files: readonly Dropped[], target: Target, answered?: ReadonlySet<string>): Promise<void>;
}

export function textImports(
  services: Pick<SliceServices, 'data' | 'now' | 'session' | 'tabs' | 'toasts'>,
  get: () => ImportNeeds,
  set: SetState<ImportNeeds>,
  outcomes: ImportOutcomes,
): TextImports {
  const { data, now, session } = services;
  const addText = textAdder(services, get, set, outcomes.storeReport);
  let importCount = 0;
  /** Id of the text of each drop. */
  const dropTexts = new Map<number, string>();

  /** Runs one import. Returns its outcome or its failure; neither if stopped. */
  async function runImport<T>(
    { names, target, tunes, isShown = true }: ImportRequest,
    start: (options: WorkOptions) => Promise<T>,
  ): Promise<{ outcome?: T; failure?: Failure }> {
    const requested = new Set(names);
    const isReadAgain = (refusal: Refusal): boolean =>
      refusal.project.id === target.id && refusal.tunes === tunes && requested.has(refusal.name);
    set(({ refused }) => ({ refused: refused.filter((refusal) => !isReadAgain(refusal)) }));
    const failed: { failure?: Failure } = {};
    const show = (state: Work): void => {
      if (state.kind === 'failed') failed.failure = state.failure;
      if (isShown) set({ importing: state.kind === 'failed' ? IDLE : state });
    };
    const outcome = await work(show, now, start);
    return { ...(outcome !== undefined && { outcome }), ...failed };
  }

  /** Sends files to the worker in batches. The last batch starts the import. */
  async function sendFiles(
    files: readonly Dropped[],
    settings: Pick<DataApi['importFiles']['input'], 'tunes' | 'between' | 'joins'> & { projectId: string },
    options: WorkOptions,
  ): Promise<DataApi['importFiles']['output']> {
    const drop = `${++importCount}`;
    let sent = 0;
    for (; files.length - sent > MAX_BATCH; sent += MAX_BATCH)
      await data.call('handFiles', { drop, files: files.slice(sent, sent + MAX_BATCH) });
    const { projectId, ...choices } = settings;
    const input = { drop, files: files.slice(sent), projectId, addedAt: now(), ...choices };
    return data.call('importFiles', input, options);
  }

  return {
    async importText({ name, target, tunes, isShown = true }, start) {
      set({ drop: null });
      const { outcome, failure } = await runImport({ names: [name], target, tunes, isShown }, start);
      if (!outcome) outcomes.reportUnread([name], target, failure, tunes);
      if (outcome?.kind === 'added') await addText(outcome.text, target);
      if (outcome?.kind !== 'duplicate') return outcome?.text;
      outcomes.reportDuplicates([{ ...outcome, name }], target, tunes);
      return outcome.of;
    },
    async importDrop(files, target, answered) {
      const [{ tunes, drop } = {}] = files;
      const trainingDrop = tunes === undefined ? drop : undefined;
      const joins = trainingDrop === undefined ? undefined : dropTexts.get(trainingDrop);
      const settings = { projectId: target.id, ...purposeOf(files), ...(joins !== undefined && { joins }) };
      const names = files.map(({ name }) => name);
      const { outcome, failure } = await runImport({ names, target, tunes }, (options) =>
        sendFiles(files, settings, options),
      );
      if (!outcome) {
        outcomes.reportUnread(names, target, failure, tuningPageOf(files));
        return;
      }
      reportDrop(outcomes, files, target, answered ? onlyNamed(outcome, answered) : outcome);
      const { text, joined: replacedId } = outcome;
      if (!text) return;
      if (trainingDrop !== undefined) dropTexts.set(trainingDrop, text.id);
      await addText(text, target, { isOfPairs: files.every(({ table }) => table !== undefined), replacedId });
      // A job that still reads the texts keeps the old one; the next start removes it then.
      if (replacedId !== undefined && session.current() === null)
        data.call('purgeText', { id: replacedId }).catch(() => undefined);
    },
  };
}

/** Maximum number of files per message to a worker: more would block the page. */
const MAX_BATCH = 1000;

/** Tuning purpose and label separator of the files; undefined for training text. */
function purposeOf(files: readonly Dropped[]): Pick<Dropped, 'tunes' | 'between'> | undefined {
  const [{ tunes, between } = {}] = files;
  return tunes && { tunes, ...(between && { between }) };
}

/** Tuning purpose of files that were added on Teach it more; undefined for files that were added on Text. */
const tuningPageOf = (files: readonly Dropped[]): Purpose | undefined =>
  files[0]?.drop === undefined ? files[0]?.tunes : undefined;

type DropOutcome = DataApi['importFiles']['output'];

/** The outcome without skipped and refused files of other names. */
function onlyNamed(outcome: DropOutcome, names: ReadonlySet<string>): DropOutcome {
  const isNamed = ({ name }: { name: string }): boolean => names.has(name);
  return {
    ...outcome,
    duplicates: outcome.duplicates.filter(isNamed),
    passedOver: outcome.passedOver.filter(isNamed),
    refused: outcome.refused.filter(isNamed),
  };
}

/** Reports the files of a drop, and asks about those in an unknown shape. */
function reportDrop(outcomes: ImportOutcomes, files: readonly Dropped[], target: Target, outcome: DropOutcome): void {
  const purpose = tuningPageOf(files);
  const { duplicates } = outcome;
  const refusals = outcome.refused.map((file): Refusal => {
    const dropped = files.find(({ name }) => file.name === name || file.name.startsWith(`${name}/`));
    return { ...file, project: target, ...(dropped && { dropped }), ...purposeOf(files) };
  });
  const needsColumns = ({ name, failure, dropped }: Refusal): boolean =>
    failure.code === 'bad-shape' && dropped?.name === name;
  outcomes.ask(refusals.filter(needsColumns).map(({ dropped }) => asTable(dropped!, target)));
  if (purpose === undefined) {
    const notAdded = new Set([...refusals, ...duplicates].map(({ name }) => name));
    const plain = files.flatMap(({ name, isProse }) => (isProse && !notAdded.has(name) ? name : []));
    const report = reportOf({ ...outcome, duplicates: [], refused: [] });
    outcomes.report({ ...report, ...(plain.length > 0 && { plain }) }, target);
  }
  outcomes.reportDuplicates(duplicates, target, purpose);
  outcomes.reportRefused(
    refusals.filter((refusal) => !needsColumns(refusal)),
    target,
  );
}

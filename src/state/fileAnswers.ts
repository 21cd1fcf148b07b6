/** Answers to questions about added files: import, skip, or read them with other options. */
import { groupedBy } from '../core/base/groupedBy';
import { NOTHING, type SkippedFile } from '../core/documents/dropReport';
import type { ImportOutcomes } from './importOutcomes';
import { fileOf, tableOf } from './markup';
import { isOfText } from './refused';
import type { AddingSlice, Dropped, Refusal, Target, WaitingFile } from './slices/adding';
import type { SetState } from './slices/studio';

type AnswerActions = Pick<
  AddingSlice,
  'addTables' | 'addUnchanged' | 'dismissRefusals' | 'rereadRefused' | 'setTableEncoding' | 'skip'
>;
type Waiting = Pick<AddingSlice, 'refused' | 'waitingFiles'>;

interface FileAnswers {
  actions: AnswerActions;
  /** Adds files of any project that start like a table but aren't one. */
  addAsText(files: readonly WaitingFile[]): Promise<void>;
}

/** @param importDrop adds files of one drop to a project. `answered`: as in `TextImports` */
export function fileAnswers(
  project: () => Target,
  set: SetState<Waiting>,
  outcomes: () => ImportOutcomes,
  importDrop: (files: readonly Dropped[], target: Target, answered?: ReadonlySet<string>) => Promise<void>,
): FileAnswers {
  /** Adds files, one import per drop. */
  async function importDrops(files: readonly Dropped[], target: Target, answered?: ReadonlySet<string>): Promise<void> {
    const byDrop = groupedBy(files, ({ drop }) => drop);
    await Promise.all(byDrop.map((sameDrop) => importDrop(sameDrop, target, answered)));
  }
  const stopWaiting = (files: readonly WaitingFile[]): void =>
    set(({ waitingFiles }) => ({ waitingFiles: waitingFiles.filter((file) => !files.includes(file)) }));
  /** Imports waiting files of one project with the settings that the answer gives to each. */
  async function importAnswered(
    files: readonly WaitingFile[],
    settingsOf: (file: WaitingFile) => Pick<Dropped, 'table' | 'between' | 'tunes'>,
  ): Promise<void> {
    stopWaiting(files);
    if (!files[0]) return;
    const dropped = files.map((file) => ({ ...fileOf(file), ...settingsOf(file) }));
    await importDrops(dropped, files[0].project);
  }

  const actions: AnswerActions = {
    addUnchanged: (files) => importAnswered(files, () => ({})),
    addTables: (files, columns, between, tunes) =>
      importAnswered(files, (file) => {
        const table = { format: tableOf(file), columns };
        return { table, ...(between && { between }), ...(tunes && { tunes }) };
      }),
    skip(files) {
      const skippedFiles = new Set<unknown>(files);
      set(({ refused, waitingFiles }) => ({
        refused: refused.filter((refusal) => !skippedFiles.has(refusal)),
        waitingFiles: waitingFiles.filter((file) => !skippedFiles.has(file)),
      }));
      const skipped = files
        .filter(({ tunes }) => tunes === undefined)
        .map(({ name }): SkippedFile => ({ name, reason: 'answer', why: 'skipped by you' }));
      if (skipped.length > 0) outcomes().report({ ...NOTHING, skipped }, files[0]!.project);
    },
    dismissRefusals: () =>
      set(({ refused }) => ({
        refused: refused.filter((refusal) => isOfText(refusal) || refusal.project.id !== project().id),
      })),
    rereadRefused(refusals, reading) {
      // Compares by key: a later inspection may have replaced the object of a file.
      const keys = new Set(refusals.map(keyOf));
      set(({ refused }) => ({ refused: refused.filter((refusal) => !keys.has(keyOf(refusal))) }));
      const files = new Set(refusals.map(({ dropped }) => dropped));
      return importDrops(
        [...files].map((dropped) => ({ ...dropped, reading: { ...dropped.reading, ...reading } })),
        refusals[0]?.project ?? project(),
        new Set(refusals.map(({ name }) => name)),
      );
    },
    setTableEncoding(files, encoding) {
      const decoded = ({ found: _, ...file }: WaitingFile) => ({ ...file, reading: { ...file.reading, encoding } });
      set(({ waitingFiles }) => ({
        waitingFiles: waitingFiles.map((file) => (files.includes(file) ? decoded(file) : file)),
      }));
      outcomes().inspect();
    },
  };
  return {
    actions,
    async addAsText(files) {
      stopWaiting(files);
      for (const ofProject of groupedBy(files, ({ project: { id } }) => id)) {
        const dropped = ofProject.map((file) => ({ ...fileOf(file), isProse: true }));
        await importDrops(dropped, ofProject[0]!.project);
      }
    },
  };
}

const keyOf = ({ name, tunes, project }: Refusal): string => JSON.stringify([project.id, tunes, name]);

/** Outcomes of imports: entries of the drop's report, questions to a person, or toasts. */
import type { Failure } from '../core/base/errors';
import { counted } from '../core/base/units';
import type { Duplicate } from '../core/documents';
import { type DropReport, joined, NOTHING, reportOf } from '../core/documents/dropReport';
import { isToTune } from '../core/documents/record';
import type { Purpose } from '../core/runs/tuning';
import { explain } from './failures';
import { fileInspector } from './fileInspector';
import { keepDrop } from './lastDrop';
import { isMalformed, isOfText, isUndecoded } from './refused';
import { alreadyHere, waits } from './textNotes';
import type { Refusal, Target, WaitingFile } from './slices/adding';
import type { SetState, SliceServices, Studio } from './slices/studio';

type OutcomeNeeds = Pick<Studio, 'change' | 'drop' | 'project' | 'refused' | 'texts' | 'tuneTexts' | 'waitingFiles'>;

/** `purpose` is undefined for files that were added on Text. */
export interface ImportOutcomes {
  /** Adds to the report of the newest drop. For a project that isn't open, a toast reports the first failure. */
  report(report: DropReport, target: Target): void;
  /** Stores the report of the newest drop with the project. */
  storeReport(): void;
  /** Asks about files. If their project isn't open, a toast says that they wait. */
  ask(files: readonly WaitingFile[]): void;
  /** Reports files of a failed import, or of a stopped one if there is no failure. */
  reportUnread(names: readonly string[], target: Target, failure: Failure | undefined, purpose?: Purpose): void;
  /** Asks about the refused files that a person can answer about, and reports the others. */
  reportRefused(refusals: readonly Refusal[], target: Target): void;
  reportDuplicates(duplicates: readonly Duplicate[], target: Target, purpose: Purpose | undefined): void;
  /** Inspects the waiting files, unless that is in progress. */
  inspect(): void;
}

/** @param addAsText adds files that only begin like a table */
export function importOutcomes(
  services: Pick<SliceServices, 'data' | 'toasts'>,
  get: () => OutcomeNeeds,
  set: SetState<OutcomeNeeds>,
  addAsText: (files: readonly WaitingFile[]) => void,
): ImportOutcomes {
  const { toasts } = services;
  const isOpen = ({ id }: Target): boolean => get().project.id === id;
  const storeReport = (): void => keepDrop(get());
  const inspect = fileInspector(services, get, set, { report, addAsText });

  function report(report: DropReport, target: Target): void {
    if (isOpen(target)) {
      set(({ drop }) => ({ drop: joined(drop ?? NOTHING, report) }));
      storeReport();
    } else if (report.failed[0]) {
      const { name, failure } = report.failed[0];
      const subject = report.failed.length === 1 ? `${name} was` : `${counted(report.failed.length, 'file')} were`;
      toasts.show({ text: `${subject} not added to ${target.name}`, detail: explain(failure) });
    }
  }
  function ask(files: readonly WaitingFile[]): void {
    set(({ waitingFiles }) => ({ waitingFiles: [...waitingFiles, ...files] }));
    storeReport();
    inspect();
    if (files[0] && !isOpen(files[0].project)) toasts.show(waits(files));
  }
  function listRefused(refusals: readonly Refusal[]): void {
    set(({ refused }) => ({ refused: [...refused, ...refusals] }));
    storeReport();
    inspect();
    const inOtherProjects = refusals.filter(({ project }) => !isOpen(project));
    if (inOtherProjects.length > 0) toasts.show(waits(inOtherProjects));
  }
  function reportRefused(refusals: readonly Refusal[], target: Target): void {
    const isListed = (refusal: Refusal): boolean =>
      isOfText(refusal)
        ? isMalformed(refusal) || (isUndecoded(refusal) && refusal.tunes === undefined)
        : isOpen(target);
    listRefused(refusals.filter(isListed));
    const unlisted = refusals.filter((refusal) => !isListed(refusal));
    report(reportOf({ added: 0, duplicates: [], passedOver: [], refused: unlisted }), target);
  }

  return {
    report,
    storeReport,
    ask,
    inspect,
    reportRefused,
    reportUnread(names, target, failure, purpose) {
      if (failure && purpose !== undefined) {
        const name = names.length === 1 ? names[0]! : counted(names.length, 'file');
        reportRefused([{ name, failure, project: target, tunes: purpose }], target);
      } else if (failure) report({ ...NOTHING, failed: names.map((name) => ({ name, failure })) }, target);
      else if (purpose === undefined)
        report({ ...NOTHING, skipped: names.map((name) => ({ name, reason: 'answer', why: 'stopped' })) }, target);
    },
    reportDuplicates(duplicates, target, purpose) {
      if (duplicates.length === 0) return;
      if (purpose !== undefined) toasts.show(alreadyHere(duplicates, target.id, true));
      else
        report(reportOf({ added: 0, duplicates: withPages(duplicates, target), passedOver: [], refused: [] }), target);
    },
  };
}

/** Names the page of each duplicate that was added on Teach it more. */
const withPages = (duplicates: readonly Duplicate[], target: Target): readonly Duplicate[] =>
  duplicates.map((duplicate) =>
    duplicate.of && isToTune(duplicate.of, target.id)
      ? { ...duplicate, equals: `${duplicate.equals} on Teach it more` }
      : duplicate,
  );

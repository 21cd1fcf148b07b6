/** Inspects waiting files one after another: the content of a table, and possible encodings of a text. */
import { type Failure, toFailure } from '../core/base/errors';
import type { Proposal } from '../core/documents';
import { type DropReport, NOTHING } from '../core/documents/dropReport';
import { isTable } from '../core/documents/formats';
import { isUndecoded } from './refused';
import { fileOf, isNoTable, tableOf } from './markup';
import type { Services, SetState } from './slices/studio';
import type { AddingSlice, WaitingFile, Refusal, Target, Undecoded } from './slices/adding';

type Waiting = Pick<AddingSlice, 'waitingFiles' | 'refused'>;

interface Outcomes {
  /** Reports files that can't be added. */
  report(report: DropReport, target: Target): void;
  /** Adds files that only begin like a table, once all are inspected. */
  addAsText(files: readonly WaitingFile[]): void;
}

/** @returns a function that starts the inspection if none runs */
export function fileInspector(
  { data }: Pick<Services, 'data'>,
  get: () => Waiting,
  set: SetState<Waiting>,
  { report, addAsText }: Outcomes,
): () => void {
  let isRunning = false;
  /** Whether files may have arrived since the last inspection began. */
  let isRequested = false;

  /** Proposes encodings for all undecoded texts in the same dropped file, such as an archive. */
  async function proposeEncodings({ dropped, project }: Undecoded): Promise<void> {
    const undecoded = get().refused.filter((refusal) => hasNoProposals(refusal) && refusal.dropped === dropped);
    const names = undecoded.map(({ name }) => name);
    const answers = await data
      .call('proposeEncodings', { given: fileOf(dropped), names })
      .catch((): readonly (readonly Proposal[])[] => []);
    const proposalsOf = new Map<Refusal, readonly Proposal[]>(
      undecoded.map((refusal, i) => [refusal, answers[i] ?? []]),
    );
    set(({ refused }) => ({
      refused: refused.flatMap((refusal) => {
        const proposals = proposalsOf.get(refusal);
        if (!proposals) return refusal;
        return proposals.length > 0 ? { ...refusal, proposals } : [];
      }),
    }));
    // No encoding makes these files text, so no question is asked.
    const undecodable = undecoded.filter((refusal) => proposalsOf.get(refusal)!.length === 0);
    if (undecodable.length > 0) report({ ...NOTHING, failed: undecodable }, project);
  }
  async function surveyTable(table: WaitingFile): Promise<void> {
    const given = fileOf(table);
    const found = await data
      .call('surveyTable', { ...given, format: tableOf(table) })
      .catch(async (error: unknown) => describeUnread(toFailure(error), given));
    set(({ waitingFiles }) => ({
      waitingFiles: waitingFiles.map((file) => (file === table ? { ...file, found } : file)),
    }));
  }
  async function describeUnread(failure: Failure, given: ReturnType<typeof fileOf>) {
    if (failure.code !== 'bad-encoding') return { failure };
    const answers = data.call('proposeEncodings', { given, names: [given.name] });
    const [proposals = []] = await answers.catch((): readonly (readonly Proposal[])[] => []);
    return { failure, ...(proposals.length > 0 && { proposals }) };
  }
  /** Returns whether there was a file to inspect. */
  async function inspectNext(): Promise<boolean> {
    const { refused, waitingFiles } = get();
    const text = refused.find(hasNoProposals);
    const table = waitingFiles.find(({ tunes, kind, found }) => tunes === undefined && isTable(kind) && !found);
    if (text) await proposeEncodings(text);
    else if (table) await surveyTable(table);
    return text !== undefined || table !== undefined;
  }
  async function inspectAll(): Promise<void> {
    isRunning = true;
    while (isRequested) {
      isRequested = false;
      while (await inspectNext());
    }
    isRunning = false;
    const prose = get().waitingFiles.filter(isNoTable);
    if (prose.length > 0) addAsText(prose);
  }
  return () => {
    isRequested = true;
    if (!isRunning) void inspectAll();
  };
}

/** Whether a text's encoding is unknown and not yet searched for. */
const hasNoProposals = (refusal: Refusal): refusal is Undecoded =>
  refusal.tunes === undefined && isUndecoded(refusal) && !refusal.proposals;

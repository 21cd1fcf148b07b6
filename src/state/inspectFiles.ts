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
  report(of: DropReport, to: Target): void;
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
  let isLooking = false;
  /** Whether files may have arrived since the last inspection began. */
  let isAsked = false;

  async function proposeFor(first: Undecoded): Promise<void> {
    const { dropped } = first;
    const alike = get().refused.filter((one) => isUnknown(one) && one.dropped === dropped);
    const names = alike.map(({ name }) => name);
    const found = await data
      .call('proposeEncodings', { given: fileOf(dropped), names })
      .catch((): readonly (readonly Proposal[])[] => []);
    const of = new Map<Refusal, readonly Proposal[]>(alike.map((one, i) => [one, found[i] ?? []]));
    const hopeless = alike.filter((one) => of.get(one)!.length === 0);
    set(({ refused }) => ({
      refused: refused
        .filter((one) => of.get(one)?.length !== 0)
        .map((one) => (of.has(one) ? { ...one, proposals: of.get(one)! } : one)),
    }));
    // No encoding makes these files text, so no question is asked.
    if (hopeless.length > 0) report({ ...NOTHING, failed: hopeless }, first.project);
  }
  async function survey(table: WaitingFile): Promise<void> {
    const given = fileOf(table);
    const found = await data
      .call('surveyTable', { ...given, format: tableOf(table) })
      .catch(async (error: unknown) => unread(toFailure(error), given));
    set(({ waitingFiles }) => ({ waitingFiles: waitingFiles.map((one) => (one === table ? { ...one, found } : one)) }));
  }
  async function unread(failure: Failure, given: ReturnType<typeof fileOf>) {
    if (failure.code !== 'bad-encoding') return { failure };
    const found = data.call('proposeEncodings', { given, names: [given.name] });
    const [proposals = []] = await found.catch((): readonly (readonly Proposal[])[] => []);
    return { failure, ...(proposals.length > 0 && { proposals }) };
  }
  async function lookAtNext(): Promise<boolean> {
    const { refused, waitingFiles } = get();
    const text = refused.find(isUnknown);
    const table = waitingFiles.find((one) => one.tunes === undefined && isTable(one.kind) && !one.found);
    if (text) await proposeFor(text);
    else if (table) await survey(table);
    return text !== undefined || table !== undefined;
  }
  async function lookAtAll(): Promise<void> {
    isLooking = true;
    while (isAsked) {
      isAsked = false;
      while (await lookAtNext());
    }
    isLooking = false;
    const prose = get().waitingFiles.filter(isNoTable);
    if (prose.length > 0) addAsText(prose);
  }
  return () => {
    isAsked = true;
    if (!isLooking) void lookAtAll();
  };
}

const isUnknown = (one: Refusal): one is Undecoded => one.tunes === undefined && isUndecoded(one) && !one.proposals;

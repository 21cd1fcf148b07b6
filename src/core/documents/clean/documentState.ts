/** State of a document between the steps of a recipe, and its passages in memory. */
import { charactersIn } from '../../base/utf8';
import type { SpilledText } from './spillFile';
import type { ChangeCounts } from './counted';
import { applyRules } from './parts';
import type { DocumentFacts, RuleOnDocument } from './rules/rule';
import { isBlank, isEmptied } from './steps';

/** An original document. */
export interface Cleanable extends DocumentFacts {
  sha256: string;
  /** Yields the passages from the start, for each call. */
  passages(): AsyncIterable<string>;
  /** Called with progress: code units read of pass `pass`, out of `of` passes. */
  onRead?(units: number, passIndex: number, passCount: number): void;
  /** Called when this round of work is done; other documents may be read long before. */
  onDone?(): void;
}

/** State of a document between steps. */
export interface DocumentState {
  readonly document: Cleanable;
  passages(): AsyncIterable<string> | readonly string[];
  isLong?: boolean;
  /** Passes over the document, done and planned. A long one takes several if a rule must see all of it first. */
  readonly passes: { done: number; total: number };
  /** Other workers may continue with it. */
  isShared?: boolean;
  /** The spill file of its passages, if there is one. */
  spilled?: SpilledText;
  readonly state: StepState;
}
export interface StepState {
  /** Number of completed steps. */
  done: number;
  out?: { step: number; reason: string };
  scores: Record<string, number>;
  /** By active step. */
  changes: ChangeCounts[];
}

/** Step still to apply to passages, and the counters to update. */
export interface Pending {
  step: number;
  rule: RuleOnDocument;
  counts: ChangeCounts;
}
/** Maximum code units of a document that is held in memory. */
const MAX_HELD_LENGTH = 2 ** 23;
/** Approximate code units of a worker's task. */
const TASK_UNITS = 2 ** 19;
/** Maximum code units of a document for other workers: many are in progress at once. */
const MAX_SHARED_LENGTH = 2 ** 21;
type Passages = ReturnType<DocumentState['passages']>;

/**
 * Groups documents into batches of about a task; a long document ends one.
 * @param share called for each document that other workers continue with
 */
export async function* batched(
  documents: AsyncIterable<DocumentState>,
  share: (doc: DocumentState, passages: readonly string[]) => void,
): AsyncGenerator<readonly DocumentState[]> {
  let [batch, units]: [DocumentState[], number] = [[], 0];
  for await (const doc of documents) {
    batch.push(doc);
    if (!doc.state.out) {
      const passages = await inMemory(doc.passages());
      const length = passages?.reduce((sum, { length }) => sum + length, 0) ?? TASK_UNITS;
      units += length;
      if (!passages) doc.isLong = true;
      else if (length <= MAX_SHARED_LENGTH) {
        doc.isShared = true;
        share(doc, passages);
      }
    }
    if (units < TASK_UNITS) continue;
    yield batch;
    [batch, units] = [[], 0];
  }
  if (batch.length > 0) yield batch;
}

/** Passages of a document that other workers continue with. */
export const sharedPassages = ({ isShared, state, passages }: DocumentState): readonly string[] | undefined => {
  const held = isShared && !state.out ? passages() : undefined;
  return held && isInMemory(held) ? held : undefined;
};

/** Whether no text remains after the pending changes. */
export async function isWithoutText(
  { document, passages }: DocumentState,
  pending: readonly Pending[] = [],
): Promise<boolean> {
  const remaining = passages();
  if (isInMemory(remaining)) return isEmptied(remaining, document);
  const isPair = document.isPair === true;
  for await (const passage of changedPassages(remaining, pending, false))
    if (isBlank(passage) === isPair) return isPair;
  return !isPair;
}

export const isInMemory = (passages: Passages): passages is readonly string[] => Array.isArray(passages);

/** Iterates its passages once more; reports progress for those that are not in memory. */
export function readPassages(doc: DocumentState): Passages {
  const passages = doc.passages();
  return isInMemory(passages) ? passages : reportingProgress(doc, passages);
}
export async function* reportingProgress<T extends string | Uint8Array>(
  { document, passes }: DocumentState,
  passages: AsyncIterable<T>,
): AsyncGenerator<T> {
  const pass = passes.done++;
  let units = 0;
  for await (const passage of passages) {
    yield passage;
    units += typeof passage === 'string' ? passage.length : charactersIn(passage);
    document.onRead?.(units, pass, passes.total);
  }
}

/** Copies passages to a list; undefined if they are too long. */
export async function inMemory(passages: Passages): Promise<string[] | undefined> {
  if (isInMemory(passages)) return [...passages];
  const list: string[] = [];
  let units = 0;
  for await (const passage of passages) {
    units += passage.length;
    if (units > MAX_HELD_LENGTH) return undefined;
    list.push(passage);
  }
  return list;
}

/** Applies pending changes to passages. */
export async function* changedPassages(
  passages: Passages,
  pending: readonly Pending[],
  isCounted = true,
): AsyncGenerator<string> {
  const rules = pending.map(({ rule, counts }) => ({
    change: rule.changes!()!,
    searchPattern: rule.searchPattern,
    ...(isCounted && { counts }),
  }));
  for await (const passage of passages) yield applyRules(rules, passage);
}

/** State of a document between the steps of a recipe, and its passages in memory. */
import { charactersIn } from '../../base/utf8';
import type { SpilledText } from './spillFile';
import type { Changes } from './counted';
import { applied } from './parts';
import type { DocumentFacts, OnDocument } from './rules/rule';
import { isBlank, isEmptied } from './steps';

/** An original document. */
export interface Cleanable extends DocumentFacts {
  sha256: string;
  /** Yields the passages from the start, for each call. */
  passages(): AsyncIterable<string>;
  /** Called with progress: code units read of pass `pass`, out of `of` passes. */
  seen?(units: number, pass: number, of: number): void;
  /** Called when this round of work is done; other documents may be read long before. */
  done?(): void;
}

/** State of a document between steps. */
export interface DocumentState {
  readonly document: Cleanable;
  passages(): AsyncIterable<string> | readonly string[];
  isLong?: boolean;
  /** Passes over the document, done and planned. A long one takes several if a rule must see all of it first. */
  readonly passes: { done: number; of: number };
  /** Other workers may continue with it. */
  isShared?: boolean;
  /** The spill file of its passages, if there is one. */
  aside?: SpilledText;
  readonly state: State;
}
export interface State {
  /** Number of completed steps. */
  done: number;
  out?: { step: number; reason: string };
  scores: Record<string, number>;
  /** By active step. */
  changes: Changes[];
}

/** Step still to apply to passages, and the counters to update. */
export interface Pending {
  step: number;
  on: OnDocument;
  into: Changes;
}
/** Maximum code units of a document that is held in memory. */
const MAX_HELD_LENGTH = 2 ** 23;
/** Approximate code units of a worker's task. */
const A_TASK = 2 ** 19;
/** Maximum code units of a document for other workers: many are in progress at once. */
const MAX_SHARED_LENGTH = 2 ** 21;
type Passages = ReturnType<DocumentState['passages']>;

/**
 * Groups documents into batches of about a task; a long document ends one.
 * @param share called for each document that other workers continue with
 */
export async function* batched(
  documents: AsyncIterable<DocumentState>,
  share: (underway: DocumentState, held: readonly string[]) => void,
): AsyncGenerator<readonly DocumentState[]> {
  let [batch, units]: [DocumentState[], number] = [[], 0];
  for await (const underway of documents) {
    batch.push(underway);
    if (!underway.state.out) {
      const held = await heldOf(underway.passages());
      const own = held?.reduce((sum, { length }) => sum + length, 0) ?? A_TASK;
      units += own;
      if (!held) underway.isLong = true;
      else if (own <= MAX_SHARED_LENGTH) {
        underway.isShared = true;
        share(underway, held);
      }
    }
    if (units < A_TASK) continue;
    yield batch;
    [batch, units] = [[], 0];
  }
  if (batch.length > 0) yield batch;
}

/** Passages of a document that other workers continue with. */
export const sharedOf = ({ isShared, state, passages }: DocumentState): readonly string[] | undefined => {
  const held = isShared && !state.out ? passages() : undefined;
  return held && isHeld(held) ? held : undefined;
};

/** Whether no text remains after the pending changes. */
export async function isNothing(
  { document, passages }: DocumentState,
  pending: readonly Pending[] = [],
): Promise<boolean> {
  const left = passages();
  if (isHeld(left)) return isEmptied(left, document);
  const isPair = document.isPair === true;
  for await (const passage of through(left, pending, false)) if (isBlank(passage) === isPair) return isPair;
  return !isPair;
}

export const isHeld = (passages: Passages): passages is readonly string[] => Array.isArray(passages);

/** Iterates its passages once more; reports progress for those that are not in memory. */
export function goneThrough(underway: DocumentState): Passages {
  const passages = underway.passages();
  return isHeld(passages) ? passages : reportingProgress(underway, passages);
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
    document.seen?.(units, pass, passes.of);
  }
}

/** Copies passages to a list; undefined if they are too long. */
export async function heldOf(passages: Passages): Promise<string[] | undefined> {
  if (isHeld(passages)) return [...passages];
  const held: string[] = [];
  let units = 0;
  for await (const passage of passages) {
    units += passage.length;
    if (units > MAX_HELD_LENGTH) return undefined;
    held.push(passage);
  }
  return held;
}

/** Applies pending changes to passages. */
export async function* through(
  passages: Passages,
  pending: readonly Pending[],
  isCounted = true,
): AsyncGenerator<string> {
  const all = pending.map(({ on, into }) => ({
    change: on.changes!()!,
    finds: on.finds,
    ...(isCounted && { into }),
  }));
  for await (const passage of passages) yield applied(all, passage);
}

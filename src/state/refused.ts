/** Files that were refused: some can be read again, in another way. */
import type { Failure } from '../core/base/errors';
import type { Proposal } from '../core/documents';
import type { Project } from '../core/runs/project';
import type { Purpose } from '../core/runs/tuning';
import type { Dropped } from './markup';

/** A project that something is given to. */
export type Target = Pick<Project, 'id' | 'name'>;

/** A file that was refused, and why. */
export interface Refusal {
  name: string;
  failure: Failure;
  /** Itself, or the archive that it lies in: to be read again in another way. */
  dropped?: Dropped;
  /** What it was given for; absent: to learn from. */
  tunes?: Purpose;
  /** The project that it was given to. */
  project: Target;
  /** Encodings that it may be in, the likeliest first. */
  proposals?: readonly Proposal[];
}
/** One that can be read again. */
export type Reread = Refusal & { dropped: Dropped };
/** One whose encoding a person can choose. */
export type Undecoded = Reread;

/** Whether it was given on Text, also where a person has said since that it is to tune on. */
export const isOfText = ({ tunes, dropped }: Refusal): boolean => tunes === undefined || dropped?.drop !== undefined;

export const isUndecoded = (refusal: Refusal): refusal is Undecoded =>
  refusal.failure.code === 'bad-encoding' && refusal.dropped !== undefined;
/** Whether rows of it can be left out. */
export const isMalformed = (
  refusal: Refusal,
): refusal is Reread & { failure: { rows: NonNullable<Failure['rows']> } } =>
  refusal.failure.rows !== undefined && refusal.dropped !== undefined;

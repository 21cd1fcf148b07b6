/** Files that were refused: some can be read again, in another way. */
import type { Failure } from '../core/base/errors';
import type { Refusal, Reread, Undecoded } from './slices/adding';

/** Whether it was given on Text, also where a person has said since that it is to tune on. */
export const isOfText = ({ tunes, dropped }: Refusal): boolean => tunes === undefined || dropped?.drop !== undefined;

export const isUndecoded = (refusal: Refusal): refusal is Undecoded =>
  refusal.failure.code === 'bad-encoding' && refusal.dropped !== undefined;
/** Whether rows of it can be left out. */
export const isMalformed = (
  refusal: Refusal,
): refusal is Reread & { failure: { rows: NonNullable<Failure['rows']> } } =>
  refusal.failure.rows !== undefined && refusal.dropped !== undefined;

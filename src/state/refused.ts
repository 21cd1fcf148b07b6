/** Refused files: some can be read again, in another way. */
import type { Failure } from '../core/base/errors';
import type { Refusal, Reread, Undecoded } from './slices/adding';

/** Whether a file was dropped on Text, even if a person later chose it for tuning. */
export const isOfText = ({ tunes, dropped }: Refusal): boolean => tunes === undefined || dropped?.drop !== undefined;

export const isUndecoded = (refusal: Refusal): refusal is Undecoded =>
  refusal.failure.code === 'bad-encoding' && refusal.dropped !== undefined;
/** Whether its malformed rows can be skipped. */
export const isMalformed = (
  refusal: Refusal,
): refusal is Reread & { failure: { rows: NonNullable<Failure['rows']> } } =>
  refusal.failure.rows !== undefined && refusal.dropped !== undefined;

/** Remedy for text in an unknown encoding. */
import { HomegrownError, paragraph } from '../../src/core/base/errors';
import { isBadEncoding } from '../../src/core/documents';

export const SET_ENCODING = 'Set the encoding with --encoding';

/** Returns the error with that remedy, if it asks for an encoding. */
export const withEncodingRemedy = (error: unknown): unknown =>
  isBadEncoding(error)
    ? new HomegrownError('bad-encoding', error.message, paragraph(error.remedy ?? '', SET_ENCODING))
    : error;

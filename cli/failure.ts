/** Failure of a command: one line, and an exit code. */
import { constants } from 'node:os';
import { type BadRowList, type FailureCode, HomegrownError, paragraph } from '../src/core/base/errors';
import { formatCount } from '../src/core/base/units';
import { isSystemError, systemFailure } from '../node/systemError';
import { UsageError } from './options';

interface Ending {
  code: FailureCode | 'usage' | 'stopped';
  /** Cause and remedy, in one line. */
  message: string;
  /** 1: failed; 2: impossible request; 128 and the number of the signal that stopped it. */
  exitCode: number;
  /** Rows that can't be read; the first 20 are listed. */
  rows?: BadRowList;
}

export type Signal = 'SIGINT' | 'SIGTERM' | 'SIGHUP' | 'SIGPIPE';

/** A signal came before anything was saved. */
export class Stopped extends Error {
  override readonly name = 'Stopped';
  constructor(readonly signal: Signal) {
    super('Stopped before the end. Nothing was changed.');
  }
}

export function endingOf(error: unknown): Ending {
  if (error instanceof Stopped)
    return { code: 'stopped', message: error.message, exitCode: 128 + constants.signals[error.signal] };
  if (error instanceof UsageError) return { code: 'usage', message: oneLine(error.message), exitCode: 2 };
  const { code, message, remedy = REMEDIES[code], rows } = toHomegrownError(error);
  const exitCode = code === 'bad-settings' ? 2 : 1;
  return { code, message: oneLine(paragraph(message, remedy, rows && SKIP_ADVICE)), exitCode, ...(rows && { rows }) };
}

function toHomegrownError(error: unknown): HomegrownError {
  if (error instanceof HomegrownError) return error;
  if (isSystemError(error)) return systemFailure(error);
  const reason = error instanceof Error ? error.message : String(error);
  const isOutOfMemory =
    (error instanceof RangeError &&
      /allocat|invalid (typed )?(array|string) length|maximum size exceeded/i.test(reason)) ||
    (error instanceof Error && error.name === 'RuntimeError' && /out of bounds|out of memory|oom/i.test(reason));
  if (isOutOfMemory) return new HomegrownError('out-of-memory', `Memory ran out (${reason})`);
  return new HomegrownError('bug', `Homegrown has a bug: ${reason || 'no reason given'}`);
}

/** Remedies in a terminal, for errors without one. */
const REMEDIES: Readonly<Record<FailureCode, string>> = {
  'bad-file': 'Check the path, or name another.',
  'bad-encoding': 'Name its encoding, or save it as UTF-8.',
  'bad-rows': 'Fix these rows.',
  'bad-shape': 'Name two of its columns with --pairs FILE:input=COLUMN,target=COLUMN. Nothing was written.',
  'bad-settings': 'Change that setting.',
  'out-of-memory': 'Everything saved so far is intact. Use a smaller model, batch, context or text.',
  'device-lost': 'Everything saved so far is intact. Halve the batch, or use --device wasm.',
  'device-gone': 'Everything saved so far is intact. Use --device wasm.',
  diverged: 'Lower the learning rate or lengthen the warm-up.',
  'storage-full': 'Existing files are unchanged. Free some space, or choose another path.',
  'storage-damaged': 'Train the model again from its text.',
  'storage-blocked': 'Choose another path.',
  'in-use': 'Wait until the other command ends.',
  'newer-version': 'Update Homegrown.',
  'load-failed': 'If a package is damaged, run npm ci to reinstall.',
  bug: 'Everything saved so far is intact. Run the command again with HOMEGROWN_DEBUG=1 and report its output.',
};

const SKIP_ADVICE = 'Nothing was written; --skip-bad-rows skips them';

/** One line per unreadable row, and the number of further ones. The message itself names a single row. */
export function rowLines({ count, listed }: BadRowList): readonly string[] {
  if (count === 1) return [];
  return [
    ...listed.map(({ place, problem }) => `  ${oneLine(`${place} ${problem}`)}`),
    ...(count > listed.length ? [`and ${formatCount(count - listed.length)} more`] : []),
  ];
}

/** Messages of drivers and engines may be pages long. */
const oneLine = (text: string): string => {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length <= MAX_LENGTH ? line : `${line.slice(0, MAX_LENGTH / 2)} … ${line.slice(-MAX_LENGTH / 2)}`;
};
const MAX_LENGTH = 1000;

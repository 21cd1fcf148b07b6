/** Errors of the operating system as typed errors. */
import { getSystemErrorMap } from 'node:util';
import { HomegrownError } from '../src/core/base/errors';

type SystemError = NodeJS.ErrnoException & { errno: number };
export const isSystemError = (error: unknown): error is SystemError =>
  error instanceof Error && typeof (error as NodeJS.ErrnoException).errno === 'number' && 'syscall' in error;

/** Returns the operating system's refusal as an error. @param path if the error doesn't name it */
export function systemFailure(error: SystemError, path = error.path): HomegrownError {
  const [name, reason] = getSystemErrorMap().get(error.errno) ?? [error.code ?? 'unknown', error.message];
  const code =
    name === 'ENOSPC' || name === 'EDQUOT' ? 'storage-full' : name === 'ENOMEM' ? 'out-of-memory' : 'bad-file';
  const subject = path === undefined ? 'A file' : truncatePath(path);
  const verb = VERBS[error.syscall ?? ''] ?? 'used';
  return new HomegrownError(code, `${subject} can't be ${verb}: ${reason} (${name})`);
}
const VERBS: Readonly<Record<string, string>> = {
  scandir: 'listed',
  read: 'read',
  write: 'written',
  fsync: 'written',
  mkdir: 'created',
  copyfile: 'copied',
  stat: 'found',
  lstat: 'found',
  rename: 'moved into place',
  rm: 'removed',
  rmdir: 'removed',
  unlink: 'removed',
};
const truncatePath = (path: string): string => (path.length > 200 ? `${path.slice(0, 80)}…${path.slice(-80)}` : path);

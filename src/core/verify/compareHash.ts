import { badFile } from '../base/errors';

/** @throws HomegrownError `bad-file` if the content of a file doesn't match the hash in it */
export function compareHash(found: string, written = 'nothing'): void {
  if (found === written) return;
  throw badFile(`The content hashes to ${found.slice(0, 12)}, but the file states ${written.slice(0, 12)}`);
}

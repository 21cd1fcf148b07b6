import { badFile } from '../base/errors';

/** @throws HomegrownError `bad-file` where what a file holds is not what the hash in it is of */
export function compareHash(found: string, written = 'nothing'): void {
  if (found === written) return;
  throw badFile(`The content hashes to ${found.slice(0, 12)}, but the file states ${written.slice(0, 12)}`);
}

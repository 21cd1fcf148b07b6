import { badFile, HomegrownError } from '../base/errors';

/** What another engine could not do with a file that was just written. What has words of another kind keeps them. */
export function refusal(error: unknown): HomegrownError {
  if (error instanceof HomegrownError && error.code !== 'bad-file') return error;
  const words = error instanceof Error ? error.message : String(error);
  return badFile(`A second engine does not read it: ${words.replace(/\.$/, '')}`, REMEDY);
}
const REMEDY =
  'The file was handed over as it was written, and the model is untouched. Write it again; if this stays, take another format.';

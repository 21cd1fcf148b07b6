import { badFile, HomegrownError } from '../base/errors';
import { z } from '../base/zod';

/** What another engine could not do with a file that was just written. What has words of another kind keeps them. */
export function refusal(error: unknown): HomegrownError {
  if (error instanceof HomegrownError && error.code !== 'bad-file') return error;
  return badFile(
    `The second engine couldn’t read the file: ${words(error).replace(/\.$/, '')}`,
    'The model is unchanged. Export it again, or choose another format.',
  );
}

function words(error: unknown): string {
  if (error instanceof z.ZodError) return z.prettifyError(error).replace(/^✖ /, '').split('\n')[0]!;
  return error instanceof Error ? error.message : String(error);
}

import { badFile, HomegrownError } from '../base/errors';
import { z } from '../base/zod';

/** Error for a file that a second engine could not open; keeps errors with codes other than `bad-file`. */
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

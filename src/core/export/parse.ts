import { badFile } from '../base/errors';
import type { z } from '../base/zod';

/** Validates the contents of an external file. @throws HomegrownError `bad-file` naming the first twenty places */
export function parse<T>(file: string, schema: z.ZodType<T>, json: unknown): T {
  const result = schema.safeParse(json);
  if (result.success) return result.data;
  const reasons = result.error.issues
    .slice(0, 20)
    .map(({ path, message }) => `${path.join('.') || 'the file'}: ${message}`);
  throw badFile(`${file} is not supported: ${reasons.join('; ').slice(0, 2000)}`);
}

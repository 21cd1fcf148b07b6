/** Values that a schema accepts, for tests that set every field. */
import { z } from '../core/base/zod';

/** Returns a value of a plain schema. @throws for other schemas: the test must provide a value */
export function sampleOf(schema: z.ZodType): unknown {
  const value = plainValue(schema);
  if (value !== undefined && schema.safeParse(value).success) return value;
  throw new Error(`No sample of a schema of type ${schema.def.type}: name a value in the test`);
}

function plainValue(schema: unknown): unknown {
  if (schema instanceof z.ZodExactOptional || schema instanceof z.ZodOptional) return plainValue(schema.unwrap());
  if (schema instanceof z.ZodLiteral) return schema.value;
  if (schema instanceof z.ZodEnum) return schema.options.at(-1);
  if (schema instanceof z.ZodString) return 'sample';
  if (schema instanceof z.ZodNumber) return 1;
  if (schema instanceof z.ZodBoolean) return true;
  if (schema instanceof z.ZodArray) return [plainValue(schema.element)];
  if (schema instanceof z.ZodObject)
    return Object.fromEntries(Object.entries(schema.shape).map(([name, field]) => [name, plainValue(field)]));
  return undefined;
}

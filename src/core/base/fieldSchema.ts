import { currentValue, type Field, type ValueOf } from './field';
import { z } from './zod';

/** Schema of a stored value: the bounds for use, or `stored` if given. */
export function fieldSchema<F extends Field>(field: F): z.ZodType<ValueOf<F>> {
  const schema = ofKind(field);
  return (field.absent === undefined ? schema : schema.default(field.absent)) as z.ZodType<ValueOf<F>>;
}

function ofKind(field: Field): z.ZodType<number | string | boolean> {
  switch (field.kind) {
    case 'whole':
    case 'real': {
      const [min, max] = field.stored ?? [field.min, field.max];
      return (field.kind === 'whole' ? z.int() : z.number()).min(min).max(max);
    }
    case 'choice':
      return z.preprocess((value) => currentValue(field, value), z.enum(Object.keys(field.of)));
    case 'text':
      return z.string().max(field.maxLength);
    case 'switch':
      return z.boolean();
  }
}

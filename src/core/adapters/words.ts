/** Describes the trainable parameters of a run. */
import { type Field, nameOf } from '../base/field';
import { formatCount, formatShare } from '../base/units';
import { countParams, type ParamTable } from '../models/spec';
import { adapterOf } from '.';
import { partsOf, type Trainable } from './trainable';

/** `LoRA (rank 8, alpha 16) on 8 matrices: 12,288 parameters, 1.2 % of all`. @param own the model's own parameters */
export function trainableWords(own: ParamTable, trainable: Trainable): string {
  const { weights, adapter } = trainable;
  const { added, trainableParams } = partsOf(own, trainable);
  const [count, all] = [countParams(trainableParams), countParams(own) + countParams(added)];
  const parts = [
    ...(adapter ? [`${adapterWords(adapter)} on ${formatCount(adapter.beside.length)} matrices`] : []),
    ...(weights.length > 0
      ? [`${formatCount(weights.length)} of ${formatCount(Object.keys(own).length)} tensors`]
      : []),
  ];
  return `${parts.join(', and ')}: ${formatCount(count)} parameters, ${formatShare(count / all)} of all`;
}

function adapterWords({ id, settings }: NonNullable<Trainable['adapter']>): string {
  const { label, fields } = adapterOf(id);
  const values: Readonly<Record<string, unknown>> = settings;
  const described = Object.entries<Field>(fields)
    .filter(([name, { absent }]) => absent === undefined || values[name] !== absent)
    .map(([name, field]) => `${nameOf(field).toLowerCase()} ${field.kind === 'switch' ? 'on' : String(values[name])}`);
  return `${label} (${described.join(', ')})`;
}

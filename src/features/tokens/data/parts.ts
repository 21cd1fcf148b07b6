import { PART_NAMES, type PartName } from '../../../core/documents/split';
import type { Part, ShardManifest } from '../../../core/shards/manifest';

export const PART_WORDS = {
  train: 'Training',
  validation: 'Validation',
  test: 'Test',
} as const satisfies Record<PartName, string>;

/** Splits of the data, each with its color. */
export const partsOf = ({ parts }: ShardManifest): readonly { name: PartName; run: 1 | 2 | 3; part: Part }[] =>
  PART_NAMES.flatMap((name, i) => {
    const part = parts[name];
    return part ? [{ name, run: (i + 1) as 1 | 2 | 3, part }] : [];
  });

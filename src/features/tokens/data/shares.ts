import type { SplitChoice } from '../../../core/documents/split';

/** `90 / 10`, `80 / 10 / 10`: training, validation and test, if there is one. */
export function sharesOf({ validation, test }: SplitChoice): string {
  const heldOut = [validation, test].map((share) => Math.round(100 * share));
  return [100 - heldOut[0]! - heldOut[1]!, ...heldOut.filter((share) => share > 0)].join(' / ');
}

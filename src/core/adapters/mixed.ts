/**
 * Interpolates the weights of two models of one architecture. Between a fine-tuned model and its base, the result keeps
 * much of the fine-tuning and forgets less (Wortsman et al. 2021, arXiv:2109.01903).
 */
import { badSettings } from '../base/errors';
import { formatCount } from '../base/units';
import type { ModelChoice, Values } from '../models/network';
import type { ParamTable } from '../models/spec';

/**
 * @param own parameters of both models
 * @param share of `other`, 0 to 1; 0 and 1 give the exact bits of one model
 */
export function mixed(own: ParamTable, tuned: Values, other: Values, share: number): Values {
  if (share === 0 || share === 1)
    return new Map(Object.keys(own).map((n) => [n, (share === 0 ? tuned : other).get(n)!]));
  return new Map(
    Object.keys(own).map((name) => {
      const { shape, data } = tuned.get(name)!;
      const otherData = other.get(name)!.data;
      return [name, { shape, data: data.map((value, i) => (1 - share) * value + share * otherData[i]!) }];
    }),
  );
}

/** Names the first setting that differs. Compares lists, such as labels of classifiers, by content. */
function differingSize(tuned: ModelChoice, other: ModelChoice): string | undefined {
  const [tunedConfig, otherConfig] = [tuned.config, other.config] as unknown as Record<string, unknown>[];
  const names = Object.keys({ ...tunedConfig, ...otherConfig });
  const name = names.find((key) => JSON.stringify(tunedConfig![key]) !== JSON.stringify(otherConfig![key]));
  return name === undefined ? undefined : `they differ in ${name}`;
}

/** @throws HomegrownError `bad-settings` if two models have different architectures, so that they can't be mixed */
export function checkAlike(tuned: ModelChoice, other: ModelChoice): void {
  const problem =
    tuned.id !== other.id
      ? `one is ${tuned.id} and the other ${other.id}`
      : tuned.vocabulary !== other.vocabulary
        ? `one has ${formatCount(tuned.vocabulary)} tokens and the other ${formatCount(other.vocabulary)}`
        : differingSize(tuned, other);
  if (problem === undefined) return;
  throw badSettings(
    `Only models with the same architecture can be blended: ${problem}.`,
    'Choose the base model of the fine-tuned run.',
  );
}

/** Classifiers: an architecture's body with a head that scores labels instead of tokens. */
import { badSettings } from '../base/errors';
import { drawn } from './initial';
import { modelIds, modelSpec } from '.';
import type { ModelChoice, Values } from './network';
import { type Classes, type ParamTable, type Pooling } from './spec';

/** Default pooling of classifiers of this architecture; undefined if it doesn't support classification. */
export const usualPooling = ({ id }: Pick<ModelChoice, 'id'>): Pooling | undefined => modelSpec(id).classes?.pooling;

/** Choices of a person; absent or null: the default pooling, one label per text, and long texts are truncated. */
interface ClassesChoice {
  pooling?: Pooling | null | undefined;
  several?: boolean;
  inWindows?: boolean;
}

/**
 * Labels of a new classifier, in the order of its scores, and how it reads texts.
 * @throws HomegrownError `bad-settings` if the architecture can't classify texts
 */
export function newClasses(
  { id }: Pick<ModelChoice, 'id'>,
  labels: readonly string[],
  { pooling, several = false, inWindows = false }: ClassesChoice,
): Classes {
  const defaultPooling = usualPooling({ id });
  if (defaultPooling === undefined) {
    const classifying = modelIds().filter((other) => modelSpec(other).classes);
    const names = classifying.map((other) => modelSpec(other).label);
    throw badSettings(
      `A ${modelSpec(id).label} model can't classify texts.`,
      `Nothing was started. Choose a ${OR.format(names)} model, or train this one on pairs with labels as targets.`,
    );
  }
  return {
    labels: [...labels].sort(),
    pooling: pooling ?? defaultPooling,
    ...(several && { several }),
    ...(inWindows && { inWindows }),
  };
}
const OR = new Intl.ListFormat('en-GB', { type: 'disjunction' });

/** Returns whether the model is an encoder that classifies: `aroundText` puts a token before each of its texts. */
export const isReadFromFirst = ({ id, config }: Pick<ModelChoice, 'id' | 'config'>): boolean =>
  config.classes !== undefined && modelSpec(id).kind === 'encoder';

/** Returns the same body with a head for these labels. */
export function withClasses({ config, ...model }: ModelChoice, classes: Classes): ModelChoice {
  const { untied: _, ...sizes } = config;
  return { ...model, config: { ...sizes, classes } };
}

/** Parameters of a classifier's head, which a language model doesn't have. */
export function headOf({ id, config, vocabulary }: ModelChoice): ParamTable {
  const { params } = modelSpec(id);
  const { classes: _, ...sizes } = config;
  const others = params(sizes, vocabulary);
  return Object.fromEntries(
    Object.entries(params(config, vocabulary)).filter(([name]) => !Object.hasOwn(others, name)),
  );
}

/**
 * Applies temperature scaling to a classifier's weights: divides its output matrix and bias by the temperature, so that
 * the softmax of its scores is calibrated.
 */
export function tempered(classifier: ModelChoice, weights: Values, temperature: number): Values {
  const matrix = modelSpec(classifier.id).classifier(classifier.config);
  const scoring = [matrix, matrix.replace(/weight$/, 'bias')];
  if (temperature === 1) return weights;
  return new Map(
    [...weights].map(([name, { shape, data }]) => [
      name,
      { shape, data: scoring.includes(name) ? data.map((x) => x / temperature) : data },
    ]),
  );
}

/** Initial weights of a classifier: a model's body and a randomly initialized head. */
export const withHead = (classifier: ModelChoice, weights: Values, seed: number): Values => {
  const head = drawn(headOf(classifier), seed);
  const all = Object.keys(modelSpec(classifier.id).params(classifier.config, classifier.vocabulary));
  return new Map(all.map((name) => [name, head.get(name) ?? weights.get(name)!]));
};

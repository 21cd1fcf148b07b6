/** A classifier is an architecture's body with a head that scores labels in the place of tokens. */
import { drawn } from './initial';
import { modelSpec } from '.';
import type { ModelChoice, Values } from './network';
import { type Classes, type ParamTable, type Pooling } from './spec';

/** What architectures of this one's kind score where nobody says; undefined where it tells no texts apart. */
export const usualPooling = ({ id }: Pick<ModelChoice, 'id'>): Pooling | undefined => modelSpec(id).classes?.pooling;

/** Whether the model is an encoder that classifies: `aroundText` puts a token before every text of it. */
export const isReadFromFirst = ({ id, config }: Pick<ModelChoice, 'id' | 'config'>): boolean =>
  config.classes !== undefined && modelSpec(id).kind === 'encoder';

/** The same body, with a head for these labels. */
export function withClasses({ config, ...model }: ModelChoice, classes: Classes): ModelChoice {
  const { untied: _, ...sizes } = config;
  return { ...model, config: { ...sizes, classes } };
}

/** The parameters that a classifier has for its labels, and no model that scores tokens. */
export function headOf({ id, config, vocabulary }: ModelChoice): ParamTable {
  const { params } = modelSpec(id);
  const { classes: _, ...sizes } = config;
  const others = params(sizes, vocabulary);
  return Object.fromEntries(
    Object.entries(params(config, vocabulary)).filter(([name]) => !Object.hasOwn(others, name)),
  );
}

/**
 * A classifier's weights with a temperature in them: those that its scores are made of divided by it, so that whoever takes a
 * softmax of the scores is as sure as it is right.
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

/** A classifier's weights to begin with: those that a model has of its body, and a head that is drawn. */
export const withHead = (classifier: ModelChoice, weights: Values, seed: number): Values => {
  const head = drawn(headOf(classifier), seed);
  const all = Object.keys(modelSpec(classifier.id).params(classifier.config, classifier.vocabulary));
  return new Map(all.map((name) => [name, head.get(name) ?? weights.get(name)!]));
};

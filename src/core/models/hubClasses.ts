/** A classifier's labels as config.json of transformers says them, there and back. */
import type { Json } from '../base/blobStore';
import { z } from '../base/zod';
import type { NamedIds } from './interop';
import { type BaseConfig, type Classes, type Pooling, POOLINGS } from './spec';

/** What every class of theirs that scores labels is called after its architecture. */
const SUFFIX = 'ForSequenceClassification';
const [ONE, SEVERAL] = ['single_label_classification', 'multi_label_classification'] as const;

/**
 * Label fields in a classifier's config.json, which replace those of a language model.
 * @param architecture as the names of its classes begin there
 */
export function hubClassesOf(
  architecture: string,
  { classes }: Pick<BaseConfig, 'classes'>,
  { end, padding = end }: NamedIds,
): Record<string, Json> {
  if (!classes) return {};
  const { labels, several } = classes;
  return {
    architectures: [architecture + SUFFIX],
    id2label: Object.fromEntries(labels.map((label, i) => [i, label])),
    label2id: Object.fromEntries(labels.map((label, i) => [label, i])),
    problem_type: several ? SEVERAL : ONE,
    // By it a decoder's class finds the last token of each row; no text becomes it.
    pad_token_id: padding,
  };
}

/** Whether a config.json is of a class that scores labels. */
export const isClassifier = (json: unknown): boolean =>
  stated.parse(json).architectures.some((name) => name.endsWith(SUFFIX));
const stated = z.object({ architectures: z.array(z.string()).catch([]) }).catch({ architectures: [] });

/** Reads the labels of such a config.json. @param usual what its class there scores */
export const classesSchema = (usual: Pooling): z.ZodType<Classes> =>
  z
    .object({
      id2label: z.record(z.string(), z.string()).nullish(),
      num_labels: z.int().positive().max(MOST).nullish(),
      problem_type: z.string().max(100).nullish(),
      /** Ours alone: `ownClasses`. */
      pooling: z.enum(POOLINGS).default(usual),
    })
    .transform(({ id2label, num_labels, problem_type: kind, pooling }, context): Classes => {
      // PretrainedConfig leaves out two labels if they are unnamed.
      const count = id2label ? Object.keys(id2label).length : (num_labels ?? 2);
      const labels = Array.from({ length: count }, (_, i) => (id2label ? id2label[i] : unnamed(i)));
      if (labels.includes(undefined)) context.addIssue(`id2label has ${count} labels that aren't numbered from 0`);
      if (kind === 'regression' || (!kind && count === 1))
        context.addIssue('it predicts a number, not labels (problem_type: regression)');
      else if (kind && kind !== ONE && kind !== SEVERAL) context.addIssue(`problem_type ${kind} is not supported`);
      return {
        labels: labels.map((label = '') => label),
        pooling,
        ...(kind === SEVERAL && { several: true as const }),
      };
    });
/** Beyond which nothing is listed. */
const MOST = 100_000;

/** As transformers calls a label that nobody has named. */
const unnamed = (place: number): string => `LABEL_${place}`;
export const areUnnamed = ({ labels }: Classes): boolean => labels.every((label, i) => label === unnamed(i));

/** Why no class there is such a classifier, in one sentence; null where one is. */
export function poolingProblem({ classes }: Pick<BaseConfig, 'classes'>, usual: Pooling | undefined): string | null {
  if (!classes || classes.pooling === usual) return null;
  return (
    `transformers has no class that classifies by ${POOLED[classes.pooling]} here: it would use ${POOLED[usual!]}. ` +
    'ONNX, the web service and the offline page support it'
  );
}
export const POOLED: Readonly<Record<Pooling, string>> = {
  first: 'the first token of a text',
  mean: 'the mean of a text',
  last: 'the last token of a text',
};

/** What stands before the type of a folder that is ours alone: transformers refuses it, and would otherwise score another token. */
const OWN = 'homegrown-';
/** Of a config.json with such a type, in its place. */
export const ownClasses = (type: string, { pooling }: Classes): Record<string, Json> => ({
  model_type: OWN + type,
  pooling,
});
export const plainType = (type: string): string => (type.startsWith(OWN) ? type.slice(OWN.length) : type);

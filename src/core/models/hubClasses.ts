/** Converts a classifier's labels to and from transformers' config.json. */
import type { Json } from '../base/blobStore';
import { z } from '../base/zod';
import type { NamedIds } from './interop';
import { type BaseConfig, type Classes, type Pooling, POOLINGS } from './spec';

/** Suffix of transformers' sequence classification classes. */
const SUFFIX = 'ForSequenceClassification';
const [ONE, SEVERAL] = ['single_label_classification', 'multi_label_classification'] as const;

/**
 * Label fields in a classifier's config.json, which replace those of a language model.
 * @param architecture prefix of its class names in transformers
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
    // A decoder's class uses this id to find each row's last token; no text contains it.
    pad_token_id: padding,
  };
}

/** Whether a config.json belongs to a sequence classification class. */
export const isClassifier = (json: unknown): boolean =>
  stated.parse(json).architectures.some((name) => name.endsWith(SUFFIX));
const stated = z.object({ architectures: z.array(z.string()).catch([]) }).catch({ architectures: [] });

/** Reads the labels of such a config.json. @param usual pooling of its class in transformers */
export const classesSchema = (usual: Pooling): z.ZodType<Classes> =>
  z
    .object({
      id2label: z.record(z.string(), z.string()).nullish(),
      num_labels: z.int().positive().max(MAX).nullish(),
      problem_type: z.string().max(100).nullish(),
      /** Only in our files: `ownClasses`. */
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
/** Maximum number of labels. */
const MAX = 100_000;

/** Name that transformers gives to an unnamed label. */
const unnamed = (place: number): string => `LABEL_${place}`;
export const areUnnamed = ({ labels }: Classes): boolean => labels.every((label, i) => label === unnamed(i));

/** Reason why transformers has no class for such a classifier, in one sentence; null if it has one. */
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

/** Type prefix in a folder that only we read: transformers refuses it, since its class would score another token. */
const OWN = 'homegrown-';
/** Fields of a config.json with such a type. */
export const ownClasses = (type: string, { pooling }: Classes): Record<string, Json> => ({
  model_type: OWN + type,
  pooling,
});
export const plainType = (type: string): string => (type.startsWith(OWN) ? type.slice(OWN.length) : type);

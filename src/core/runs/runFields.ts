/** Fields of a run: the record, `homegrown.json`, imports and forks are derived from this list. */
import { listOf, MAX_SEGMENTS } from '../base/limits';
import { moment, storedMoment } from '../base/moment';
import { z } from '../base/zod';
import { type ObjectiveId, OBJECTIVES } from '../objectives';
import { cardSchema } from './card';
import { HOW } from './lineage';
import { testSetAccessesSchema } from './testSetAccesses';
import type { Segment, SegmentData, Segments } from './segments';
import {
  beganSchema,
  type DataFacts,
  dataFactsSchema,
  decisionSchema,
  mixedSchema,
  modelSchema,
  originSchema,
  recipeSchema,
  tokenizerSummarySchema,
  trainableSchema,
} from './settings';

export type RunField = {
  /** Schema in the store. */
  schema: z.ZodType;
  /** True if a run that begins from another doesn't copy the field. */
  isOwn?: true;
} & (
  | {
      /** Schema in `homegrown.json`, under the same name; an import reads the same value. */
      file: z.ZodType;
    }
  | {
      /** Why the file lacks the field, or has it in another form. */
      why: string;
    }
);

/** Number of hues that the page has for runs. */
export const HUES = 8;

const count = z.int().nonnegative();
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
/** Longer in files of older builds, which named a model by all of its texts. */
const nameInFile = z.string().transform((name) => name.slice(0, MAX_NAME_IN_FILE));
const MAX_NAME_IN_FILE = 1000;
export const idInFile = z.string().regex(/^[\w.-]{1,100}$/);

const segmentData: z.ZodType<SegmentData> = z.strictObject({
  id: z.string().nullable(),
  facts: dataFactsSchema.nullable(),
});
type SegmentOf<D> = Omit<Segment, 'data'> & { data: D };
/** Schema of segments, oldest first. */
function segmentsWith<D>(data: z.ZodType<D>): z.ZodType<readonly [SegmentOf<D>, ...SegmentOf<D>[]]> {
  const segment = z.strictObject({
    after: count,
    recipe: recipeSchema,
    data,
    why: z.enum(['data', 'recipe', 'both']).exactOptional(),
  });
  return listOf(segment, MAX_SEGMENTS)
    .refine((segments) => segments.length > 0 && segments.every(isInOrder), 'its segments are not in order')
    .transform((segments) => segments as unknown as readonly [SegmentOf<D>, ...SegmentOf<D>[]]);
}
const isInOrder = ({ after }: { after: number }, i: number, segments: readonly { after: number }[]): boolean =>
  i === 0 ? after === 0 : after > segments[i - 1]!.after;
const segmentsSchema: z.ZodType<Segments> = segmentsWith(segmentData);
/** Without data ids, which belong to one store. Data is null if unknown. */
export const segmentsInFile: z.ZodType<readonly [SegmentOf<DataFacts | null>, ...SegmentOf<DataFacts | null>[]]> =
  segmentsWith(dataFactsSchema.nullable());

const parentWith = <N extends z.ZodType>(name: N) => ({
  step: count,
  how: z.enum(HOW),
  name,
  /** Set if the run began from weights alone: the optimizer's moments began at zero. */
  momentsAtZero: z.literal(true).exactOptional(),
  began: beganSchema.exactOptional(),
});
/** Step of another run that the run began from; the name outlives that run. */
const parentSchema = z.strictObject({ runId: z.string(), ...parentWith(z.string()) });
export const parentInFile = z.strictObject({ id: idInFile, ...parentWith(nameInFile) });

/** Fields in the order of a stored record. To add a field, add one entry. */
export const RUN_FIELDS = {
  version: { schema: z.literal(5), why: 'The file counts its own versions.' },
  id: { schema: z.string(), isOwn: true, why: 'An import is a run of its own, and the original is its parent.' },
  projectId: { schema: z.string(), isOwn: true, why: 'Names a project of one store.' },
  name: { schema: z.string(), isOwn: true, file: nameInFile },
  tags: { schema: listOf(z.string(), 1000), isOwn: true, why: 'Tags sort the runs of one store.' },
  note: { schema: z.string(), isOwn: true, why: 'A note is private.' },
  /** Hue of the run's curve, 1 to 8, fixed for its life. */
  hue: { schema: z.int().min(1).max(HUES), isOwn: true, why: 'Tells the runs of one project apart.' },
  createdAt: { schema: storedMoment, isOwn: true, file: moment },
  /** Time of removal, until the run is purged. */
  removedAt: { schema: storedMoment.exactOptional(), isOwn: true, why: 'A deletion is of one store.' },
  /** `running` without a holder of the run's lock means that the tab closed during training. */
  status: {
    schema: z.enum(['running', 'stopped', 'finished', 'failed']),
    isOwn: true,
    why: 'Whether an imported run has finished follows from its steps.',
  },
  /** Newest saved step. */
  step: { schema: count, isOwn: true, why: 'The file has it in `state`.' },
  /** Name of the device that last trained the run. */
  device: { schema: z.string().nullable(), file: z.string().max(1000).nullable() },
  model: { schema: modelSchema, file: modelSchema },
  /** Merges are stored separately, except for a run last written by a build before 2026-11-26. */
  tokenizer: { schema: tokenizerSummarySchema, why: 'The tokenizer has files of its own.' },
  /** Objective of all segments. */
  objective: { schema: z.enum(Object.keys(OBJECTIVES) as ObjectiveId[]), why: 'Every recipe names it.' },
  parent: { schema: parentSchema.exactOptional(), why: 'The parent of an import is the original.' },
  origin: { schema: originSchema.exactOptional(), file: originSchema.exactOptional() },
  /** Absent if all weights are trainable. */
  trainable: { schema: trainableSchema.exactOptional(), why: 'An import has it only if the base is at hand.' },
  /** Hash of all base weights, which the store has once for all runs; absent if all weights are trainable. */
  base: { schema: sha256.exactOptional(), why: 'Weights of one store; an import finds its base itself.' },
  /** Set if the weights are an average with another model's, with this share, 0 to 1. */
  mixed: { schema: mixedSchema.exactOptional(), file: mixedSchema.exactOptional() },
  /** Decision of a classifier that was calibrated, or whose threshold a person set. */
  decision: {
    schema: decisionSchema.exactOptional(),
    isOwn: true,
    why: 'The temperature may be in the exported weights.',
  },
  /** Data of the model before tuning: forgetting is measured on it, and some of it may be replayed. */
  old: { schema: segmentData.exactOptional(), why: 'The file has its facts as `replayed`, if some was replayed.' },
  /** Segments; the newest has the settings for resuming. A model with an origin may have been made otherwise. */
  segments: { schema: segmentsSchema, why: 'The place of the ids is of one store.' },
  keep: { schema: z.strictObject({ budget: count }), why: 'Space of one store.' },
  /** A person's own words in the model card. */
  card: { schema: cardSchema.exactOptional(), file: cardSchema.exactOptional() },
  /** Accesses to the test part of its data, including those of the run that it began from until then. */
  looks: { schema: testSetAccessesSchema.exactOptional(), file: testSetAccessesSchema.exactOptional() },
} satisfies Record<string, RunField>;

type Fields = typeof RUN_FIELDS;
type StoredShape = { [N in keyof Fields]: Fields[N]['schema'] };
type OwnName = { [N in keyof Fields]: Fields[N] extends { isOwn: true } ? N : never }[keyof Fields];
type SharedName = { [N in keyof Fields]: Fields[N] extends { file: z.ZodType } ? N : never }[keyof Fields];
type SharedShape = { [N in SharedName]: Fields[N] extends { file: infer F extends z.ZodType } ? F : never };

const entries: readonly [string, RunField][] = Object.entries(RUN_FIELDS);
/** Schemas of all fields, as they are stored. */
export const storedShape = Object.fromEntries(entries.map(([name, { schema }]) => [name, schema])) as StoredShape;
/** Schemas of the fields that `homegrown.json` has in their stored form. */
export const sharedShape = Object.fromEntries(
  entries.flatMap(([name, field]) => ('file' in field ? [[name, field.file]] : [])),
) as SharedShape;

type Shared = z.infer<z.ZodObject<SharedShape>>;
/** Fields that record and file share unchanged. */
export const sharedFields = (run: Shared): Shared => pickFields(run, (name) => Object.hasOwn(sharedShape, name));

type Stored = z.infer<z.ZodObject<StoredShape>>;
/** Fields that a run copies from the run that it begins from. */
export const copiedFields = (run: Stored): Omit<Stored, OwnName> =>
  pickFields(run, (name) => !(RUN_FIELDS as Record<string, RunField>)[name]?.isOwn);

const pickFields = <R extends object>(run: R, isPicked: (name: string) => boolean): R =>
  Object.fromEntries(Object.entries(run).filter(([name]) => isPicked(name))) as R;

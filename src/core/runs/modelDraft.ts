/** Draft of the next run's architecture and sizes. */
import { currentValue, type Field, fieldProblem } from '../base/field';
import { fieldSchema } from '../base/fieldSchema';
import { z } from '../base/zod';
import { FIRST_MODEL, modelIds, modelSpec, type ModelId } from '../models';
import {
  type BaseConfig,
  countParams,
  type ModelSpec,
  nearestSize,
  type Size,
  type Sizes,
  sizesOf,
} from '../models/spec';

export interface ModelDraft {
  id: ModelId;
  config: BaseConfig;
  /** Sizes that the person set; the size dial doesn't change them. */
  byHand: readonly string[];
  /** Set if a person changed a size, the dial or a preset; proposed plans and a new architecture don't count. */
  isEdited?: true;
  /** Earlier drafts of other architectures, including those that this version doesn't know. */
  others?: Readonly<Record<string, LeftDraft>>;
}
export interface LeftDraft {
  config: Readonly<Record<string, unknown>>;
  byHand: readonly string[];
}

export const initialModel = (): ModelDraft => ({
  id: FIRST_MODEL,
  config: modelSpec(FIRST_MODEL).presets[0]!.config,
  byHand: [],
});

/** Whether the draft still has its initial values. */
export function isInitial({ id, config, byHand, others }: ModelDraft): boolean {
  const initialSizes = Object.entries(initialModel().config);
  return (
    id === FIRST_MODEL &&
    byHand.length === 0 &&
    others === undefined &&
    initialSizes.every(([name, value]) => (config as object as Record<string, unknown>)[name] === value)
  );
}

/** Validates each size alone; the page reports whether they fit together. Drops sizes that the architecture lacks. */
export const modelDraftSchema: z.ZodType<ModelDraft> = z
  .object({
    id: z.enum(modelIds()),
    config: z.looseObject({ untied: z.literal(true).exactOptional() }),
    byHand: z.array(z.string()),
    isEdited: z.literal(true).exactOptional(),
    others: z.record(z.string(), z.object({ config: z.looseObject({}), byHand: z.array(z.string()) })).exactOptional(),
  })
  .transform(({ config, ...draft }, context): ModelDraft => {
    const { untied } = config;
    const sizes = Object.entries(modelSpec(draft.id).fields).map(([name, field]: [string, Field]) => {
      const size = fieldSchema(field).safeParse(config[name]);
      if (!size.success) context.addIssue(`${name} cannot be read`);
      return [name, size.data];
    });
    return { ...draft, config: { ...toConfig(Object.fromEntries(sizes) as Sizes), ...(untied && { untied }) } };
  });

/**
 * Switches a draft to another architecture. Keeps shared sizes, and sizes that the person set and both have, if the new
 * one allows them. Its own sizes come from its earlier draft, or else from its dial at this parameter count. Replaces a
 * size that doesn't fit the others.
 */
export function ofArchitecture({ id: previousId, ...draft }: ModelDraft, id: ModelId, vocabulary: number): ModelDraft {
  if (Object.is(id, previousId)) return { id, ...draft };
  const { others: { [id]: earlierDraft, ...others } = {}, config, byHand } = draft;
  const spec = modelSpec(id);
  const defaultSizes = sizesOf(spec.sized(countParams(modelSpec(previousId).params(config, vocabulary)), vocabulary));
  const keptSizes = Object.entries(sizesOf(config)).filter(([name]) => name in SHARED || byHand.includes(name));
  const candidates = Object.entries({ ...earlierDraft?.config, ...Object.fromEntries(keptSizes) });
  const validSizes = new Map(candidates.map(toCurrentValue(spec)).filter(isSizeOf(spec)));
  let sizes: Sizes = { ...defaultSizes, ...Object.fromEntries(validSizes) };
  // Replaces a size with the usual one; if that doesn't fit either, with the nearest that does.
  for (let attempt = 0; attempt < 2 * Object.keys(defaultSizes).length; attempt++) {
    const invalidField = spec.problems(toConfig(sizes))[0]?.field;
    if (invalidField === undefined) break;
    const replacement = validSizes.delete(invalidField)
      ? defaultSizes[invalidField]
      : nearestSize(spec, toConfig(sizes), invalidField);
    sizes = { ...sizes, [invalidField]: replacement ?? defaultSizes[invalidField]! };
  }
  const setByHand = new Set([...byHand, ...(earlierDraft?.byHand ?? [])]);
  return {
    id,
    config: { ...toConfig(sizes), ...(earlierDraft?.config['untied'] === true && { untied: true }) },
    byHand: [...validSizes.keys()].filter((name) => setByHand.has(name)),
    ...(draft.isEdited && { isEdited: draft.isEdited }),
    others: { ...others, [previousId]: { config: { ...config }, byHand } },
  };
}

const SHARED: Readonly<Record<Exclude<keyof BaseConfig, 'untied' | 'classes'>, true>> = {
  layers: true,
  width: true,
  heads: true,
  context: true,
};

const toConfig = (sizes: Sizes): BaseConfig => sizes as unknown as BaseConfig;

const toCurrentValue =
  ({ fields }: ModelSpec) =>
  ([name, size]: [string, unknown]): [string, unknown] => {
    const field = (fields as Readonly<Record<string, Field>>)[name];
    return [name, field ? currentValue(field, size) : size];
  };
const isSizeOf =
  ({ fields }: ModelSpec) =>
  (entry: [name: string, size: unknown]): entry is [string, Size] => {
    const field = (fields as Readonly<Record<string, Field>>)[entry[0]];
    return field !== undefined && fieldProblem(field, entry[1]) === null;
  };

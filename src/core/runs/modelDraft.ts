/** The architecture of the next run and its sizes, as they are being set. */
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
  /** Sizes that the person set; the size dial leaves them alone. */
  byHand: readonly string[];
  /** A person set a size, the dial or a preset. What a plan proposes, and another architecture alone, is no edit. */
  isEdited?: true;
  /** Of architectures that were chosen before, as they were left, also of those that this version does not know. */
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

/** Whether nobody has chosen anything of it yet. */
export function isInitial({ id, config, byHand, others }: ModelDraft): boolean {
  const own = Object.entries(initialModel().config);
  return (
    id === FIRST_MODEL &&
    byHand.length === 0 &&
    others === undefined &&
    own.every(([name, value]) => (config as object as Record<string, unknown>)[name] === value)
  );
}

/** Sizes that a field can have; the page reports whether they fit together. Drops sizes that the architecture lacks. */
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
    return { ...draft, config: { ...asConfig(Object.fromEntries(sizes) as Sizes), ...(untied && { untied }) } };
  });

/**
 * The draft with another architecture. Sizes that all have, and others that both have and the person set, are kept, where the new
 * one allows them. Its own sizes are as they
 * were left; where it was never chosen, as its dial sets them for this count of parameters. A size that does not fit the
 * others is replaced.
 */
export function ofArchitecture({ id: before, ...now }: ModelDraft, id: ModelId, vocabulary: number): ModelDraft {
  if (Object.is(id, before)) return { id, ...now };
  const { others: { [id]: left, ...others } = {}, config, byHand } = now;
  const spec = modelSpec(id);
  const usual = sizesOf(spec.sized(countParams(modelSpec(before).params(config, vocabulary)), vocabulary));
  const carried = Object.entries(sizesOf(config)).filter(([name]) => name in SHARED || byHand.includes(name));
  const given = Object.entries({ ...left?.config, ...Object.fromEntries(carried) });
  const kept = new Map(given.map(currentOf(spec)).filter(isSizeOf(spec)));
  let sizes: Sizes = { ...usual, ...Object.fromEntries(kept) };
  // A size is replaced by the usual one, and where that does not fit the others either, by the nearest that does.
  for (let turn = 0; turn < 2 * Object.keys(usual).length; turn++) {
    const wrong = spec.problems(asConfig(sizes))[0]?.field;
    if (wrong === undefined) break;
    const instead = kept.delete(wrong) ? usual[wrong] : nearestSize(spec, asConfig(sizes), wrong);
    sizes = { ...sizes, [wrong]: instead ?? usual[wrong]! };
  }
  const marked = new Set([...byHand, ...(left?.byHand ?? [])]);
  return {
    id,
    config: { ...asConfig(sizes), ...(left?.config['untied'] === true && { untied: true }) },
    byHand: [...kept.keys()].filter((name) => marked.has(name)),
    ...(now.isEdited && { isEdited: now.isEdited }),
    others: { ...others, [before]: { config: { ...config }, byHand } },
  };
}

const SHARED: Readonly<Record<Exclude<keyof BaseConfig, 'untied' | 'classes'>, true>> = {
  layers: true,
  width: true,
  heads: true,
  context: true,
};

const asConfig = (sizes: Sizes): BaseConfig => sizes as unknown as BaseConfig;

const currentOf =
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

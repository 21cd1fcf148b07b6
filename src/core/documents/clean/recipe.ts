/** Recipe: the cleaning rules for a text, in order. Text and recipe determine the cleaned text to the bit. */
import { badFile, HomegrownError } from '../../base/errors';
import { type Fields, initialValues } from '../../base/field';
import { fieldSchema } from '../../base/fieldSchema';
import { sha256Hex } from '../../base/hash';
import { z } from '../../base/zod';
import { type RuleId, ruleOf, RULES } from './rules';

export interface Step {
  rule: RuleId;
  isOn: boolean;
  /** All fields of the rule. */
  settings: Readonly<Record<string, unknown>>;
}
export interface Recipe {
  version: 1;
  name: string;
  /** In order of application. A rule may occur several times. */
  steps: readonly Step[];
  /** Documents that no rule removes: SHA-256 of their original text. */
  kept: readonly string[];
}

/** Creates a step, with initial values for missing settings. */
export const stepOf = (rule: RuleId, settings: Step['settings'] = {}): Step => {
  return { rule, isOn: true, settings: { ...initialValues(ruleOf(rule).fields), ...settings } };
};

export const NO_RECIPE: Recipe = { version: 1, name: 'none', steps: [], kept: [] };

/** Recipe of the rules that harm no text, in registry order. */
export const recommendedRecipe = (): Recipe => {
  const rules = (Object.keys(RULES) as RuleId[]).filter((id) => ruleOf(id).recommended !== undefined);
  return { version: 1, name: 'recommended', steps: rules.map((rule) => stepOf(rule)), kept: [] };
};

const MAX_STEPS = 1000;
const MAX_KEPT = 200_000;

const stepSchema = z
  .strictObject({
    rule: z.enum(Object.keys(RULES) as [RuleId], {
      error: ({ input }) => `this version has no rule ${JSON.stringify(input)}`,
    }),
    isOn: z.boolean().default(true),
    settings: z.record(z.string(), z.unknown()).default({}),
  })
  .transform(({ rule, isOn, settings }, context): Step => {
    const fields: Fields = ruleOf(rule).fields;
    for (const name of Object.keys(settings))
      if (!Object.hasOwn(fields, name)) context.addIssue(`${rule} has no setting ${name}`);
    const values = Object.entries(fields).map(([name, field]) => {
      if (!Object.hasOwn(settings, name)) return [name, field.initial] as const;
      const read = fieldSchema(field).safeParse(settings[name]);
      if (!read.success) context.addIssue(`${name} of ${rule} can't be ${JSON.stringify(settings[name])}`);
      return [name, read.data] as const;
    });
    return { rule, isOn, settings: Object.fromEntries(values) };
  });
export const recipeSchema: z.ZodType<Recipe> = z.strictObject({
  version: z.literal(1),
  name: z.string().min(1).max(200),
  steps: z.array(stepSchema).max(MAX_STEPS),
  kept: z
    .array(z.string().regex(/^[0-9a-f]{64}$/))
    .max(MAX_KEPT)
    .default([]),
});

/** @param name file name @throws HomegrownError `bad-file` naming the problem, `newer-version` */
export function readRecipe(name: string, text: string): Recipe {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw badFile(`${name} is not a recipe: it isn't valid JSON.`, REMEDY);
  }
  const result = recipeSchema.safeParse(json);
  if (result.success) return result.data;
  const version = z.object({ version: z.int() }).safeParse(json);
  if (version.success && version.data.version > 1)
    throw new HomegrownError(
      'newer-version',
      `${name} has version ${version.data.version}, which this Homegrown can't read`,
    );
  const [issue] = result.error.issues;
  const place = issue!.path.map((part) => (typeof part === 'number' ? part + 1 : String(part))).join(' ');
  throw badFile(`${name} is not a valid recipe: ${place === '' ? '' : `at ${place}, `}${issue!.message}.`, REMEDY);
}
const REMEDY = 'Your rules are unchanged. Download a recipe from Homegrown and edit that file.';

/** Serializes a recipe as a file. */
export const recipeJson = (recipe: Recipe): string => `${JSON.stringify(recipe, null, 2)}\n`;

/** Identifies a recipe: SHA-256 of the active rules, their settings, and the kept documents; in hex. */
export const recipeHash = ({ steps, kept }: Recipe): Promise<string> =>
  sha256Hex(JSON.stringify([activeRules(steps), [...kept].sort()]));
/** Whether the same rules are active with the same settings, whatever documents are kept. */
export const haveSameRules = (a: Recipe, b: Recipe): boolean =>
  JSON.stringify(activeRules(a.steps)) === JSON.stringify(activeRules(b.steps));
const activeRules = (steps: Recipe['steps']) =>
  steps.filter(({ isOn }) => isOn).map(({ rule, settings }) => [rule, Object.entries(settings).sort(byName)]);
const byName = ([a]: [string, unknown], [b]: [string, unknown]): number => (a < b ? -1 : 1);

/** Flags of the command line: declared as data, checked strictly, with types from the declaration. */

/** How a command uses a flag's path. `resumes` reads there, and writes there unless another flag `writes`. */
export type PathUse = 'none' | 'reads' | 'resumes' | 'writes';
interface NamesPath {
  path: PathUse;
  /** Returns the path in a value with more than a path; undefined if it has none. */
  pathIn?: (typed: string) => string | undefined;
}

export type Option = {
  /** Help without a full stop. */
  help: string;
} &
  /** `otherwise`: a default that depends on other flags, in words; the value is then undefined. */
  (
    | ({ kind: 'text' } & NamesPath & ({ initial?: string } | { otherwise: string }))
    /** One or more values after the flag. */
    | ({ kind: 'texts' } & NamesPath)
    | ({ kind: 'texts'; otherwise: string } & NamesPath)
    | ({ kind: 'whole' | 'real'; min: number; max: number } & ({ initial?: number } | { otherwise: string }))
    /** `alone`: value of the flag without one; `choices`: explanations of the values. */
    | ({ kind: 'choice'; of: readonly string[]; alone?: string; choices?: readonly string[] } & (
        | { initial?: string }
        | { otherwise: string }
      ))
    /** Present or absent. */
    | { kind: 'switch' }
  );
export type Options = Readonly<Record<string, Option>>;

type Value<O extends Option> = O extends { kind: 'switch' }
  ? boolean
  : O extends { kind: 'texts' }
    ? readonly string[]
    : O extends { kind: 'whole' | 'real' }
      ? number
      : O extends { kind: 'choice'; of: readonly (infer C)[] }
        ? C
        : string;
export type Values<O extends Options> = {
  readonly [name in keyof O]: O[name] extends { otherwise: string } ? Value<O[name]> | undefined : Value<O[name]>;
};

/** `FILE.csv` of `FILE.csv:text=COLUMN,label=COLUMN`. */
export const withoutColumns = (typed: string): string | undefined => /^(.+?)(?::[a-z]+=.*)?$/s.exec(typed)?.[1];

/** Wrong flags. The message is one line. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** `--learning-rate 1e-3` and `--learning-rate=1e-3` -> `{ 'learning-rate': 0.001 }`. Options without `initial` or `otherwise` must be given. */
export function parseOptions<const O extends Options>(options: O, args: readonly string[]): Values<O> {
  const values = new Map<string, string | number | boolean | readonly string[] | undefined>();
  for (let i = 0; i < args.length; i++) {
    const match = /^--([a-z0-9-]+)(?:=(.*))?$/s.exec(args[i]!);
    const name = match?.[1];
    const attached: string | undefined = match?.[2];
    if (name === undefined) throw new UsageError(`'${args[i]!}' is not a flag. Flags start with two dashes.`);
    const option = Object.hasOwn(options, name) ? options[name] : undefined;
    if (!option)
      throw new UsageError(
        `Unknown flag --${name}. Flags: ${Object.keys(options)
          .map((o) => `--${o}`)
          .join(' ')}`,
      );
    if (values.has(name)) throw new UsageError(`--${name} is given twice.`);
    if (option.kind === 'switch') {
      if (attached !== undefined) throw new UsageError(`--${name} takes no value.`);
      values.set(name, true);
      continue;
    }
    const typedValues = attached === undefined ? [] : [attached];
    const max = option.kind === 'texts' ? Infinity : 1;
    while (typedValues.length < max && attached === undefined && i + 1 < args.length && !args[i + 1]!.startsWith('--'))
      typedValues.push(args[++i]!);
    if (typedValues.length === 0 && option.kind === 'choice' && option.alone !== undefined)
      typedValues.push(option.alone);
    // An unset variable of a script looks like this.
    if (typedValues.length === 0 || typedValues.includes('')) throw new UsageError(`--${name} needs a value.`);
    values.set(name, option.kind === 'texts' ? typedValues : valueOf(name, option, typedValues[0]!));
  }
  for (const [name, option] of Object.entries(options)) {
    if (values.has(name)) continue;
    if (option.kind === 'switch') values.set(name, false);
    else if ('otherwise' in option) values.set(name, undefined);
    else if ('initial' in option) values.set(name, option.initial);
    else throw new UsageError(`--${name} is missing.`);
  }
  return Object.fromEntries(values) as Values<O>;
}

/** Names of the flags that were typed; the others have their defaults. */
export const flagsIn = (args: readonly string[]): ReadonlySet<string> =>
  new Set(args.flatMap((arg) => /^--([a-z0-9-]+)/.exec(arg)?.[1] ?? []));

function valueOf(
  name: string,
  option: Exclude<Option, { kind: 'texts' } | { kind: 'switch' }>,
  typedValue: string,
): string | number {
  switch (option.kind) {
    case 'text':
      return typedValue;
    case 'choice':
      if (option.of.includes(typedValue)) return typedValue;
      throw new UsageError(`--${name} must be one of ${option.of.join(', ')}, not '${typedValue}'.`);
    case 'whole':
    case 'real': {
      const { min, max } = option;
      const number = typedValue.trim() === '' ? NaN : Number(typedValue);
      if (number >= min && number <= max && (option.kind === 'real' || Number.isInteger(number))) return number;
      const kindWords = option.kind === 'whole' ? 'a whole number' : 'a number';
      throw new UsageError(`--${name} must be ${kindWords} from ${min} to ${max}, not '${typedValue}'.`);
    }
  }
}

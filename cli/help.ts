/** The text of --help, from the declarations that parse the flags. */
import type { Option, Options } from './options';

/** No value starts with two dashes; a value that starts with one isn't first. */
export const asksForHelp = (args: readonly string[]): boolean => args.includes('--help') || args[0] === '-h';

export function help(command: { name: string; about: string; options: Options; examples: readonly string[] }): string {
  const { name, about, options, examples } = command;
  const flags = flagRows(options);
  const width = Math.max(...flags.map(([flag]) => flag.length));
  const [script, ...words] = name.split(' ');
  const invocation = ['npm run --silent', script, '--', ...words].join(' ');
  return [
    about,
    '',
    ...flags.map(([flag, meaning]) => `  ${flag.padEnd(width)}  ${meaning}`),
    '',
    ...Object.entries(options).flatMap(([flag, option]) => choices(flag, option)),
    ...examples.map((example) => `${invocation} ${example}`),
  ].join('\n');
}

/** Each flag with its kind of value, and its meaning with bounds and default. */
export const flagRows = (options: Options): readonly (readonly [flag: string, meaning: string])[] =>
  Object.entries(options).map(
    ([flag, option]) => [`--${flag} ${VALUES[option.kind]}`.trimEnd(), meaningOf(option)] as const,
  );

/** Meaning of each value of a flag whose values need explanation. */
function choices(flag: string, option: Option): readonly string[] {
  if (option.kind !== 'choice' || !option.choices) return [];
  const width = Math.max(...option.of.map((name) => name.length));
  const lines = option.of.map((name, i) => `  ${name.padEnd(width)}  ${option.choices![i]!}`);
  return [`--${flag}`, ...lines, ''];
}

const VALUES = { text: 'TEXT', texts: 'FILE...', whole: 'N', real: 'X', choice: 'NAME', switch: '' } as const;

/** `Heads, divides the width (1 to 32; 4 if not given)` */
function meaningOf(option: Option): string {
  const facts: string[] = [];
  if (option.kind === 'whole' || option.kind === 'real') facts.push(`${option.min} to ${option.max}`);
  if (option.kind === 'choice') facts.push(option.of.join(', '));
  if (option.kind === 'choice' && option.alone !== undefined) facts.push(`${option.alone} without a value`);
  if (option.kind === 'switch') return option.help;
  if ('otherwise' in option) facts.push(`default: ${option.otherwise}`);
  else if (!('initial' in option)) facts.push('required');
  else if (hasShownDefault(option)) facts.push(`default: ${option.initial}`);
  return facts.length > 0 ? `${option.help} (${facts.join('; ')})` : option.help;
}
/** `help` explains the default. */
const hasShownDefault = (option: Extract<Option, { initial?: unknown }>): boolean => option.initial !== '';

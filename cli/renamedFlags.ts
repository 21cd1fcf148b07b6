/** Flags that were renamed; their old names still work. */
import type { Options } from './options';

const NEW_NAMES = new Map([
  ['fewest', 'min-texts'],
  ['rest', 'frozen-dtype'],
  ['unlabelled', 'unlabeled'],
]);

/** Replaces old names of a command's flags by new ones. @param say receives one line for each */
export const withNewNames = (args: readonly string[], options: Options, say: (line: string) => void): string[] =>
  args.map((arg) => {
    const [, old = '', value = ''] = /^--([a-z-]+)(=.*)?$/s.exec(arg) ?? [];
    const name = NEW_NAMES.get(old);
    if (name === undefined || Object.hasOwn(options, old) || !Object.hasOwn(options, name)) return arg;
    say(`--${old} is now called --${name}.`);
    return `--${name}${value}`;
  });

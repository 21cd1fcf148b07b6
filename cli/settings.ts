/** --settings: a link with the settings of a run, as flags. */
import { queryOf, settingsIn } from '../src/core/runs/settingsLink';
import { flagsIn, UsageError } from './options';

/**
 * Replaces `--settings` by the flags of the link. Typed flags win.
 * @throws UsageError with --resume or --from, which have their own settings; HomegrownError `bad-settings` of the link
 */
export function withSettings(args: readonly string[]): readonly string[] {
  const at = args.findIndex((arg) => /^--settings(=|$)/.test(arg));
  if (at < 0) return args;
  const attached = /^--settings=(.*)$/s.exec(args[at]!)?.[1];
  const link = attached ?? args[at + 1];
  if (!link || (attached === undefined && link.startsWith('--'))) throw new UsageError('--settings needs a value.');
  const others = args.filter((_, i) => i !== at && (attached !== undefined || i !== at + 1));
  const typed = flagsIn(others);
  if (typed.has('settings')) throw new UsageError('--settings is given twice.');
  for (const other of ['resume', 'from'])
    if (typed.has(other)) throw new UsageError(`--settings can't be combined with --${other}.`);
  // Checked before it is parsed as flags, so that an error names the link.
  const settings = settingsIn(link);
  const linked = new URLSearchParams(queryOf(settings));
  // Links leave defaults out, and the terminal's own depends on --patience.
  linked.set('eval-every', String(settings.recipe.evalEvery));
  return [...others, ...[...linked].flatMap(([name, value]) => (typed.has(name) ? [] : [`--${name}=${value}`]))];
}

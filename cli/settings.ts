/** --settings: a link with the settings of a run, as flags. */
import { queryOf, settingsIn } from '../src/core/runs/settingsLink';
import { flagsIn, UsageError } from './options';

/**
 * Replaces `--settings` by the flags of the link. Typed flags win.
 * @throws UsageError with --resume or --from, which have their own settings; HomegrownError `bad-settings` of the link
 */
export function withSettings(args: readonly string[]): readonly string[] {
  const index = args.findIndex((arg) => /^--settings(=|$)/.test(arg));
  if (index < 0) return args;
  const attached = /^--settings=(.*)$/s.exec(args[index]!)?.[1];
  const link = attached ?? args[index + 1];
  if (!link || (attached === undefined && link.startsWith('--'))) throw new UsageError('--settings needs a value.');
  const remaining = args.filter((_, i) => i !== index && (attached !== undefined || i !== index + 1));
  const typed = flagsIn(remaining);
  if (typed.has('settings')) throw new UsageError('--settings is given twice.');
  for (const other of ['resume', 'from'])
    if (typed.has(other)) throw new UsageError(`--settings can't be combined with --${other}.`);
  // Checked before it is parsed as flags, so that an error names the link.
  const settings = settingsIn(link);
  const linkedFlags = new URLSearchParams(queryOf(settings));
  // Links leave defaults out, and the terminal's own depends on --patience.
  linkedFlags.set('eval-every', String(settings.recipe.evalEvery));
  return [
    ...remaining,
    ...[...linkedFlags].flatMap(([name, value]) => (typed.has(name) ? [] : [`--${name}=${value}`])),
  ];
}

/** Whether a classifier can train at once, or a person must decide something in its setup first. */
import { fittingContext } from '../core/base/longTexts';
import { formatCount } from '../core/base/units';
import type { LabeledTable } from '../core/documents/surveyTable';
import type { LabelsSummary } from '../protocol/data';
import { bodyOf, labelsRefusal, planClassifier } from './classifierPlan';
import { classifierTimeOf } from './classifierTime';
import { timed } from './timed';
import type { Studio } from './slices/studio';
import { toTuneOn } from './tuningInputs';

export const CLASSIFIER_SETUP = '/tune?kind=classify';
/** Path to the held-out texts that the newest classifier got wrong. */
export const MISTAKES = `${CLASSIFIER_SETUP}&show=mistakes`;
/** Label of a button or link that opens the mistakes. */
export const checkMistakes = (count: number): string =>
  count === 1 ? 'Check the mistake' : `Check the ${formatCount(count)} mistakes`;
/**
 * Path to the rows with a word, in the setup of a classifier.
 * @param back path that opens when the rows close; the setup itself if absent
 */
export const rowsWithWord = (word: string, back?: string): string =>
  `${CLASSIFIER_SETUP}&word=${encodeURIComponent(word)}${back === undefined ? '' : `&back=${encodeURIComponent(back)}`}`;
/** Path to open when the rows close: always a page of the app. */
export function closedRows(search: string): string {
  const back = new URLSearchParams(search).get('back');
  return back !== null && /^\/[a-z]+$/.test(back) ? back : CLASSIFIER_SETUP;
}

/**
 * Whether something must be decided before a classifier trains on a table that waits for an answer.
 * @param labeled absent if a person chose the columns, so that their labels aren't counted yet
 */
export function isTableUndecided(s: Studio, labeled?: LabeledTable): boolean {
  if (s.training !== null || s.trainingElsewhere || toTuneOn(s, 'classify').length > 0) return true;
  if (!labeled) return false;
  const { fewest } = s.project.tuning.classify;
  return !labeled.isAll || (fewest > 1 && labeled.counts.some(({ count }) => count === 1));
}

/**
 * Announces texts of a table that are too long to be read whole, by an estimate: tokens are counted once the table is added.
 * Undefined if all probably fit.
 */
export function longRowsWords(
  s: Pick<Studio, 'project' | 'runs'>,
  { longest }: Pick<LabeledTable, 'longest'>,
): string | undefined {
  const { context } = bodyOf(s).model.config;
  const tokens = longest / CHARACTERS_PER_TOKEN;
  if (s.project.tuning.classify.inWindows || tokens <= context) return undefined;
  const fitting = fittingContext({ room: context, longest: Math.ceil(tokens) }, context);
  const words = `Texts longer than ${formatCount(context)} tokens are cut`;
  return fitting === undefined ? `${words}.` : `${words}; about ${formatCount(fitting)} would fit all.`;
}
/** Measured on the mails with the most addresses, with a tokenizer of 4,096 entries; books have more. */
const CHARACTERS_PER_TOKEN = 2;

/** `Train a classifier · 2 min`, or `Set up classifier…` if something must be decided first. */
export const tableLabel = (s: Studio, labeled?: LabeledTable): string =>
  isTableUndecided(s, labeled)
    ? 'Set up classifier…'
    : timed('Train a classifier', labeled && classifierTimeOf(s, labeled));

/** Like `isTableUndecided` for texts that are already read: also checks whether the model can be trained as set. */
export function isUndecided(s: Pick<Studio, 'project' | 'runs' | 'device'>, summary: LabelsSummary): boolean {
  if (labelsRefusal(summary) !== undefined || summary.alike.length > 0) return true;
  const plan = planClassifier(s, summary);
  return 'code' in plan || plan.problems.length > 0;
}

/** Whether some texts are truncated. */
export const areCut = ({ project }: Pick<Studio, 'project'>, { long, room }: LabelsSummary): boolean =>
  long > 0 && room !== undefined && !project.tuning.classify.inWindows;

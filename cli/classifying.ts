/** Labeled texts and labels of tune --kind classify, read before training starts. */
import { unwatched } from '../src/core/base/job';
import { newClasses } from '../src/core/models/classes';
import { skipping } from './badRows';
import { typedTexts } from './columns';
import { encodingOf } from './encoding';
import { checkExamples, readExamples } from '../node/texts/examples';
import type { Values } from './options';
import { stderr } from './terminal';
import type { TUNE_OPTIONS } from './tuneOptions';
import type { Tuning } from '../node/runs/tuning';

type ClassifyFlags = Pick<
  Values<typeof TUNE_OPTIONS>,
  | 'table'
  | 'corrections'
  | 'several'
  | 'unlabeled'
  | 'merge'
  | 'min-texts'
  | 'pooling'
  | 'long-texts'
  | 'encoding'
  | 'skip-bad-rows'
>;

/** @throws HomegrownError if labels can't be learned, or need an answer */
export async function classifying(options: ClassifyFlags): Promise<NonNullable<Tuning['classify']>> {
  const { table, corrections, several, unlabeled, merge, 'min-texts': minTexts, pooling } = options;
  const note = (words: string): void => stderr.write(`${words}\n`);
  const labeledAs = several === undefined ? {} : { between: several };
  const encoding = encodingOf(options.encoding);
  const skips = skipping(options['skip-bad-rows']);
  const [tables, onlyTrained] = [table ?? [], corrections ?? []].map((typed) =>
    typed.map((each) => typedTexts(each, true)),
  );
  const request = {
    tables: tables!,
    corrections: onlyTrained,
    as: labeledAs,
    merge,
    minTexts,
    unlabeled,
    encoding,
    ...skips,
  };
  const examples = await readExamples(request, note, unwatched);
  checkExamples(examples, minTexts, note);
  const labels = examples.survey.labels.map(({ label }) => label);
  const choice = { pooling, several: several !== undefined, inWindows: options['long-texts'] === 'windows' };
  return { examples, classes: (model) => newClasses(model, labels, choice) };
}

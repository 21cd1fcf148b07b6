/** Expected times of work other than training, in milliseconds, for the buttons that start it. */
import { trainingSize } from '../core/documents/record';
import { MAX_COUNTED_TOKENS } from '../core/evaluate/blocks';
import { WRITING } from '../core/evaluate/writing';
import { buildSeconds, evaluationSeconds } from '../core/plan/workTime';
import { evaluatedAs, trainingSource, unmeasured } from '../core/objectives';
import { dataOf } from '../core/runs/segments';
import { USUAL_CHARACTERS } from './estimate';
import { isTraining, modelOf } from './openRun';
import type { Studio } from './slices/studio';

type ExpectedTimeNeeds = Pick<
  Studio,
  'device' | 'evaluatedOn' | 'opened' | 'ownText' | 'project' | 'shown' | 'training'
>;

/**
 * Milliseconds of an evaluation, at the pace of the last one here. Undefined if the device isn't known, shares its time with
 * training, or has to write an answer to each example.
 */
export function evaluationTime(
  s: ExpectedTimeNeeds & Pick<Studio, 'evaluationPace'>,
  isStrided = false,
): number | undefined {
  const expected = expectedEvaluationTime(s, isStrided);
  const pace = s.device.kind === 'open' ? s.evaluationPace[s.device.info.kind] : undefined;
  return expected === undefined ? undefined : expected * (pace ?? 1);
}

/** Expected time before any evaluation was measured here. */
export function expectedEvaluationTime(s: ExpectedTimeNeeds, isStrided: boolean): number | undefined {
  const { device, evaluatedOn, ownText } = s;
  const run = modelOf(s, 'evaluate')?.record;
  if (!run || unmeasured(run.objective, run.model) !== null) return undefined;
  if (device.kind !== 'open' || isTraining(s)) return undefined;
  const isOfText = evaluatedOn === 'text';
  const { facts } = dataOf(run);
  if (!isOfText && !['documents', 'labels'].includes(trainingSource(run.objective))) return undefined;
  const bytesPerToken = facts ? facts.parts.train.bytes / facts.parts.train.tokens : USUAL_CHARACTERS.bpe;
  const tokens = isOfText ? ownText && ownText.text.length / bytesPerToken : facts?.parts[evaluatedOn]?.tokens;
  if (!tokens) return undefined;
  const isStored = evaluatedOn === 'validation' && facts?.nGramTop !== undefined;
  const isCounted = !isStored && evaluatedAs(run.objective, run.model) === 'nextTokens';
  const counted = isCounted ? (facts?.parts.train.tokens ?? 0) : 0;
  const work = {
    objective: run.objective,
    tokens,
    written: MAX_WRITTEN,
    isStrided,
    counted: counted > MAX_COUNTED_TOKENS ? 0 : counted,
  };
  return 1000 * evaluationSeconds(run.model, work, device.info);
}

/** Maximum number of tokens that an evaluation generates. */
const MAX_WRITTEN = WRITING.texts * WRITING.tokens;

/** Undefined without text. */
export function buildTime({ texts, buildRate }: Pick<Studio, 'texts' | 'buildRate'>): number | undefined {
  const characters = texts.reduce((sum, text) => sum + trainingSize(text).characters, 0);
  return characters === 0 ? undefined : 1000 * buildSeconds(characters, buildRate);
}

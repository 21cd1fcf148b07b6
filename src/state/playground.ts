/** The Playground's prompt, its shown text, and the words about it. */
import { formatCount } from '../core/base/units';
import { modelSpec } from '../core/models';
import type { ModelKind } from '../core/models/spec';
import type { Filled, Sampling, WrittenBy, WrittenRecord } from '../core/runs/playground';
import { recipeOf } from '../core/runs/segments';
import { markOf } from '../core/sample/mark';
import { BLANK, hasBlank } from '../core/tokenizer/passage';
import { hasChatTemplate } from '../core/tokenizer/tokenizer';
import { vocabularySize } from './estimate';
import { modelOf, shownId, shownRun, type ShownRuns } from './openRun';
import { recordOf } from './recordOf';
import { usedStep } from './trained';
import { textsOf } from './writtenTexts';
import type { PlaygroundSlice } from './slices/playground';
import type { Studio } from './slices/studio';

export type { Sampling };
export type ShownPlayground = ShownRuns & Pick<Studio, 'prompt' | 'isChat'>;

/** Task of the page's model for a text. */
export function playgroundKind(s: ShownRuns): PlaygroundKind {
  const { id, config } = shownRun(s, 'playground').record?.model ?? s.project.model;
  return config.classes ? 'classifier' : modelSpec(id).kind;
}
export type PlaygroundKind = ModelKind | 'classifier';

/** Whether the page's model has a chat template. */
export function canChat(s: ShownRuns): boolean {
  const { record } = shownRun(s, 'playground');
  return record !== null && playgroundKind(s) === 'decoder' && hasChatTemplate(record.tokenizer);
}
export const isChatting = (s: ShownPlayground): boolean =>
  canChat(s) && (s.isChat ?? shownRun(s, 'playground').record?.objective === 'chats');

/** Prompt to continue, answer or fill. Without trailing spaces, which are half a token of most words. */
export function promptOf(s: ShownPlayground): string {
  if (isChatting(s)) return s.prompt ?? '';
  const { record } = shownRun(s, 'playground');
  const samplePrompt = (record ? recipeOf(record) : s.project.recipe).samplePrompt.trimEnd();
  return (
    s.prompt ?? (playgroundKind(s) === 'encoder' && !hasBlank(samplePrompt) ? `${samplePrompt} ${BLANK}` : samplePrompt)
  );
}

/** The passage with the chosen candidate in each blank. */
export const filledText = ({ pieces, blanks, choices }: Filled): string =>
  pieces.map((piece, i) => piece + (blanks[i]?.[choices[i]!]?.inPlace ?? '')).join('');

/** Key of a request for a text: the same key gives the same text. */
export const drawKey = (
  { runId, which, isChat }: Pick<WrittenBy, 'runId' | 'which' | 'isChat'>,
  prompt: string,
  sampling: Sampling,
): string => JSON.stringify([runId, which, isChat, prompt, sampling]);

/** State that shows a stored text, or only the earlier texts if the shown model doesn't write such texts. */
export function shownText(s: ShownPlayground, record: WrittenRecord): Partial<PlaygroundSlice> {
  const { by, prompt, sampling, said, tokens, filled, outcome, earlier = [] } = record;
  if (!isSuited(s, by)) return { earlier: textsOf(record) };
  return {
    earlier,
    ...{ said, writtenAfter: prompt, written: tokens, writtenBy: by, writtenWith: sampling, filled },
    writing: { kind: 'done', ...outcome, isRestored: true },
    lastDraw: tokens.length > 0 ? drawKey(by, prompt, sampling) : null,
  };
}

/** Whether a text can stay with the shown model: another one of its kind; for a chat, only the same run. */
export function isSuited(s: ShownPlayground, by: WrittenBy): boolean {
  const { record, id } = modelOf(s, 'playground') ?? {};
  if (!record || by.kind !== playgroundKind(s) || by.isChat !== isChatting(s)) return false;
  return !by.isChat || by.runId === id;
}

/** How the shown result differs from the current choice: `for the earlier text, from step 352`, `by sea-1, step 20`. */
export function resultNote(
  s: ShownPlayground & Pick<Studio, 'classified' | 'written' | 'filled' | 'writtenAfter' | 'writtenBy' | 'runs'>,
): string | undefined {
  const runId = shownId(s, 'playground');
  const { classified, written, filled, writtenBy } = s;
  if (runId === null || (!classified && !filled && written.length === 0)) return undefined;
  const isOfEarlier = classified !== null && promptOf(s) !== s.writtenAfter;
  const notes = [isOfEarlier && 'for the earlier text', writtenBy && otherModel(s, writtenBy, runId)];
  return notes.filter(Boolean).join(', ') || undefined;
}
/** Words for the model that wrote, if it isn't the shown one. */
function otherModel(s: Pick<Studio, 'opened' | 'runs'>, { runId, name, step }: WrittenBy, shownRunId: string) {
  const words = `step ${formatCount(step)}`;
  if (runId !== shownRunId) return `by ${recordOf(s, runId)?.name ?? name}, ${words}`;
  return step === usedStep(s, shownRunId) ? undefined : `from ${words}`;
}

/** Size of the vocabulary of the model that wrote, or of the shown one if nothing is written. */
export const writtenVocabulary = (s: ShownPlayground & Pick<Studio, 'writtenBy'>): number =>
  s.writtenBy?.vocabulary ?? shownRun(s, 'playground').record?.model.vocabulary ?? vocabularySize(s.project);

/** Line under a copied text that says a model wrote it. */
export function resultMark(s: Pick<Studio, 'writtenBy' | 'opened' | 'runs'>): string {
  const { runId, name, step } = s.writtenBy ?? { runId: '', name: '', step: undefined };
  return markOf(recordOf(s, runId)?.name ?? name, step);
}

/** Whether generation is random. */
export const isDrawn = (kind: PlaygroundKind, { how, temperature }: Sampling): boolean =>
  temperature > 0 && (kind === 'decoder' || (kind === 'encoder-decoder' && how === 'chance'));

/** Links with settings: copied from the project or a run, and applied to the project that opens one. */
import { HomegrownError, toFailure, type Failure } from '../core/base/errors';
import { counted, formatShort } from '../core/base/units';
import { modelSpec, paramsOf } from '../core/models';
import { countParams } from '../core/models/spec';
import { ofArchitecture } from '../core/runs/modelDraft';
import { type LinkedSettings, queryOf, settingsIn } from '../core/runs/settingsLink';
import { copyText } from './copyText';
import { vocabularySize } from './estimate';
import type { Project } from '../core/runs/project';
import type { StudioStore } from './slices/studio';

/** Address that opens Model with these settings, which follow `#`, as browsers send that part to no server. */
export const linkTo = (settings: LinkedSettings): string => new URL(`/model#${queryOf(settings)}`, location.href).href;

export const settingsOfProject = ({ model, tokenizerChoice, recipe }: Project): LinkedSettings => ({
  model,
  tokenizer: tokenizerChoice,
  recipe,
});

/** Settings in the hash of an address; undefined for another hash, a failure if they can't be read. */
export function linkedIn(hash: string): LinkedSettings | Failure | undefined {
  if (!new URLSearchParams(hash.slice(1)).has('model')) return undefined;
  try {
    return settingsIn(hash);
  } catch (error) {
    if (error instanceof HomegrownError) return toFailure(error);
    throw error;
  }
}

/** `GPT, 2.19 M parameters, BPE 1,024 entries, 4,000 steps` */
export function linkedWords({ model: { id, config }, tokenizer, recipe }: LinkedSettings): string {
  const size = countParams(paramsOf({ id, config, vocabulary: tokenizer.vocabulary }));
  const entries =
    tokenizer.kind === 'bpe' ? `BPE ${counted(tokenizer.vocabulary, 'entry', 'entries')}` : tokenizer.kind;
  return [modelSpec(id).label, `${formatShort(size)} parameters`, entries, counted(recipe.steps, 'step')].join(', ');
}

/** Applies settings to the project. Others stay. A toast undoes it. */
export function applySettings(store: StudioStore, { model, tokenizer, recipe }: LinkedSettings): void {
  const { project, change, changeOf, toast } = store.getState();
  const { samplePrompt, replay, recompute } = project.recipe;
  const before = { model: project.model, recipe: project.recipe, rateByHand: project.rateByHand, tokenizerChoice: project.tokenizerChoice }; // prettier-ignore
  const { kind } = tokenizer;
  change({
    model: { ...ofArchitecture(project.model, model.id, vocabularySize(project)), config: model.config, byHand: [], isEdited: true }, // prettier-ignore
    recipe: { ...recipe, samplePrompt, replay, recompute },
    rateByHand: true,
    tokenizerChoice: { kind, vocabulary: kind === 'bpe' ? tokenizer.vocabulary : project.tokenizerChoice.vocabulary },
  });
  toast({ text: 'Settings from the link are in use', undo: () => void changeOf(project.id, before) });
}

/** Copies a link to settings. */
export const copyLink = (store: StudioStore, settings: LinkedSettings): Promise<void> =>
  copyText(linkTo(settings), store.getState().toast, {
    text: 'Link copied',
    detail: 'Settings only, no text',
  });

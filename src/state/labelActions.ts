/** Labels of the texts that classifiers train on: counts, words that reveal them, and changes. */
import { toFailure } from '../core/base/errors';
import { type LeakWords, leakWords } from '../core/documents/labels/leakWords';
import { allTexts, trainingFacts, textRef, type TextRecord } from '../core/documents/record';
import { modelSpec } from '../core/models';
import { dataOf } from '../core/runs/segments';
import { readTokenizer } from '../core/runs/tokenizer';
import { readKnownRun, type RunRecord } from '../core/runs/record';
import type { DataApi, LabelChange } from '../protocol/data';
import { bodyOf } from './classifierPlan';
import { explain } from './failures';
import { recordOf } from './recordOf';
import { alreadyHere } from './textNotes';
import { toTuneOn, tuningBase } from './tuningInputs';
import type { Classifying } from './slices/classifying';
import type { SliceServices, Studio } from './slices/studio';

export type LabelNeeds = Pick<Studio, 'loadTexts' | 'opened' | 'project' | 'putText' | 'runs' | 'texts' | 'tuneTexts'>;
type LabelCounts = Pick<Classifying, 'survey' | 'leaks' | 'leaksOf'>;
type LabelChanges = Pick<Classifying, 'rows' | 'examples' | 'change' | 'label' | 'takeLabeled'>;

/** Maximum characters of an example. */
const EXAMPLE_LENGTH = 1200;

/** Counts of labels, and of words that reveal them. Words are cached. */
export function labelCounts(
  { data, store }: Pick<SliceServices, 'data' | 'store'>,
  get: () => LabelNeeds,
): LabelCounts {
  /** Words of the last survey, with a key of its texts. */
  let surveyed: { key: string; leaks: readonly LeakWords[] } | undefined;
  /** Words of runs, by data id. */
  const runLeaks = new Map<string, Promise<readonly LeakWords[] | null>>();
  const keyOf = (texts: readonly TextRecord[]): string => texts.map(textRef).join(' ');

  const survey: Classifying['survey'] = async (options, { project, tuneTexts } = get()) => {
    const baseRow = tuningBase({ project, runs: get().runs }, 'classify')?.row;
    const base = baseRow && (await readKnownRun(store, baseRow.record.id));
    const { made, model } = bodyOf({ project, runs: get().runs });
    const newTokenizer = made ? { made: made.kind, vocabulary: made.vocabulary } : project.tokenizer?.model;
    const tokenizer = base ? await readTokenizer(store, base) : newTokenizer;
    const texts = toTuneOn({ project, tuneTexts }, 'classify');
    const isEncoder = modelSpec(model.id).kind === 'encoder';
    const reader = tokenizer && { tokenizer, context: model.config.context, isEncoder };
    const { fewest } = project.tuning.classify;
    const input = { texts: texts.map(({ id }) => id), fewest, ...(reader && { reader }) };
    const summary = await data.call('surveyLabels', input, options);
    surveyed = { key: keyOf(texts), leaks: leakWords(summary.leaks) };
    return summary;
  };
  return {
    survey,
    async leaks(options) {
      const key = keyOf(toTuneOn(get(), 'classify'));
      if (surveyed?.key !== key) await survey(options);
      return surveyed!.leaks;
    },
    leaksOf(runId) {
      const run = recordOf(get(), runId);
      const dataId = (run && dataOf(run).id) ?? runId;
      const leaks = runLeaks.get(dataId) ?? data.call('runLeaks', { runId });
      runLeaks.set(dataId, leaks);
      leaks.catch(() => runLeaks.delete(dataId));
      return leaks;
    },
  };
}

/** Reads labeled texts, and changes their labels. */
export function labelChanges(
  { data, now, tabs, toasts }: Pick<SliceServices, 'data' | 'now' | 'tabs' | 'toasts'>,
  get: () => LabelNeeds,
): LabelChanges {
  async function changeLabels(id: string, change: LabelChange): Promise<DataApi['changeLabels']['output']> {
    const changed = await data.call('changeLabels', { id, change });
    get().putText(changed.text);
    tabs.announce();
    return changed;
  }
  const reportError = (text: string, error: unknown): void => toasts.show({ text, detail: explain(toFailure(error)) });

  return {
    rows(at, characters, { textId, word } = {}) {
      const texts = textId === undefined ? toTuneOn(get(), 'classify').map(({ id }) => id) : [textId];
      return data.call('labeledTexts', { texts, at, characters, ...(word !== undefined && { word }) });
    },
    async examples(run, places, characters = EXAMPLE_LENGTH) {
      const texts = textsOf(run, allTexts(get()));
      if (!texts) return undefined;
      return data.call('labeledTexts', { texts: texts.map(({ id }) => id), at: { places }, characters });
    },
    async change(textId, change, words) {
      try {
        const { before } = await changeLabels(textId, change);
        const undo = (): void =>
          void changeLabels(textId, { kind: 'restore', labelling: before }).catch((error: unknown) =>
            reportError("Couldn't restore the labels", error),
          );
        toasts.show({ text: words, detail: 'earlier runs used the old label', undo });
        return true;
      } catch (error) {
        reportError("Couldn't change the label", error);
        return false;
      }
    },
    async label(textId, place, labels) {
      try {
        await changeLabels(textId, { kind: 'relabel', place, labels });
        return true;
      } catch (error) {
        reportError("Couldn't save the label", error);
        return false;
      }
    },
    async takeLabeled(textId) {
      const { project, loadTexts } = get();
      try {
        const outcome = await data.call('importLabeled', { textId, projectId: project.id, addedAt: now() });
        tabs.announce();
        await loadTexts();
        if (outcome.kind === 'duplicate')
          toasts.show(alreadyHere([{ name: outcome.of.name, of: outcome.of }], project.id, true));
      } catch (error) {
        reportError("Couldn't add the labeled texts", error);
      }
    },
  };
}

/** Training texts of a run, in the order of its data; undefined if one is no longer among `existing`. */
function textsOf(run: RunRecord, existing: readonly TextRecord[]): readonly TextRecord[] | undefined {
  const facts = dataOf(run).facts?.texts ?? [];
  const texts = facts.map(({ sha256 }) => existing.find((text) => trainingFacts(text).sha256 === sha256));
  return texts.length > 0 && texts.every((text) => text !== undefined) ? texts : undefined;
}

/** Counts and changes labels of texts, and evaluates and runs classifiers. */
import { type Failure, toFailure } from '../core/base/errors';
import { fileName } from '../core/base/fileName';
import { counted, formatCount } from '../core/base/units';
import { type LeakWords, leakWords } from '../core/documents/labels/leakWords';
import { allTexts, trainingFacts, textRef, type TextRecord } from '../core/documents/record';
import type { EvaluationRecord } from '../core/runs/evaluations';
import { modelSpec } from '../core/models';
import { dataOf } from '../core/runs/segments';
import { readTokenizer } from '../core/runs/tokenizer';
import { readKnownRun, type RunRecord } from '../core/runs/record';
import { PLAIN_DECISION } from '../core/runs/settings';
import type { DataApi, LabelChange } from '../protocol/data';
import { explain } from './failures';
import { bodyOf } from './classifierPlan';
import { correctingOver, type CorrectingNeeds } from './corrections';
import { alreadyHere } from './textNotes';
import { usedModel, usedStep } from './trained';
import type { SliceServices, Studio } from './slices/studio';
import type { Classifying } from './slices/classifying';
import { toTuneOn, tuningBase } from './tuningInputs';

/** Maximum length of an example. */
const CHARACTERS = 1200;

export type ClassifyingNeeds = CorrectingNeeds &
  Pick<
    Studio,
    | 'changeRun'
    | 'listRuns'
    | 'listSaved'
    | 'loadCardEvaluations'
    | 'loadEvaluation'
    | 'lookAgain'
    | 'measure'
    | 'texts'
  >;

export function classifyingOver(services: SliceServices, get: () => ClassifyingNeeds): Classifying {
  const { data, gpu, store, now, tabs, download, toasts } = services;
  let known: { of: string; leaks: readonly LeakWords[] } | undefined;
  const ids = (): readonly string[] => toTuneOn(get(), 'classify').map(({ id }) => id);

  /** Training texts of a run, in the order of its data. */
  function textsOf(run: RunRecord): readonly TextRecord[] | undefined {
    const facts = dataOf(run).facts?.texts ?? [];
    const here = allTexts(get());
    const texts = facts.map(({ sha256 }) => here.find((text) => trainingFacts(text).sha256 === sha256));
    return texts.length > 0 && texts.every((text) => text !== undefined) ? texts : undefined;
  }

  async function put(id: string, change: LabelChange): Promise<DataApi['changeLabels']['output']> {
    const changed = await data.call('changeLabels', { id, change });
    get().putText(changed.text);
    tabs.announce();
    return changed;
  }

  const recordOf = (runId: string): RunRecord | undefined =>
    get().opened[runId]?.record ?? get().runs?.find(({ record }) => record.id === runId)?.record;

  /** Words that reveal labels, by data id. */
  const runLeaks = new Map<string, Promise<readonly LeakWords[] | null>>();

  /** Evaluations in progress, by run and step. */
  const settling = new Map<string, Promise<void>>();

  async function settleOnce(runId: string): Promise<void> {
    const [run, step] = [recordOf(runId), usedStep(get(), runId)];
    // A run without data can't be evaluated.
    if (!run?.model.config.classes || step === undefined || dataOf(run).id === null) return;
    const kept = await classifying.judged(runId, step);
    if (kept?.step !== step || !kept.evaluation.labelled) await classifying.judge(runId);
    else if (run.decision === undefined || run.decision.step !== step) await applyTemperature(kept);
  }

  function notEvaluated(failure: Failure): void {
    toasts.show({ text: "The classifier couldn't be evaluated", detail: explain(failure) });
  }

  async function applyTemperature({ runId, step, evaluation }: EvaluationRecord): Promise<void> {
    const run = recordOf(runId);
    const { temperature } = evaluation.labelled ?? PLAIN_DECISION;
    if (run) await classifying.decide(run, { atLeast: run.decision?.atLeast ?? 0, temperature, step });
  }

  const classifying: Classifying = {
    async survey(options, { project, tuneTexts } = get()) {
      const row = tuningBase({ project, runs: get().runs }, 'classify')?.row;
      const base = row && (await readKnownRun(store, row.record.id));
      const body = bodyOf({ project, runs: get().runs });
      const own = body.made ? { made: body.made.kind, vocabulary: body.made.vocabulary } : project.tokenizer?.model;
      const tokenizer = base ? await readTokenizer(store, base) : own;
      const { id, config } = body.model;
      const all = toTuneOn({ project, tuneTexts }, 'classify');
      const texts = all.map((text) => text.id);
      const { fewest } = project.tuning.classify;
      const isEncoder = modelSpec(id).kind === 'encoder';
      const reader = tokenizer && { tokenizer, context: config.context, isEncoder };
      const summary = await data.call('surveyLabels', { texts, fewest, ...(reader && { reader }) }, options);
      known = { of: all.map(textRef).join(' '), leaks: leakWords(summary.leaks) };
      return summary;
    },
    async leaks(options) {
      const of = toTuneOn(get(), 'classify').map(textRef).join(' ');
      if (known?.of !== of) await classifying.survey(options);
      return known!.leaks;
    },
    leaksOf(runId) {
      const run = recordOf(runId);
      const of = (run && dataOf(run).id) ?? runId;
      const asked = runLeaks.get(of) ?? data.call('runLeaks', { runId });
      runLeaks.set(of, asked);
      asked.catch(() => runLeaks.delete(of));
      return asked;
    },
    rows(at, characters, { textId, word } = {}) {
      const texts = textId === undefined ? ids() : [textId];
      return data.call('labeledTexts', { texts, at, characters, ...(word !== undefined && { word }) });
    },
    async examples(run, places, characters = CHARACTERS) {
      const texts = textsOf(run);
      if (!texts) return undefined;
      return data.call('labeledTexts', { texts: texts.map(({ id }) => id), at: { places }, characters });
    },
    async change(textId, change, words) {
      try {
        const { before } = await put(textId, change);
        const undo = (): void =>
          void put(textId, { kind: 'restore', labelling: before }).catch((error: unknown) =>
            toasts.show({ text: "Couldn't restore the labels", detail: explain(toFailure(error)) }),
          );
        toasts.show({ text: words, detail: 'earlier runs used the old label', undo });
        return true;
      } catch (error) {
        toasts.show({ text: "Couldn't change the label", detail: explain(toFailure(error)) });
        return false;
      }
    },
    async label(textId, place, labels) {
      try {
        await put(textId, { kind: 'relabel', place, labels });
        return true;
      } catch (error) {
        toasts.show({ text: "Couldn't save the label", detail: explain(toFailure(error)) });
        return false;
      }
    },
    async judge(runId, options) {
      await get().listSaved(runId);
      const step = usedStep(get(), runId);
      if (step === undefined) return undefined;
      const name = recordOf(runId)?.name ?? '';
      try {
        const record = await get().measure({ runId, name, step, on: { part: 'validation' } }, options);
        if (!record) return undefined;
        if ('code' in record) {
          notEvaluated(record);
          return undefined;
        }
        await applyTemperature(record);
        await get().lookAgain(runId);
        await Promise.all([get().loadEvaluation(), get().loadCardEvaluations()]);
        return record;
      } catch (error) {
        notEvaluated(toFailure(error));
        return undefined;
      }
    },
    settle(runId) {
      const of = `${runId} ${usedStep(get(), runId)}`;
      const mine = settling.get(of) ?? settleOnce(runId).finally(() => settling.delete(of));
      settling.set(of, mine);
      return mine;
    },
    async judged(runId, step) {
      const kept = await data.call('keptEvaluation', { runId, step, part: 'validation' });
      return kept?.record ?? null;
    },
    async decide({ id }, decision) {
      await data.call('decide', { runId: id, decision });
      get().changeRun(id, (run) => (run.record ? { ...run, record: { ...run.record, decision } } : run));
      tabs.announce();
      await get().listRuns();
    },
    async answerFrom(runId, atLeast) {
      const run = recordOf(runId);
      try {
        if (run) await classifying.decide(run, { ...(run.decision ?? PLAIN_DECISION), atLeast });
      } catch (error) {
        toasts.show({ text: "Couldn't save the confidence threshold", detail: explain(toFailure(error)) });
      }
    },
    async classify(runId, text, options) {
      const [given] = await gpu.call('classify', { ...usedModel(get(), runId), texts: [text] }, options);
      return given!;
    },
    async classifyFile(input, options) {
      const { file, ...counts } = await gpu.call(
        'classifyFile',
        { ...input, ...usedModel(get(), input.runId) },
        options,
      );
      download(file, `${fileName(input.file.name.replace(/\.\w+$/, ''), 'texts')}-labels.csv`);
      toasts.show({
        text: `${counted(counts.texts, 'text')} classified`,
        detail: [
          'downloaded as a table',
          counts.unsure > 0 && `${formatCount(counts.unsure)} not sure`,
          counts.empty > 0 && `${formatCount(counts.empty)} empty, without a label`,
        ]
          .filter(Boolean)
          .join('; '),
      });
      return counts;
    },
    async takeLabeled(textId) {
      const { project, loadTexts } = get();
      try {
        const input = { textId, projectId: project.id, addedAt: now() };
        const outcome = await data.call('importLabeled', input);
        tabs.announce();
        await loadTexts();
        if (outcome.kind === 'duplicate')
          toasts.show(alreadyHere([{ name: outcome.of.name, of: outcome.of }], project.id, true));
      } catch (error) {
        toasts.show({ text: "Couldn't add the labeled texts", detail: explain(toFailure(error)) });
      }
    },
    ...correctingOver(services, get),
  };
  return classifying;
}

import { useLocation } from 'wouter';
import { formatCount, formatDuration } from '../../core/base/units';
import { upperFirst } from '../../core/base/firstLetter';
import { optimizerOf } from '../../core/optim';
import { dataOf, recipeOf } from '../../core/runs/segments';
import type { Recipe } from '../../core/train/recipe';
import { countUpTo } from '../../core/train/meanAt';
import { headline, remedy as remedyWords } from '../../state/failures';
import { isTuned, isWeightsAlone, modelOf, shownRun } from '../../state/openRun';
import { isUnreadable } from '../../state/phase';
import { useStudio, useStudioStore } from '../../state/react';
import { beginRefusal, resumeRefusal, startRefusal, tuneRefusal } from '../../state/refusals';
import { Button, Failure, formatExact, type FailureProps } from '../../ui';
import { remedies, type Remedy } from './advice';
import type { Studio } from '../../state/slices/studio';

/** Failure of a run: its description, what is saved, and remedies. */
export function FailurePanel() {
  const studio = useStudio((s) => s);
  const store = useStudioStore();
  const [, navigate] = useLocation();
  const { phase } = shownRun(studio, 'train');
  if (phase.kind !== 'failed') return null;
  const { failure, step, of } = phase;
  const [first, ...others] = remedies(failure.code, possibleRemedies(studio));
  const button = (remedy: Remedy, isMain: boolean) => (
    <Button
      key={remedy}
      isDense={!isMain}
      variant={isMain ? 'go' : 'default'}
      {...(remedy === 'resume' && { icon: 'play' as const })}
      disabledReason={REFUSALS[remedy]?.(studio)}
      onPress={() => ACTIONS[remedy](store.getState(), navigate)}
    >
      {LABELS[remedy](studio)}
    </Button>
  );
  return (
    <Failure
      title={
        step > 0 && !/\bat step \d/i.test(failure.message)
          ? `${headline(failure)} at step ${formatCount(step)}`
          : headline(failure)
      }
      safe={safeData(studio, of > 0)}
      action={first && button(first, true)}
      actionNote={remedyWords(failure)}
      otherActions={others.length > 0 && others.map((remedy) => button(remedy, false))}
    >
      {failure.message}
    </Failure>
  );
}

function possibleRemedies(s: Studio) {
  const { device, lostAt } = s;
  const run = shownRun(s, 'train');
  const { phase, record, saved } = run;
  const hasBegun = phase.kind === 'failed' && phase.of > 0;
  return {
    resume: hasBegun && record !== null && dataOf(record).id !== null && saved !== null,
    export: hasBegun && modelOf(s, 'train') !== null,
    wasm: hasBegun && device.kind === 'open' && device.info.kind !== 'wasm' && device.info.choices.includes('wasm'),
    halve: nextRecipe(s).batch > 1,
    free: s.runs?.some((row) => !s.opened[row.record.id] && row.bytes !== null && row.bytes > 0) === true,
    back: hasBegun && record === null && modelOf(s, 'playground') !== null,
    lostAgain: lostAt.length > 1,
  };
}

/** What is saved, unchanged or lost. @param hasBegun whether the run reached its first step */
function safeData(s: Studio, hasBegun: boolean): FailureProps['safe'] {
  const { texts, project } = s;
  const run = shownRun(s, 'train');
  const { phase, saved, usable, log } = run;
  const model = modelOf(s, 'playground');
  const list: FailureProps['safe'][number][] = [];
  if (hasBegun && saved) {
    list.push({
      text: `Step ${formatCount(saved.step)}, saved and checked`,
      detail: 'weights, optimizer, data position, random state',
    });
    const undone = phase.kind === 'failed' ? phase.step - saved.step : 0;
    if (undone > 0) {
      const savedMs = log.activeMs[countUpTo(log.step, saved.step) - 1] ?? 0;
      const time = (log.activeMs.at(-1) ?? savedMs) - savedMs;
      list.push({
        text: undone === 1 ? '1 step after it is lost' : `${formatCount(undone)} steps after it are lost`,
        detail: `${formatDuration(time)} of training, repeated when you resume`,
        tone: 'warn',
      });
    }
  } else if (isUnreadable(phase)) {
    const hasOnlyWeights = isWeightsAlone(run);
    if (usable && hasOnlyWeights) {
      const text = `Weights of step ${formatCount(usable.step)}, the best`;
      list.push({ text, detail: 'used by Playground and Export' });
    }
    const subject = hasOnlyWeights ? 'Other data of this run' : 'Data of this run';
    list.push({ text: subject, detail: 'unchanged, not used' });
  } else if (hasBegun) {
    list.push({ text: 'No step of this run was saved', detail: 'it failed before the first save', tone: 'warn' });
    if (model) {
      const text = `${model.record.name}, step ${formatCount(model.usable.step)}`;
      list.push({ text, detail: 'unchanged; Playground and Export still use it' });
    }
  }
  const inputs = [texts.length > 0 && 'text', project.tokenizer && 'tokenizer', project.data && 'data', 'settings'];
  list.push({ text: sentence(inputs.filter((noun) => typeof noun === 'string')), detail: 'unchanged' });
  return list;
}

/** `Text, tokenizer and settings` */
function sentence(nouns: readonly string[]): string {
  const words = [nouns.slice(0, -1).join(', '), nouns.at(-1)].filter((part) => part !== '').join(' and ');
  return upperFirst(words);
}

const canResume = (s: Studio): boolean => {
  const { record, saved } = shownRun(s, 'train');
  return record !== null && saved !== null;
};

/** Whether the failed run was a tuning; the next run is then a tuning too. */
const isTuningRun = (s: Studio): boolean => isTuned(shownRun(s, 'train'));
const startNext = (s: Studio): void => void (isTuningRun(s) ? s.tune() : s.start());
const startNextRefusal = (s: Studio): string | undefined => (isTuningRun(s) ? tuneRefusal(s) : beginRefusal(s));
const nextRecipe = (s: Studio): Recipe => (isTuningRun(s) ? s.project.tuning.recipe : s.project.recipe);
const changeNextRecipe = (s: Studio, change: Partial<Pick<Recipe, 'batch' | 'learningRate'>>): void =>
  isTuningRun(s) ? s.setTuningRecipe(change) : s.setRecipe(change);
/** Reduced learning rate; from a failed tuning's record if it exists, because its default isn't in the settings. */
function lowerRate(s: Studio): number {
  const { record } = shownRun(s, 'train');
  return reducedRate(isTuningRun(s) && record ? recipeOf(record) : nextRecipe(s));
}

/** Reasons why a remedy is unavailable now. */
const REFUSALS: Partial<Record<Remedy, (s: Studio) => string | undefined>> = {
  resume: resumeRefusal,
  restart: (s) => (isTuningRun(s) ? tuneRefusal(s) : startRefusal(s)),
  halveBatch: startNextRefusal,
  lowerRate: startNextRefusal,
  useWasm: (s) => (canResume(s) ? resumeRefusal(s) : startNextRefusal(s)),
};

const LABELS: Record<Remedy, (s: Studio) => string> = {
  resume: (s) => `Resume from step ${formatCount(shownRun(s, 'train').saved?.step ?? 0)}`,
  restart: () => 'Restart training',
  halveBatch: (s) => `Restart with batch ${formatCount(half(nextRecipe(s).batch))}`,
  lowerRate: (s) => `Restart at learning rate ${formatExact(lowerRate(s))}`,
  useWasm: (s) => (canResume(s) ? 'Resume on WASM' : 'Restart on WASM'),
  settings: () => 'Change settings…',
  texts: (s) => (isTuningRun(s) ? 'Check the training data' : 'Check the text'),
  free: () => 'Delete another run’s checkpoints…',
  back(s) {
    const model = modelOf(s, 'playground');
    return model ? `Back to ${model.record.name}, step ${formatCount(model.usable.step)}` : 'Back';
  },
  export: (s) => `Download step ${formatCount(modelOf(s, 'train')?.usable.step ?? 0)}…`,
  reload: () => 'Reload page',
};

const ACTIONS: Record<Remedy, (s: Studio, navigate: (path: string) => void) => void> = {
  resume: (s) => void s.resume(),
  restart: startNext,
  halveBatch: (s) => {
    changeNextRecipe(s, { batch: half(nextRecipe(s).batch) });
    startNext(s);
  },
  lowerRate: (s) => {
    changeNextRecipe(s, { learningRate: lowerRate(s) });
    startNext(s);
  },
  useWasm: (s) => void s.useDevice('wasm').then(() => (canResume(s) ? s.resume() : startNext(s))),
  settings: (s, navigate) => navigate(isTuningRun(s) ? '/tune' : '/model'),
  texts: (s, navigate) => navigate(isTuningRun(s) ? '/tune' : '/text'),
  free: (_, navigate) => navigate('/runs'),
  back: (s) => void s.loadRun(),
  export: (s, navigate) => {
    void s.show('export', shownRun(s, 'train').id);
    navigate('/export');
  },
  reload: () => location.reload(),
};

const half = (batch: number): number => Math.max(1, Math.floor(batch / 2));
/** A third of the learning rate, and at most the optimizer's usual one at any size. */
const reducedRate = ({ learningRate, optimizer }: Recipe): number =>
  Math.min(Number((learningRate / 3).toPrecision(1)), optimizerOf(optimizer).usualRate(1));

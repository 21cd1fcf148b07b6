import { lazy, type ReactNode, Suspense, useDeferredValue, useEffect } from 'react';
import { useLocation } from 'wouter';
import { CLASSIFIER_SETUP } from '../../state/classifierStart';
import { isOpening, isTuned } from '../../state/openRun';
import { useShownPart, useStudio } from '../../state/react';
import type { Phase } from '../../state/phase';
import { useSettingsDiffer } from '../../state/otherSettings';
import { useRunChoice } from '../../state/runChoice';
import { EmptyStage, RunSelect, SettingsDiffer, Stage, useHeldFocus } from '../../ui';
import { ExampleCurves } from '../../ui/charts';
import { Compiling, Preparing } from './Preparing';
import { FailurePanel } from './FailurePanel';
import { NoRun } from './NoRun';
import { Readings } from './Readings';
import { RunActions } from './RunActions';
import { describeSettings, useRunSettings } from '../../state/runSettings';
import { RunVerdict } from './RunVerdict';
import { TextPanes } from './TextPanes';

/** Most runs are language models, whose page doesn't need this code. */
const ClassifierPanes = lazy(() =>
  import('./classify/ClassifierPanes').then((module) => ({ default: module.ClassifierPanes })),
);

/** Live view of the run: its state, curves and samples, and the next actions. */
export function TrainPage() {
  const isRunOpening = useStudio((s) => isOpening(s, 'train'));
  useOpenSetup();
  return isRunOpening ? <Stage title="Train">{null}</Stage> : <Train />;
}

/** Opens the setup of a classifier that didn't start because it needs a decision first. */
function useOpenSetup(): void {
  const needsDecision = useStudio((s) => s.undecided === s.project.id);
  const showUndecided = useStudio((s) => s.showUndecided);
  const [, go] = useLocation();
  useEffect(() => {
    if (!needsDecision) return;
    showUndecided();
    go(CLASSIFIER_SETUP, { replace: true });
  }, [needsDecision, showUndecided, go]);
}

function Train() {
  const phase = useShownPart('train', (run) => run.phase.kind);
  const hasBegun = useShownPart(
    'train',
    (run) =>
      run.phase.kind !== 'idle' &&
      run.phase.kind !== 'preparing' &&
      !('of' in run.phase && run.phase.of === 0) &&
      // Until the record of a tuned run is loaded, its model and data are unknown.
      (run.record !== null || !isTuned(run)),
  );
  const isTuning = useShownPart('train', isTuned);
  useHeldFocus(phase);
  // Renders the head at once, and defers the slower content.
  const isDrawn = useDeferredValue(hasBegun, false);
  const isShown = hasBegun && isDrawn;
  const settings = useRunSettings();
  const { classes } = settings.model.config;
  const choice = useRunChoice('train');
  const [, go] = useLocation();
  const settingsNotice = useSettingsDiffer(go);
  const runId = useShownPart('train', ({ id }) => id);
  return (
    <Stage
      title="Train"
      summary={
        hasBegun
          ? describeSettings(settings)
          : isTuning
            ? 'Measuring the model before its first step'
            : 'Watch the model learn to predict your text'
      }
      actions={
        <>
          <RunSelect {...choice} />
          <RunActions key={runId} />
        </>
      }
    >
      {settingsNotice && <SettingsDiffer {...settingsNotice} />}
      {phase === 'failed' ? <FailurePanel /> : STATUS[phase]}
      {!isShown && (phase === 'preparing' || phase === 'compiling') && (
        <EmptyStage figure={<ExampleCurves />}>The first sample and the curves appear here</EmptyStage>
      )}
      {isShown && (
        <>
          <Readings settings={settings} />
          {classes ? (
            <Suspense>
              <ClassifierPanes settings={settings} classes={classes} />
            </Suspense>
          ) : (
            <TextPanes settings={settings} />
          )}
        </>
      )}
    </Stage>
  );
}

const STATUS: Record<Exclude<Phase['kind'], 'failed'>, ReactNode> = {
  idle: <NoRun />,
  preparing: <Preparing />,
  compiling: <Compiling />,
  training: <RunVerdict />,
  stopping: <RunVerdict />,
  stopped: <RunVerdict />,
  finished: <RunVerdict />,
};

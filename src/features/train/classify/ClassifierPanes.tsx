import { useLocation } from 'wouter';
import { counted, formatCount } from '../../../core/base/units';
import { confusionIn, type LabelCounts } from '../../../core/metrics/labels/counts';
import { f1Of } from '../../../core/evaluate/eachLabel';
import type { Classes } from '../../../core/models/spec';
import { labeledSince } from '../../../state/labeledSince';
import { useShownPart, useStudio } from '../../../state/react';
import type { RunSettings } from '../../../state/runSettings';
import { checkMistakes, MISTAKES } from '../../../state/classifierStart';
import { judgedEvaluation } from '../../../state/standing';
import { useLeakNotice } from '../../../state/useLeakNotice';
import {
  Button,
  EmptyState,
  LabelTable,
  LeakNotice,
  Matrix,
  Notice,
  Pane,
  PaneHead,
  Panes,
  TextAction,
} from '../../../ui';
import { Charts, useChartSettings } from '../Charts';
import { Events } from '../Events';
import { AccuracyChart } from './AccuracyChart';
import { Guesses } from './Guesses';
import { Milestones } from './Milestones';

/** Live view of a classifier: predictions for six held-out texts, accuracy, confusion matrix and milestones. */
export function ClassifierPanes({ settings, classes }: { settings: RunSettings; classes: Classes }) {
  const [, go] = useLocation();
  const [chart, setChart] = useChartSettings(settings, 'step');
  const leak = useLeakNotice(
    useShownPart('train', ({ id }) => id),
    go,
    '/train',
  );
  return (
    <>
      <AddedTexts />
      {leak && <LeakNotice {...leak} />}
      <Panes columns="minmax(0, 1fr) 444px" narrowColumns="minmax(0, 1fr) 348px">
        <Pane label="Predictions and curves">
          <Guesses settings={settings} classes={classes} />
          <AccuracyChart settings={settings} />
          <Charts settings={settings} chart={chart} onChart={setChart} />
        </Pane>
        <Pane label="Labels and events">
          <Labels settings={settings} classes={classes} />
          <Milestones settings={settings} />
          <Events settings={settings} />
        </Pane>
      </Panes>
    </>
  );
}

/** Labeled texts added after the training, which the next run uses. */
function AddedTexts() {
  const count = useStudio(labeledSince);
  const canTrain = useStudio((s) => s.training === null && !s.trainingElsewhere);
  const tune = useStudio((s) => s.tune);
  if (count === 0) return null;
  return (
    <Notice
      isFact
      title={`${counted(count, 'labeled text')} added since this run`}
      actions={canTrain && <Button onPress={() => void tune('classify')}>Train again</Button>}
    >
      Your next run uses them
    </Notice>
  );
}

/** Predicted labels by actual label. */
function Labels({ settings, classes: { labels, several } }: { settings: RunSettings; classes: Classes }) {
  const [, go] = useLocation();
  const { after } = settings.segments.at(-1)!;
  const { step, labels: counts } = useShownPart('train', (run) => judgedEvaluation(run, after)) ?? {};
  const isFinished = useShownPart('train', ({ phase }) => phase.kind === 'finished');
  const mistakes = counts ? counts.texts - counts.right : 0;
  const confusion = counts && confusionIn(counts, labels);
  return (
    <>
      <PaneHead
        title={several ? 'Each label' : 'Confusion matrix'}
        hint={counts && `step ${formatCount(step!)}, ${counted(counts.texts, 'held-out text')}`}
        aside={
          isFinished && mistakes > 0 && <TextAction onPress={() => go(MISTAKES)}>{checkMistakes(mistakes)}</TextAction>
        }
      />
      {confusion ? (
        <Matrix {...confusion} shows="count" />
      ) : counts?.each ? (
        <LabelTable rows={rowsOf(counts.each, labels)} />
      ) : (
        <EmptyState>
          {step === undefined ? 'Appears after the first evaluation' : 'Not recorded for this run'}
        </EmptyState>
      )}
    </>
  );
}

const rowsOf = (counts: NonNullable<LabelCounts['each']>, labels: readonly string[]) =>
  counts.map(([found, missed, wrong], index) => {
    const row = { label: labels[index] ?? '', found, missed, wrong };
    return { ...row, f1: f1Of(row) };
  });

import { useLocation } from 'wouter';
import { formatCount, formatDuration, formatReading } from '../../core/base/units';
import { upperFirst } from '../../core/base/firstLetter';
import { piecesOf, type Shown } from '../../core/objectives/shown';
import type { RunRecord } from '../../core/runs/record';
import { recipeOf } from '../../core/runs/segments';
import { isTuned, NO_RUN, shownRun, trainingRun } from '../../state/openRun';
import { millisecondsLeft } from '../../state/pace';
import { useStudio, useStudioStore } from '../../state/react';
import { RunLog } from '../../state/runLog';
import { keepsOldText } from '../../state/tuningPlan';
import {
  Block,
  Button,
  Checkbox,
  type Column,
  EmptyStage,
  Pane,
  PaneHead,
  Passage,
  Progress,
  Table,
  text,
} from '../../ui';
import { ExampleCurves, LineChart } from '../../ui/charts';
import { captionOf, type Change, changeOf, forgettingOf } from './forgetting';
import { KINDS } from './kinds';
import { MixBlock } from './MixBlock';
import type { Situation } from './situation';
import styles from './TunePage.module.css';
import type { Studio } from '../../state/slices/studio';
import type { OpenRun } from '../../state/slices/run';
import { lastTuned } from '../../state/tuningInputs';
import { useQuery } from '../../state/useWorkerValue';

/** Loss on old and new text by step of the last fine-tuning run. */
export function ForgettingPane({ situation }: { situation: Situation }) {
  const last = useLastTuning();
  return (
    <Pane title="Forgetting" hint={last && `${last.name}, latest fine-tuning`}>
      {last?.run && <TuningProgress run={last.run} />}
      {last && last.log.evaluations.length > 0 ? (
        <ForgettingSummary last={last} />
      ) : (
        !last?.run && <EmptyStage figure={<ExampleCurves />}>See what your model gains, and what it forgets</EmptyStage>
      )}
      <OldTextChoice situation={situation} />
    </Pane>
  );
}

interface TuningRun {
  id: string;
  name: string;
  objective: Parameters<typeof forgettingOf>[1];
  prompt: string;
  log: Pick<RunLog, 'evaluations'>;
  /** Undefined before the first save. */
  record: RunRecord | undefined;
  /** Undefined if the run isn't open. */
  run: OpenRun | undefined;
}

/** Returns the fine-tuning run that trains here, or the last one. Reads its curve from storage if it isn't open. */
function useLastTuning(): TuningRun | undefined {
  const store = useStudioStore();
  const run = useStudio(openTuning);
  const row = useStudio(lastTuned);
  const id = run?.id ?? row?.record.id;
  const opened = useStudio((s) => (id === undefined ? undefined : s.opened[id]));
  const isOpen = opened !== undefined;
  // If the log can't be read, the list of runs reports it.
  const stored = useQuery(isOpen ? undefined : id, () => store.getState().readRunLog(id!)).value;
  const log = opened?.log ?? stored;
  const record = opened?.record ?? (row?.record.id === id ? row?.record : undefined);
  const tuning = useStudio((s) => s.project.tuning);
  if (id === undefined || !log) return undefined;
  return {
    id,
    name: record?.name ?? 'A new run',
    objective: record?.objective ?? (tuning.purpose === 'instruct' ? 'chats' : 'causal'),
    prompt: record ? recipeOf(record).samplePrompt : '',
    log,
    record,
    run: opened,
  };
}

function openTuning(s: Studio): OpenRun | undefined {
  const candidate = [trainingRun(s), shownRun(s, 'train')].find((run) => run && isTuned(run));
  // A run that failed before it was saved doesn't replace the run before it.
  return candidate && (candidate.record || candidate.phase.kind !== 'failed') ? candidate : undefined;
}

/** Progress of a fine-tuning run. */
function TuningProgress({ run }: { run: OpenRun }) {
  const { phase, log } = run;
  const isActive = useStudio((s) => s.training?.runId === run.id);
  if (!isActive) return null;
  if (phase.kind === 'training' || phase.kind === 'stopping') {
    const remainingMs = millisecondsLeft(log, phase.of);
    return (
      <Block>
        <Progress
          label={
            phase.kind === 'stopping'
              ? 'Stopping and saving'
              : `Step ${formatCount(phase.step)} of ${formatCount(phase.of)}`
          }
          detail={remainingMs === undefined ? '' : `${formatDuration(remainingMs)} left`}
          value={phase.step}
          max={phase.of}
          delayMs={0}
        />
      </Block>
    );
  }
  const label = phase.kind === 'compiling' ? 'Preparing the device' : 'Building tokens';
  return (
    <Block>
      <Progress label={label} detail="" value={0} max={0} />
    </Block>
  );
}

function ForgettingSummary({ last }: { last: TuningRun }) {
  const { objective, log } = last;
  const newTextName = objective === 'chats' ? KINDS.instruct.newText : KINDS.adapt.newText;
  const forgetting = forgettingOf(log, objective);
  const changes = [
    changeOf(`Old text, ${forgetting.label}`, forgetting.oldText),
    changeOf(`${upperFirst(newTextName)}, ${forgetting.label}`, forgetting.newText),
  ];
  const initial = forgetting.oldText.y[0];
  const { phase } = last.run ?? NO_RUN;
  const lastStep = Math.max('of' in phase ? phase.of : 0, forgetting.newText.x.at(-1) ?? 0) || 1;
  return (
    <>
      <div className={styles.chart}>
        <LineChart
          title={upperFirst(forgetting.label)}
          keys={[
            { id: 'old', label: 'old text', run: 1 },
            { id: 'own', label: newTextName, run: 2 },
          ]}
          lines={[
            ...(initial === undefined
              ? []
              : [
                  {
                    id: 'before',
                    label: 'before',
                    run: 1,
                    form: 'expected',
                    isQuiet: true,
                    isSilent: true,
                    x: [0, lastStep],
                    y: [initial, initial],
                  } as const,
                ]),
            { id: 'old', label: 'old text', run: 1, form: 'main', hasPoints: true, ...forgetting.oldText },
            { id: 'own', label: newTextName, run: 2, form: 'main', hasPoints: true, ...forgetting.newText },
          ]}
          isLog
          xMax={lastStep}
          minHeight={200}
          describeY={formatReading}
          caption={captionOf(forgetting, newTextName)}
          subject={last.id}
        />
      </div>
      <Table
        isDense
        label="Before and after"
        columns={COLUMNS}
        rows={changes.filter((change) => change !== undefined)}
        rowKey={({ what }) => what}
      />
      {last.record && <MixBlock key={last.id} run={last.record} />}
      <Samples last={last} />
      <RunLinks last={last} />
    </>
  );
}

const COLUMNS: readonly Column<Change>[] = [
  { id: 'what', header: 'Held-out text', cell: ({ what }) => what },
  { id: 'before', header: 'Before', isNumber: true, isQuiet: true, cell: ({ before }) => before },
  { id: 'after', header: 'After', isNumber: true, cell: ({ after }) => after },
  { id: 'change', header: 'Change', isNumber: true, cell: ({ change }) => change },
];

/** Samples for the same prompt, before and after fine-tuning. */
function Samples({ last: { log, prompt } }: { last: TuningRun }) {
  const [first, newest] = [log.evaluations[0], log.evaluations.at(-1)];
  if (!first || !newest || first === newest || first.sample === '') return null;
  return (
    <ol className={styles.samples} aria-label="Samples before and after">
      {[first, newest].map(({ step, sample }) => (
        <li key={step}>
          <b>{step === first.step ? 'before' : 'after'}</b>
          <p dir="auto">
            <Passage pieces={piecesOf(firstAnswer(sample), prompt)} />
          </p>
        </li>
      ))}
    </ol>
  );
}

/** Returns the first of several answers. */
const firstAnswer = (shown: Shown): Shown =>
  typeof shown !== 'string' && 'length' in shown ? (shown[0] ?? '') : shown;

function RunLinks({ last: { id, run } }: { last: TuningRun }) {
  const show = useStudio((s) => s.show);
  const [, go] = useLocation();
  const openPage = (page: 'playground' | 'export' | 'train') => () => {
    void show(page, id);
    go(`/${page}`);
  };
  const hasWeights = run === undefined || run.usable !== null;
  return (
    <Block>
      <div className={styles.links}>
        {hasWeights && (
          <Button isDense onPress={openPage('playground')}>
            Try it
          </Button>
        )}
        <Button isDense variant="quiet" onPress={openPage('train')}>
          Show all charts
        </Button>
        {hasWeights && (
          <Button isDense variant="quiet" onPress={openPage('export')}>
            Export model
          </Button>
        )}
      </div>
    </Block>
  );
}

/** For a base model without its training text: texts of the project that stand in for it. */
function OldTextChoice({ situation: { base, tuning } }: { situation: Situation }) {
  const texts = useStudio((s) => s.texts);
  const setTuning = useStudio((s) => s.setTuning);
  if (!base || keepsOldText(base.row.record)) return null;
  return (
    <>
      <PaneHead title="Old text" hint="measures forgetting" />
      <Block>
        <p className={text.small}>
          <span className={text.ink2}>
            {texts.length > 0
              ? "The base model's training text isn't here. Choose similar text to measure forgetting and to replay."
              : "The base model's training text isn't here, so forgetting isn't measured. Add similar text on Text."}
          </span>
        </p>
        <div className={styles.old} role="group" aria-label="Old text">
          {texts.map(({ id, name }) => (
            <Checkbox
              key={id}
              isChosen={tuning.old.includes(id)}
              onChange={(isChosen) =>
                setTuning({ old: isChosen ? [...tuning.old, id] : tuning.old.filter((oldId) => oldId !== id) })
              }
            >
              {name}
            </Checkbox>
          ))}
        </div>
      </Block>
    </>
  );
}

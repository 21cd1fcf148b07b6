import { useLocation } from 'wouter';
import { counted, formatDuration, formatShort } from '../../core/base/units';
import { modelSpec } from '../../core/models';
import { objectiveOf } from '../../core/objectives';
import { estimateProject, startProblems } from '../../state/estimate';
import { followsPlan } from '../../state/plan';
import { useStudio } from '../../state/react';
import { timeBudgets } from '../../state/timeBudgets';
import { usePlan } from '../../state/usePlan';
import { describeWork } from '../../state/work';
import { useNextStep } from '../../state/useNextStep';
import { startWait } from '../../state/wait';
import { Block, Button, EmptyStage, NextButton, Progress, Segmented, Verdict } from '../../ui';
import { ExampleCurves } from '../../ui/charts';
import { nameWithin } from './deviceName';
import styles from './TrainPage.module.css';

/** Page before the first run: its settings, files still being read, or what is missing. */
export function NoRun() {
  const [, navigate] = useLocation();
  const next = useNextStep('train', navigate);
  const hasText = useStudio((s) => s.texts.length > 0);
  const project = useStudio((s) => s.project);
  const device = useStudio((s) => (s.device.kind === 'open' ? s.device.info : undefined));
  const { plan, failure, isReady } = usePlan();
  const isImporting = useStudio((s) => s.takingIn.includes(s.project.id));
  const seconds = useStudio(startWait);
  const reading = describeWork(useStudio((s) => s.importing));
  const problem = useStudio((s) => startProblems(s)[0]?.message);
  if (!hasText && isImporting) {
    return <Block isWideGutter>{reading && <Progress {...reading} delayMs={0} />}</Block>;
  }
  if (!hasText) {
    return (
      <EmptyStage figure={<ExampleCurves />} action={<NextButton step={next} />}>
        Watch your model learn, sample by sample
      </EmptyStage>
    );
  }
  if (problem !== undefined) {
    return (
      <Verdict
        sign="error"
        judgement="These settings can’t be trained"
        actions={
          <Button variant="go" onPress={() => navigate('/model')}>
            Change settings…
          </Button>
        }
      >
        {problem}
      </Verdict>
    );
  }
  const { parameters } = estimateProject(project, device);
  const time = seconds === undefined ? '' : `, about ${formatDuration(1000 * seconds)} on ${nameWithin(device)}`;
  return (
    <>
      <Verdict
        sign={undefined}
        judgement="Ready to train"
        actions={
          <>
            <Button onPress={() => navigate('/model')}>Change settings…</Button>
            <NextButton step={next} />
          </>
        }
      >
        {isReady && !plan && failure === undefined ? (
          'Planning settings for this text and device'
        ) : (
          <>
            {modelSpec(project.model.id).label} with {formatShort(parameters)} parameters, trained for{' '}
            {counted(project.recipe.steps, 'step')}
            {time}.
          </>
        )}
      </Verdict>
      <TimeBudget />
    </>
  );
}

/** Time budget, while the plan decides the settings: settings made by hand have none. */
function TimeBudget() {
  const change = useStudio((s) => s.change);
  const plan = useStudio((s) => s.project.plan);
  const isPlanned = useStudio(
    (s) =>
      s.device.kind === 'open' && followsPlan(s) && objectiveOf(s.project.recipe.objective).gives.includes('bytes'),
  );
  if (!isPlanned) return null;
  return (
    <Block isWideGutter>
      <div className={styles.budget}>
        <span>Time budget</span>
        <Segmented
          label="Time budget"
          value={String(plan.minutes)}
          onChange={(minutes) => change({ plan: { ...plan, minutes: Number(minutes) } })}
          options={timeBudgets(plan.minutes)}
        />
      </div>
    </Block>
  );
}

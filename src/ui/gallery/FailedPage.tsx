import { Button, EmptyState, Failure, NumberStrip, Pane, Panes, Stage } from '..';
import { defaultChartSettings, LossChart } from '../charts';
import { nothing, training, validation, references, readings, perplexity } from './fixtures';

export function FailedPage() {
  const saved = {
    ...training,
    step: (training.step as number[]).slice(0, 2601),
    loss: (training.loss as number[]).slice(0, 2601),
  };
  return (
    <Stage
      title="Train"
      summary="Width 192, 4 layers, BPE 2,048, dropout 0.1"
      actions={
        <Button isDense variant="quiet" icon="copy" onPress={nothing}>
          Copy report
        </Button>
      }
    >
      <Failure
        title="The GPU was lost at step 2,731"
        safe={[
          { text: 'Step 2,600, saved and read back', detail: 'weights, optimizer, data position, random state' },
          { text: 'Step 2,400, the copy before', detail: 'in case the newest is damaged' },
          { text: 'Step 2,600, in memory only', detail: 'until this tab closes', tone: 'warn' },
        ]}
        action={
          <Button variant="go" icon="play" onPress={nothing}>
            Resume from step 2,600
          </Button>
        }
        actionNote="In half-size steps, batch 8 twice: same result, gentler on the GPU"
        otherActions={
          <>
            <Button isDense onPress={nothing}>
              Resume as before
            </Button>
            <Button isDense onPress={nothing}>
              On the CPU, 14 min
            </Button>
            <Button isDense icon="download" onPress={nothing}>
              Download step 2,600…
            </Button>
          </>
        }
      >
        The browser reset its graphics process while the step ran. This is the second time in this run, so training
        waits for you.
      </Failure>
      <NumberStrip readings={readings.slice(0, 6)} />
      <Panes columns="minmax(0, 1fr) 368px">
        <Pane label="Chart">
          <LossChart
            reading={perplexity}
            training={saved}
            validation={validation}
            references={references}
            plannedSteps={4000}
            settings={defaultChartSettings}
            undone={{
              from: 2600,
              to: 2731,
              label: 'GPU lost at 2,731',
              longLabel: 'GPU lost at 2,731, 131 steps undone',
            }}
            marks={[{ x: 2212, label: 'lost at 2,212, recovered', tone: 'error' }]}
          />
        </Pane>
        <Pane title="Events">
          <EmptyState action={<Button onPress={nothing}>Show all</Button>}>Nothing else happened</EmptyState>
        </Pane>
      </Panes>
    </Stage>
  );
}

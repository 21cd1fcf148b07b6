import { useState } from 'react';
import { Block, Button, NumberStrip, Pane, PaneHead, Panes, Stage, text, TextAction, Verdict } from '..';
import { defaultChartSettings, LossChart, SmallChart, SmallCharts } from '../charts';
import { nothing, training, validation, forecast, references, readings, perplexity } from './fixtures';

export function TrainPage() {
  const [settings, setSettings] = useState(defaultChartSettings);
  const rate = training.step as number[];
  return (
    <Stage
      title="Train"
      summary="Width 192, 4 layers, BPE 2,048, dropout 0.1"
      actions={
        <>
          <Button isDense variant="quiet" onPress={nothing}>
            Sample now
          </Button>
          <Button isDense variant="quiet" onPress={nothing}>
            Evaluate now
          </Button>
          <Button isDense onPress={nothing}>
            Change and continue…
          </Button>
        </>
      }
    >
      <Verdict
        sign="ok"
        judgement="Finished, and still improving"
        actions={
          <Button isDense onPress={nothing}>
            Fork with dropout 0.3…
          </Button>
        }
      >
        In the last 500 steps perplexity fell from 89.9 to 85.4 on held-out chapters, and three times as fast on the
        training text. Expect about 80 by step 4,000; more dropout and more steps would keep the two together.
      </Verdict>
      <NumberStrip readings={readings} />
      <Panes columns="minmax(0, 1fr) 368px" narrowColumns="minmax(0, 1fr) 304px">
        <Pane label="Charts">
          <LossChart
            reading={perplexity}
            training={training}
            validation={validation}
            forecast={forecast}
            references={references}
            plannedSteps={4000}
            settings={settings}
            onSettings={setSettings}
            syncKey="train"
          />
          <SmallCharts>
            <SmallChart
              title="Learning rate"
              value="0.00036"
              caption="Learning rate by step"
              xMax={4000}
              syncKey="train"
              lines={[
                {
                  id: 'rate',
                  label: 'learning rate',
                  run: 1,
                  form: 'thin',
                  x: rate,
                  y: rate.map((n) => 0.001 * Math.min(n / 200, 0.5 + 0.5 * Math.cos(n / 1300))),
                },
              ]}
            />
            <SmallChart
              title="Gradient norm, clipped at 1"
              value="1.12"
              caption="Gradient norm by step"
              xMax={4000}
              syncKey="train"
              y={{ min: 0, max: 2 }}
              references={[{ value: 1, label: 'clipped' }]}
              lines={[
                {
                  id: 'norm',
                  label: 'gradient norm',
                  run: 1,
                  form: 'raw',
                  x: rate,
                  y: (training.loss as number[]).map((n) => n - 3),
                },
              ]}
            />
            <SmallChart
              title="Tokens a second"
              value="61,300"
              caption="Tokens a second by step"
              xMax={4000}
              syncKey="train"
              y={{ min: 0, max: 70000 }}
              lines={[
                {
                  id: 'speed',
                  label: 'tokens a second',
                  run: 1,
                  form: 'thin',
                  x: rate,
                  y: rate.map((n) => 61300 - (n % 100 === 0 ? 15000 : 0)),
                },
              ]}
            />
          </SmallCharts>
        </Pane>
        <Pane title="Samples" hint="same prompt, same seed">
          <Block>
            <p className={text.prose}>The whale, but only a certainly pestiny, would be more than a man.</p>
          </Block>
          <PaneHead title="Events" aside={<TextAction onPress={nothing}>All 61</TextAction>} />
        </Pane>
      </Panes>
    </Stage>
  );
}

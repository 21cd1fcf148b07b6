import { useState } from 'react';
import { IconButton, Pane, Panes, Stage, StageTabs, Swatch, Table, text } from '..';
import { Lineage, RunsChart, type LineageLane, type XAxis } from '../charts';
import { fallingLoss } from './curves';
import { nothing } from './fixtures';

const NAMES = ['baseline', 'dropout 0.3', 'half width', 'hot rate', 'bytes', 'cooler', 'moby voice', 'pocket'];
const HOW = ['from nothing', 'fork', 'fine-tune', 'distilled'] as const;

/** `#runs`, `#runs-19`, `#runs-200`: so many runs, every third a root, the others of the one before. */
export function RunsPage({ count, isTree }: { count: number; isTree: boolean }) {
  const [chosen, setChosen] = useState('run 2');
  const [axis, setAxis] = useState<XAxis>('step');
  const lanes: LineageLane[] = Array.from({ length: count }, (_, i) => {
    const how = HOW[i % 3 === 0 ? 0 : 1 + (i % 4 === 3 ? 2 : i % 2)]!;
    const from = how === 'fork' ? 400 + 13 * (i % 50) : how === 'fine-tune' ? 800 : 0;
    return {
      id: `run ${i + 1}`,
      run: i + 1,
      label: NAMES[i] ?? `run ${i + 1}`,
      value: (1.99 + 0.01 * i).toFixed(3),
      ...(i % 2 === 1 && { detail: 'dropout 0.3 for 0.1' }),
      how,
      parent: i % 3 === 0 ? null : i - 1,
      ...(i % 3 !== 0 && { parentName: NAMES[i - 1] ?? `run ${i}` }),
      isGrown: how !== 'distilled',
      from,
      until: from + 600 + 30 * (i % 20),
    };
  });
  const shown = lanes.slice(0, 8);
  const tabs = [
    { id: 'runs', href: '#runs', label: 'All runs', count: String(count) },
    { id: 'tree', href: '#runs-tree', label: 'Lineage' },
  ];
  return (
    <Stage
      title="Runs"
      tabs={<StageTabs label="Parts of Runs" tabs={tabs} current={isTree ? 'tree' : 'runs'} onGo={nothing} />}
      summary={
        <>
          Best so far is <b>baseline</b>, <b>1.991</b> bits a byte on held-out text
        </>
      }
    >
      {isTree ? (
        <Panes columns="minmax(0, 1fr) 352px">
          <Pane label="Lineage">
            <Lineage
              lanes={lanes}
              hint={`${count} runs, bits per byte at their best`}
              chosen={chosen}
              onChoose={setChosen}
              caption="A ring began from nothing or came in; a line leaves what it comes from at the step that it took"
            />
          </Pane>
          <Pane title="dropout 0.3">{null}</Pane>
        </Panes>
      ) : (
        <Panes columns="minmax(0, 1fr) 368px" rows="minmax(280px, 1fr) minmax(200px, 1fr)">
          <Pane label="Curves">
            <RunsChart
              title="Bits per byte"
              hint="held-out text"
              axis={axis}
              onAxis={setAxis}
              settings={null}
              caption="Lowest is baseline"
              lines={shown.map(({ id, run, label }) => {
                const { step, loss } = fallingLoss(1000, 4 + run / 20, 0, 25);
                return { id, run, label, x: step, y: (loss as number[]).map((nats) => nats / 2.2), markAt: 900 };
              })}
            />
          </Pane>
          <Pane title="dropout 0.3 beside baseline">{null}</Pane>
          <Pane title="All runs" isWide>
            <Table
              label="Runs"
              rows={lanes}
              rowKey={({ id }) => id}
              chosenKey={chosen}
              onChoose={({ id }) => setChosen(id)}
              columns={[
                { id: 'shown', header: '', cell: () => <IconButton icon="eye" label="Show" onPress={nothing} /> },
                {
                  id: 'run',
                  header: 'Run',
                  isHeader: true,
                  cell: ({ label, run }) => (
                    <span className={text.row}>
                      <Swatch run={run} />
                      {label}
                    </span>
                  ),
                },
                { id: 'bits', header: 'Bits per byte', isNumber: true, cell: ({ value }) => value },
              ]}
            />
          </Pane>
        </Panes>
      )}
    </Stage>
  );
}

import { useState } from 'react';
import {
  Block,
  Button,
  Dialog,
  DropZone,
  EmptyState,
  IconButton,
  Notice,
  Pane,
  Panes,
  Progress,
  Stage,
  Swatch,
  Table,
  text,
  TextAction,
  TextField,
} from '..';
import { LineChart } from '../charts';
import { nothing, validation } from './fixtures';

export function SheetPage() {
  const [isAsking, setAsking] = useState(false);
  const [value, setValue] = useState('');
  const runs = [
    { id: 'half width', bits: '2.063' },
    { id: 'baseline', bits: '1.991' },
  ];
  return (
    <Stage title="Components" summary="Every component in every state">
      <Panes columns="minmax(0, 1fr) minmax(0, 1fr) 400px">
        <Pane title="Buttons">
          <Block>
            <div className={`${text.row ?? ''} ${text.wrap ?? ''}`}>
              <Button variant="go" onPress={nothing}>
                Start training
              </Button>
              <Button variant="go" disabledReason="There is no text yet" onPress={nothing}>
                Start training
              </Button>
              <Button icon="stop" minWidth={112} onPress={nothing}>
                Stop
              </Button>
              <Button icon="download" onPress={nothing}>
                Download
              </Button>
              <Button variant="quiet" onPress={nothing}>
                Evaluate now
              </Button>
              <Button variant="risk" onPress={() => setAsking(true)}>
                Delete run…
              </Button>
              <Button isDense onPress={nothing}>
                Import…
              </Button>
              <IconButton icon="copy" label="Copy" onPress={nothing} />
              <IconButton icon="eye" label="Show the curve" isPressed onPress={nothing} />
              <TextAction onPress={nothing}>Show table</TextAction>
            </div>
          </Block>
          <Block>
            <TextField
              label="Prompt"
              rows={3}
              isProse
              value={value}
              onChange={setValue}
              hint="15 tokens"
              placeholder="It was a clear steel-blue day"
            />
            <TextField
              label="Name"
              value={value}
              onChange={setValue}
              error={value === '' ? 'A run needs a name' : undefined}
            />
          </Block>
        </Pane>
        <Pane title="Notices">
          <Notice tone="ok" title="Step 4,000 is saved">
            Training ended as planned; the best checkpoint is also the last
          </Notice>
          <Notice
            tone="error"
            title="cover-scan.pdf was not added"
            actions={
              <Button isDense onPress={nothing}>
                Dismiss
              </Button>
            }
          >
            It has no text layer, only 12 pictures. Run text recognition on it first
          </Notice>
          <Block>
            <Progress label="Reading sea-shanties.jsonl" detail="3.1 of 4.6 MB · 2 s left" value={3.1} max={4.6} />
          </Block>
          <Block>
            <DropZone onFiles={nothing} />
          </Block>
          <EmptyState
            action={
              <Button variant="go" icon="play" onPress={nothing}>
                Train on Moby Dick, 2 min 20 s
              </Button>
            }
          >
            Attention, logit lens and the rest need a trained model
          </EmptyState>
        </Pane>
        <Pane title="Runs">
          <Table
            label="Runs"
            rows={runs}
            rowKey={(r) => r.id}
            chosenKey="baseline"
            isOff={(r) => r.id === 'half width'}
            columns={[
              {
                id: 'run',
                header: 'Run',
                cell: (r) => (
                  <span className={text.row}>
                    <Swatch run={r.id === 'baseline' ? 1 : 6} />
                    {r.id}
                  </span>
                ),
              },
              { id: 'bits', header: 'Bits per byte', isNumber: true, cell: (r) => r.bits },
            ]}
          />
          <LineChart
            title="Bits per byte"
            hint="held-out text"
            labelRoom={96}
            xMax={4000}
            caption="Lowest is baseline"
            lines={[1, 2, 6].map((run) => ({
              id: `r${run}`,
              label: ['', 'baseline', 'dropout 0.3', '', '', '', 'half width'][run] ?? '',
              run,
              x: validation.step,
              y: Float64Array.from(validation.loss, (n) => n / 2.2 + run / 300),
            }))}
          />
        </Pane>
      </Panes>
      <Dialog
        isOpen={isAsking}
        onClose={() => setAsking(false)}
        title="Take over this run from the other tab?"
        actions={
          <>
            <Button onPress={() => setAsking(false)}>Watch only</Button>
            <Button variant="go" onPress={() => setAsking(false)}>
              Take over
            </Button>
          </>
        }
      >
        That tab is asleep and last saved step 2,600. It will stop when it wakes; nothing it has saved is lost.
      </Dialog>
    </Stage>
  );
}

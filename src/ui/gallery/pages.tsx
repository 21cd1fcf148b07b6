import { useState } from 'react';
import {
  Bar,
  Block,
  Button,
  Checkbox,
  defaultChartSettings,
  Dialog,
  DropZone,
  EmptyState,
  Failure,
  FileButton,
  FirstStage,
  FormatCard,
  FormatCards,
  IconButton,
  LineChart,
  LossChart,
  MenuButton,
  Notice,
  NumberField,
  NumberStrip,
  Pane,
  PaneHead,
  Panes,
  Progress,
  RampLegend,
  SearchField,
  Segmented,
  Select,
  SizeDial,
  Slider,
  SmallChart,
  SmallCharts,
  Stage,
  Swatch,
  Switch,
  TabbedPane,
  Table,
  text,
  TextAction,
  TextField,
  TokenChip,
  TokenText,
  Verdict,
  type Reading,
  type RampStep,
} from '..';
import { fallingLoss } from './curves';

const nothing = () => undefined;
const training = fallingLoss(2640, 3.8, 0.16);
const validation = fallingLoss(2600, 4.28, 0, 100);
const forecast = { step: [2600, 3000, 3500, 4000], loss: [4.45, 4.41, 4.39, 4.38] };
const references = [
  { loss: Math.log(2048), label: 'guessing blindly', longLabel: 'guessing blindly, ln V' },
  { loss: Math.log(607), label: 'unigram', longLabel: 'knowing only which tokens are common, unigram' },
];
const readings: readonly Reading[] = [
  { label: 'Step', value: '2,640', unit: 'of 4,000' },
  { label: 'Perplexity', value: '85.4', run: 2 },
  { label: 'Validation', value: '4.45', unit: 'nats', run: 2, isSecondary: true },
  { label: 'Training', value: '3.90', unit: 'nats', run: 1 },
  { label: 'Bits per byte', value: '2.02' },
  { label: 'Speed', value: '61,300', unit: 'tokens/s' },
  { label: 'Time left', value: '46', unit: 's' },
  { label: 'GPU memory', value: '134', unit: 'MB', isSecondary: true },
];

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
        tone="ok"
        judgement="Still learning, and starting to memorise"
        action={
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

export function ModelPage() {
  const [size, setSize] = useState(2.19e6);
  const [layers, setLayers] = useState(4);
  const [rate, setRate] = useState(0.001);
  const [family, setFamily] = useState<'gpt' | 'bert' | 't5'>('gpt');
  const [optimizer, setOptimizer] = useState<'adamw' | 'sgd'>('adamw');
  return (
    <Stage
      title="Model"
      summary={
        <>
          GPT with <b>2.19 M</b> parameters, <b>134 MB</b> on the GPU, about <b>2 min 20 s</b> for 4,000 steps
        </>
      }
      actions={
        <>
          <MenuButton
            entries={[
              { id: 'small', label: 'Small', hint: '0.4 M' },
              { id: 'large', label: 'Large', hint: '10 M' },
            ]}
            onChoose={nothing}
          >
            Presets
          </MenuButton>
          <Button isDense onPress={nothing}>
            Copy link to these settings
          </Button>
        </>
      }
    >
      <Block isWideGutter>
        <div className={text.row}>
          <h2>Size</h2>
          <span className={`${text.small ?? ''} ${text.ink3 ?? ''}`}>
            one dial sets layers, width, heads, batch and learning rate
          </span>
          <span className={text.grow} />
          <Segmented
            label="Architecture"
            value={family}
            onChange={setFamily}
            options={[
              { value: 'gpt', label: 'GPT' },
              { value: 'bert', label: 'BERT' },
              { value: 't5', label: 'T5' },
            ]}
          />
        </div>
        <SizeDial
          value={size}
          onChange={setSize}
          suits={{ from: 3.5e5, to: 1.4e6, label: 'suits 1.21 M characters' }}
          limit={{ from: 4.6e7, label: 'too big for this GPU' }}
        />
      </Block>
      <Panes
        columns="minmax(264px, 3fr) minmax(264px, 3fr) minmax(480px, 6fr)"
        narrowColumns="minmax(232px, 3fr) minmax(232px, 3fr) minmax(440px, 6fr)"
      >
        <Pane
          title="Shape"
          aside={<span className={`${text.small ?? ''} ${text.ink3 ?? ''}`}>from the dial, 1 set by hand</span>}
        >
          <Block isForm>
            <NumberField label="Layers" value={layers} onChange={setLayers} min={1} max={24} isWhole hint="1 to 24" />
            <NumberField label="Width" value={192} onChange={nothing} isWhole hint="a multiple of 6" />
            <NumberField label="Heads" value={5} onChange={nothing} isWhole error="5 does not divide 192; use 4 or 6" />
            <NumberField label="Context" value={128} onChange={nothing} unit="tokens" hint="≈ 400 characters" />
            <NumberField
              label="Dropout"
              value={0.1}
              onChange={nothing}
              step={0.01}
              format={(n) => n.toFixed(2)}
              isCautioned
              hint="set by hand"
            />
          </Block>
        </Pane>
        <Pane title="Training">
          <Block isForm>
            <NumberField label="Steps" value={4000} onChange={nothing} min={1} hint="24 passes" />
            <NumberField label="Batch" value={16} onChange={nothing} unit="rows" hint="2,048 tokens a step" />
            <Select
              label="Optimizer"
              value={optimizer}
              onChange={setOptimizer}
              options={[
                { value: 'adamw', label: 'AdamW' },
                { value: 'sgd', label: 'SGD', hint: 'plain' },
              ]}
            />
            <NumberField
              label="Learning rate"
              value={rate}
              onChange={setRate}
              min={0}
              max={1}
              step={0.0001}
              hint="0 to 1, peak"
            />
          </Block>
        </Pane>
        <Pane title="Before you start" hint="measured on this GPU, 3 steps">
          <NumberStrip
            isCompact
            readings={[
              { label: 'Parameters', value: '2.19', unit: 'M' },
              { label: 'Memory', value: '134', unit: 'MB' },
              { label: 'Time', value: '2 min 20', unit: 's' },
              { label: 'Energy', value: '0.8', unit: 'Wh' },
            ]}
          />
          <PaneHead title="Config doctor" hint="2 to look at, 7 fine" />
          <Notice
            isPlain
            tone="warn"
            title="The model is large for this text"
            actions={
              <Button isDense onPress={nothing}>
                Set 0.3 and 8,000
              </Button>
            }
          >
            2.19 M parameters will read 339,460 tokens 24 times, so expect a gap between training and held-out text from
            about step 700.
          </Notice>
        </Pane>
      </Panes>
    </Stage>
  );
}

export function ExportPage() {
  return (
    <Stage
      title="Export"
      summary={
        <>
          Step 4,000 of <b>baseline</b>, validation perplexity <b>79.7</b>
        </>
      }
      actions={
        <Select
          layout="bare"
          label="Checkpoint"
          value="best"
          onChange={nothing}
          options={[{ value: 'best', label: 'Step 4,000, the best' }]}
        />
      }
    >
      <Panes columns="minmax(0, 1fr) 424px" narrowColumns="minmax(0, 1fr) 360px">
        <Pane label="Formats">
          <FormatCards>
            <FormatCard
              name="Hugging Face folder"
              size="4.5 MB"
              purpose="Fine-tune it in Python, or publish it"
              opensIn="transformers, unchanged"
              holds="zip of 7 files: safetensors, tokenizer.json, README"
              proof={{
                tone: 'ok',
                title: 'Verified',
                text: 're-read from the file, 27 of 27 tensors equal bit for bit',
              }}
              action={
                <Button isDense icon="download" onPress={nothing}>
                  Download
                </Button>
              }
            />
            <FormatCard
              name="GGUF"
              size="4.5 MB"
              purpose="Chat with it in a desktop program"
              opensIn="llama.cpp, LM Studio, Ollama"
              holds="one file, with a Modelfile"
              progress={
                <Progress
                  label="Checking in a second engine"
                  detail="96 of 256 tokens · 3 s left"
                  value={96}
                  max={256}
                  delayMs={0}
                />
              }
              action={
                <Button isDense onPress={nothing}>
                  Stop
                </Button>
              }
            />
            <FormatCard
              name="Offline page"
              size="6.8 MB"
              purpose="Give it to someone who has only a browser"
              opensIn="any browser, by double-click, no server"
              holds="one HTML file with the model inside"
              proof={{ text: 'Not built yet' }}
              action={
                <Button isDense onPress={nothing}>
                  Build, 4 s
                </Button>
              }
            />
            <FormatCard
              name="Cluster hand-over"
              size="26.5 MB"
              purpose="Go on training on bigger machines"
              opensIn="PyTorch, one script, resumes at step 4,000"
              holds="weights, AdamW moments, data order, random state"
              proof={{ tone: 'warn', title: 'Out of date', text: 'built from step 2,000' }}
              action={
                <Button isDense icon="retry" onPress={nothing}>
                  Build again, 6 s
                </Button>
              }
            />
          </FormatCards>
        </Pane>
        <Pane
          title="Model card"
          hint="travels with every format"
          aside={<TextAction onPress={nothing}>Edit</TextAction>}
        >
          <Notice tone="warn" title="2 of 9 parts are missing">
            Licence of the text, and who to write to
          </Notice>
        </Pane>
      </Panes>
    </Stage>
  );
}

export function FirstPage() {
  return (
    <FirstStage
      title="Grow a language model from your own text, in this tab"
      summary="Drop in text and watch a transformer learn it on your own GPU; then question it, look inside it, and download it in formats that other tools open."
    >
      <Panes columns="minmax(0, 1fr) minmax(0, 1fr)">
        <Pane label="Your text">
          <Block isWideGutter>
            <DropZone isBig onFiles={nothing}>
              <span className={text.row}>
                <FileButton onFiles={nothing}>Choose files…</FileButton>
                <FileButton isFolder onFiles={nothing}>
                  Choose a folder…
                </FileButton>
              </span>
              <span className={text.tick}>
                txt, md, html, csv, jsonl, docx, pdf with a text layer, epub or zip, up to 2 GB each
              </span>
            </DropZone>
          </Block>
        </Pane>
        <Pane label="What you will watch">
          <LineChart
            title="What you will watch"
            lines={[
              {
                id: 'v',
                label: 'perplexity of chapters held out',
                run: 1,
                x: validation.step,
                y: Float64Array.from(validation.loss, Math.exp),
                markAt: 1000,
              },
            ]}
            isLog
            xMax={4000}
            references={[{ value: 2048, label: 'guessing blindly' }]}
            caption="A run on Moby Dick"
          />
        </Pane>
      </Panes>
    </FirstStage>
  );
}

const words =
  'Call me Ishmael. Some years ago—never mind how long precisely—having little or no money in my purse, and nothing particular to interest me on shore,\nI thought I would sail about a little'.split(
    /(?= )/,
  );
const tokens = words.map((word) => ({ text: word, step: Math.min(5, word.length >> 1) as RampStep }));

export function TokenPage() {
  const [chosen, setChosen] = useState<number>(2);
  const [tab, setTab] = useState<'changes' | 'cleaned'>('changes');
  const [on, setOn] = useState(true);
  const [vocabulary, setVocabulary] = useState(11);
  const rows = Array.from({ length: 2048 }, (_, id) => ({
    id,
    token: ` word${id}`,
    bytes: 12 - (id % 9),
    count: 4000 - id,
  }));
  const [row, setRow] = useState('3');
  return (
    <Stage
      title="Tokenizer"
      summary={
        <>
          Byte-level BPE, <b>2,048</b> entries: <b>3.17</b> bytes a token on held-out text
        </>
      }
      actions={
        <Button isDense onPress={nothing}>
          Import…
        </Button>
      }
    >
      <Notice
        tone="warn"
        title="The text changed after the tokenizer was trained"
        actions={
          <Button isDense icon="retry" onPress={nothing}>
            Rebuild 2 stages, 4 s
          </Button>
        }
      >
        What was built stays usable until you rebuild it
      </Notice>
      <Panes columns="268px minmax(0, 1fr) 424px" narrowColumns="232px minmax(0, 1fr) 372px">
        <Pane title="Settings">
          <Block>
            <Slider
              label="Vocabulary"
              value={vocabulary}
              onChange={setVocabulary}
              min={8}
              max={14}
              step={1}
              output={`${(2 ** vocabulary).toLocaleString('en-US')} entries`}
              ticks={['256', '1,024', '4,096', '16,384']}
            />
            <Switch label="Split numbers into digits" isOn={on} onChange={setOn} detail="2 marks" />
            <Switch label="Lowercase" isOn={false} onChange={nothing} hint="loses names" />
            <Checkbox isChosen={on} onChange={setOn}>
              Keep the best
            </Checkbox>
          </Block>
        </Pane>
        <TabbedPane
          label="Your text"
          tabs={[
            { id: 'changes', label: 'Changes', count: '214' },
            { id: 'cleaned', label: 'Cleaned' },
          ]}
          value={tab}
          onChange={setTab}
          hint="chapter 1 of 142"
        >
          <Block>
            <TokenText label="Your text as tokens" tokens={tokens} chosen={chosen} onChoose={setChosen} />
            <RampLegend>1 byte to 8 or more</RampLegend>
          </Block>
          <Block>
            <TokenText label="Surprise" form="underline" tokens={tokens} chosen={chosen} onChoose={setChosen} />
          </Block>
        </TabbedPane>
        <Pane title="Vocabulary" hint="2,048" aside={<SearchField label="Find" value="" onChange={nothing} />}>
          <Table
            label="Vocabulary"
            isDense
            rows={rows}
            rowKey={(r) => String(r.id)}
            chosenKey={row}
            onChoose={(r) => setRow(String(r.id))}
            sort={{ column: 'bytes', order: 'descending' }}
            onSort={nothing}
            columns={[
              { id: 'id', header: 'Id', isNumber: true, cell: (r) => r.id },
              { id: 'token', header: 'Token', cell: (r) => <TokenChip text={r.token} /> },
              { id: 'bytes', header: 'Bytes', isNumber: true, isSortable: true, cell: (r) => r.bytes },
              { id: 'count', header: 'Count', isNumber: true, cell: (r) => r.count },
              { id: 'share', header: 'Share', width: '24%', cell: (r) => <Bar share={r.count / 4000} /> },
            ]}
          />
        </Pane>
      </Panes>
    </Stage>
  );
}

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

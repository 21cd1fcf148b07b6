import { useState } from 'react';
import {
  Block,
  Button,
  MenuButton,
  Notice,
  NumberField,
  NumberStrip,
  Pane,
  PaneHead,
  Panes,
  Segmented,
  Select,
  SizeDial,
  Stage,
  text,
} from '..';
import { nothing } from './fixtures';

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
            <NumberField label="Steps" value={4000} onChange={nothing} min={1} hint="24 epochs" />
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

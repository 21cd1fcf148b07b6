import { useState } from 'react';
import {
  Bar,
  Block,
  Button,
  Checkbox,
  Notice,
  Pane,
  Panes,
  RampLegend,
  SearchField,
  Slider,
  Stage,
  Switch,
  TabbedPane,
  Table,
  TokenChip,
  TokenText,
  type RampStep,
} from '..';
import { nothing } from './fixtures';

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

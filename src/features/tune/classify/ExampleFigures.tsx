/** Example data in gray for labeled texts and a classifier. */
import { LabelBars, Table } from '../../../ui';

export const ExampleTable = () => (
  <Table
    label="Example"
    isDense
    isFixed
    rows={ROWS}
    rowKey={({ text }) => text}
    columns={[
      { id: 'text', header: 'Text', cell: ({ text }) => text },
      { id: 'label', header: 'Label', width: '104px', cell: ({ label }) => label },
    ]}
  />
);

const ROWS = [
  { text: 'Are you open on Sunday?', label: 'Hours' },
  { text: 'May I borrow the log of 1861?', label: 'Loans' },
  { text: 'Nine crates of maps, if you want them', label: 'Gifts' },
  { text: 'When does the reading room close?', label: 'Hours' },
  { text: 'Renew my three books until May', label: 'Loans' },
] as const;

export const ExampleBars = () => <LabelBars label="Example" bars={BARS} />;

const BARS = [
  { label: 'Loans', share: 0.86, value: '86 %' },
  { label: 'Hours', share: 0.11, value: '11 %' },
  { label: 'Gifts', share: 0.03, value: '3 %' },
] as const;

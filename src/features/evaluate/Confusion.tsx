import { formatCount } from '../../core/base/units';
import type { Evaluation } from '../../core/evaluate/evaluation';
import { Table } from '../../ui';
import page from './EvaluatePage.module.css';
import { confusionWords } from './words';

/** Of pairs whose targets are labels: how often each label was found likeliest where each was wanted. A wide table scrolls by keys. */
export function Confusion({ confusion }: { confusion: NonNullable<Evaluation['confusion']> }) {
  const { labels, counts } = confusion;
  const rows = labels.map((label, place) => ({ label, place }));
  return (
    <>
      <p className={page.none}>{confusionWords(confusion)}</p>
      <Table
        label="Labels that were wanted, by the labels that it finds likeliest"
        isDense
        minWidth={WANTED + EACH * labels.length}
        rows={rows}
        rowKey={({ label }) => label}
        columns={[
          { id: 'wanted', header: 'Wanted / given', cell: ({ label }) => label },
          ...labels.map((given, place) => ({
            id: `given ${given}`,
            header: <>{given}</>, // a person's label, in which no term is marked
            isNumber: true,
            cell: (row: (typeof rows)[number]) => {
              const count = formatCount(counts[row.place]![place]!);
              return row.place === place ? <b>{count}</b> : count;
            },
          })),
        ]}
      />
    </>
  );
}
/** Pixels. */
const [WANTED, EACH] = [112, 64];

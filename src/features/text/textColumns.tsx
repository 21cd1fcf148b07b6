/** Columns of the list of texts. */
import { counted, formatCount } from '../../core/base/units';
import { trainingSize, type TextRecord } from '../../core/documents/record';
import { Checkbox, cx, Icon, IconButton, TextAction, type Column, text } from '../../ui';
import { fileCounts } from './fileCount';
import { kindOf, labelOf, nameOf, type Row, titleOf } from './rows';
import styles from './TextList.module.css';
import { PAGE } from './useDocuments';
import type { useRowSelection } from './useTextRows';

interface RowActions {
  remove(text: TextRecord): void;
  showMore(textId: string): void;
  /** Excludes a document from training, or includes it again. */
  leaveOut(textId: string, place: number, isOut: boolean): void;
}

export const textColumns = (
  selection: ReturnType<typeof useRowSelection>,
  actions: RowActions,
): readonly Column<Row>[] => [
  {
    id: 'select',
    header: <Checkbox label="Select all rows" isChosen={selection.isAll} onChange={selection.selectAll} />,
    width: '44px',
    cell: (row) =>
      row.kind === 'more' ? (
        ''
      ) : (
        <Checkbox
          label={`Select ${labelOf(row)}`}
          isChosen={selection.isSelected(row)}
          onChange={(isOn) => selection.select(row, isOn)}
        />
      ),
  },
  { id: 'name', header: 'File', isHeader: true, isSortable: true, cell: (row) => <Name row={row} /> },
  {
    id: 'title',
    header: 'Title',
    isQuiet: true,
    leaveOut: 'phone',
    cell: (row) => {
      const title = titleOf(row);
      return <span title={title}>{title}</span>;
    },
  },
  {
    id: 'kind',
    header: 'Kind',
    isQuiet: true,
    width: '112px',
    leaveOut: 'narrow',
    cell: kindOf,
  },
  {
    id: 'characters',
    header: 'Characters',
    isNumber: true,
    isSortable: true,
    width: '104px',
    cell: (row) =>
      row.kind === 'more'
        ? ''
        : formatCount(row.kind === 'text' ? trainingSize(row.text).characters : row.document.characters),
  },
  {
    id: 'act',
    header: <span className={text.hidden}>Remove</span>,
    isNumber: true,
    width: '92px',
    cell: (row) => <RowAction row={row} actions={actions} />,
  },
];

function RowAction({ row, actions }: { row: Row; actions: RowActions }) {
  if (row.kind === 'more')
    return (
      <TextAction onPress={() => actions.showMore(row.text.id)} label={`Show more documents of ${row.text.name}`}>
        Show
      </TextAction>
    );
  if (row.kind === 'text')
    return <IconButton icon="close" label={`Remove ${row.text.name}`} onPress={() => actions.remove(row.text)} />;
  const { place, isOut } = row.document;
  const name = labelOf(row);
  return (
    <TextAction
      label={isOut ? `Include ${name}` : `Exclude ${name}`}
      onPress={() => actions.leaveOut(row.text.id, place, !isOut)}
    >
      {isOut ? 'Include' : 'Exclude'}
    </TextAction>
  );
}

function Name({ row }: { row: Row }) {
  if (row.kind === 'more')
    return (
      <span className={styles.under}>
        {formatCount(row.count)} more {row.count === 1 ? 'document' : 'documents'}, {formatCount(PAGE)} at a time
      </span>
    );
  const name = nameOf(row);
  if (row.kind === 'document')
    return (
      <span className={styles.under} title={name} translate="no">
        <FileIcon />
        {name}
        <OnPhone title={titleOf(row)} />
        {row.document.isOut && <small className={styles.quiet}>excluded</small>}
      </span>
    );
  const { documents, leftOut } = row.text;
  const counts = fileCounts([row.text]).map(({ count, noun }) => counted(count, noun));
  const details = [
    // The name can be one of these words, such as `9 files`. A single file needs no count.
    ...counts.filter((words) => words !== name && words !== '1 file'),
    ...(leftOut && documents > 1 ? [`${formatCount(leftOut.places.length)} excluded`] : []),
  ];
  return (
    <span title={name} translate="no">
      {row.isOpen !== undefined && (
        <span className={styles.chevron}>
          <Icon name={row.isOpen ? 'chevron' : 'chevronRight'} />
        </span>
      )}
      {row.isOpen === undefined && <FileIcon />}
      {name}
      <OnPhone title={titleOf(row)} />
      {details.length > 0 && <small className={styles.quiet}>{details.join(', ')}</small>}
    </span>
  );
}

/** Title below the name, because phones hide the column of titles. */
const OnPhone = ({ title }: { title: string }) =>
  title === '' ? null : <small className={cx(styles.quiet, styles.onPhone)}>{title}</small>;

const FileIcon = () => (
  <span className={styles.icon}>
    <Icon name="file" />
  </span>
);

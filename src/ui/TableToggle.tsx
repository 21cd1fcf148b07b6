import { TextAction } from './Button';

interface TableToggleProps {
  isTable: boolean;
  onChange: (isTable: boolean) => void;
  /** Title of the figure, for screen readers. */
  title: string;
  figure?: 'chart' | 'bars' | 'histogram';
}

/** Switches between a figure and its table. */
export function TableToggle({ isTable, onChange, title, figure = 'chart' }: TableToggleProps) {
  const words = isTable ? `Show ${figure}` : 'Show table';
  return (
    <TextAction label={`${words}, ${title}`} onPress={() => onChange(!isTable)}>
      {words}
    </TextAction>
  );
}

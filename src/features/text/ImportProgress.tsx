import { useStudio } from '../../state/react';
import { describeWork } from '../../state/work';
import { Button, Progress } from '../../ui';
import styles from './ImportProgress.module.css';

/** Progress of the file being read, with time left and Cancel. */
export function ImportProgress() {
  const importing = useStudio((s) => s.importing);
  const work = describeWork(importing);
  if (!work) return null;
  return (
    <div className={styles.importing}>
      <Progress {...work} />
      <Button isDense onPress={() => importing.kind === 'busy' && importing.stop()}>
        Cancel
      </Button>
    </div>
  );
}

import { useStudio } from '../../state/react';
import { describeWork } from '../../state/work';
import { Button, Progress } from '../../ui';
import styles from './ImportProgress.module.css';

/** The file that is being read, how far, how long still, and Cancel. */
export function ImportProgress() {
  const importing = useStudio((s) => s.importing);
  const file = useStudio((s) => s.importingFile);
  const work = describeWork(importing);
  if (!work && !file) return null;
  const isOneOfMany = file !== null && file.of > 1;
  const label = isOneOfMany ? `Reading file ${file.index + 1} of ${file.of}, ${file.name}` : (work?.label ?? 'Reading');
  return (
    <div className={styles.importing}>
      <Progress label={label} detail={work?.detail ?? ''} value={work?.value ?? 0} max={work?.max ?? 1} />
      <Button isDense onPress={() => importing.kind === 'busy' && importing.stop()}>
        Cancel
      </Button>
    </div>
  );
}

import { useStudio } from '../../state/react';
import { isActive } from '../../state/run';
import { describeWork } from '../../state/work';
import { Block, Button, FileButton, PaneHead, Progress, type DroppedFile } from '../../ui';
import styles from './ExportPage.module.css';

/** A zip of ours, or the files of a Hugging Face folder, become the current model. */
export function BringIn() {
  const importing = useStudio((s) => s.importingModel);
  const importModel = useStudio((s) => s.importModel);
  const isTraining = useStudio((s) => isActive(s.phase));
  const take = (files: DroppedFile[]): void => void importModel(files.map(({ file }) => file));
  return (
    <>
      <PaneHead title="Bring in a model" />
      <Block isWideGutter>
        <p className={styles.words}>
          A zip that Homegrown wrote, or a Hugging Face folder with GPT-2’s architecture. Drop it anywhere on this page,
          or choose it. With the optimizer’s state inside, training can go on.
          {isTraining && ' Stop the run first: the model takes its place.'}
        </p>
        {importing.kind === 'busy' ? (
          <Busy />
        ) : (
          <div className={styles.buttons}>
            <FileButton isDense isSingle accept=".zip" onFiles={take}>
              Choose a zip…
            </FileButton>
            <FileButton isDense isFolder onFiles={take}>
              Choose a folder…
            </FileButton>
          </div>
        )}
      </Block>
    </>
  );
}

function Busy() {
  const importing = useStudio((s) => s.importingModel);
  const busy = describeWork(importing);
  if (importing.kind !== 'busy' || !busy) return null;
  return (
    <div className={styles.busy}>
      <Progress {...busy} />
      <Button isDense icon="stop" onPress={importing.stop}>
        Cancel
      </Button>
    </div>
  );
}

import { useStudio } from '../../state/react';
import { describeWork } from '../../state/work';
import { Block, Button, FileButton, PaneHead, Progress, type DroppedFile } from '../../ui';
import { IncomingModel } from './IncomingModel';
import { modelFiles } from './modelFiles';
import styles from './ExportPage.module.css';

/** A zip of ours, a Hugging Face folder or its files, or a GGUF file, become a run beside the others. */
export function BringIn() {
  const importing = useStudio((s) => s.importingModel);
  const isIncoming = useStudio((s) => s.incoming !== null);
  const importModel = useStudio((s) => s.importModel);
  const take = (files: DroppedFile[]): void => void importModel(modelFiles(files));
  return (
    <>
      <PaneHead title="Bring in a model" />
      <Block isWideGutter>
        <p className={styles.words}>
          A zip that Homegrown wrote, a Hugging Face folder or a GGUF file. A folder has its weights as .safetensors,
          its config.json, and tokenizer.json or vocab.json with merges.txt. Drop it anywhere on this page, or choose
          it. What was made elsewhere is shown before it is taken.
        </p>
        {importing.kind === 'busy' ? (
          <Busy />
        ) : isIncoming ? (
          <IncomingModel />
        ) : (
          <div className={styles.buttons}>
            <FileButton isDense isSingle accept=".zip" onFiles={take}>
              Choose a zip…
            </FileButton>
            <FileButton isDense accept=".zip,.gguf,.safetensors,.json,.txt" onFiles={take}>
              Choose files…
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

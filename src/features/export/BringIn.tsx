import { useStudio } from '../../state/react';
import { describeWork } from '../../state/work';
import { Block, Button, FileButton, Progress, type DroppedFile } from '../../ui';
import { IncomingModel } from './IncomingModel';
import { modelFiles } from './modelFiles';
import styles from './ExportPage.module.css';

/** Imports a Homegrown zip, a Hugging Face folder or its files, or a GGUF file as a new run. */
export function BringIn() {
  const importing = useStudio((s) => s.importingModel);
  const isIncoming = useStudio((s) => s.incoming !== null);
  const importModel = useStudio((s) => s.importModel);
  const take = (files: DroppedFile[]): void => void importModel(modelFiles(files));
  return (
    <Block isWideGutter>
      <p className={styles.words}>
        Drop a zip exported by Homegrown, a Hugging Face folder or a GGUF file. A folder needs config.json, .safetensors
        weights, and tokenizer.json or vocab.json with merges.txt.
      </p>
      {importing.kind === 'busy' ? (
        <Busy />
      ) : isIncoming ? (
        <IncomingModel />
      ) : (
        <div className={styles.buttons}>
          <FileButton isDense isSingle accept=".zip" onFiles={take}>
            Choose zip…
          </FileButton>
          <FileButton isDense accept=".zip,.gguf,.safetensors,.json,.txt" onFiles={take}>
            Choose files…
          </FileButton>
          <FileButton isDense isFolder onFiles={take}>
            Choose folder…
          </FileButton>
        </div>
      )}
    </Block>
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

import { formatBytes, formatCount } from '../../core/base/units';
import { modelSpec } from '../../core/models';
import { countParams } from '../../core/models/spec';
import { useStudio } from '../../state/react';
import type { Studio } from '../../state/studio';
import { chosenStep } from '../../state/trained';
import { describeWork } from '../../state/work';
import { Button, Checkbox, FormatCard, Progress } from '../../ui';
import styles from './ExportPage.module.css';

/** The one format so far: a folder as Hugging Face lays it out, in a zip. */
export function FolderCard() {
  const exporting = useStudio((s) => s.exporting);
  const exported = useStudio((s) => s.exported);
  const exportModel = useStudio((s) => s.exportModel);
  const withOptimizer = useStudio((s) => s.withOptimizer);
  const setWithOptimizer = useStudio((s) => s.setWithOptimizer);
  const size = useStudio(expectedBytes);
  const isBusy = exporting.kind === 'busy';
  return (
    <div className={styles.folder}>
      <FormatCard
        name="Hugging Face folder"
        size={size === undefined ? '' : `about ${formatBytes(size)}`}
        purpose="Fine-tune it in Python, or publish it"
        opensIn="transformers, unchanged; and Homegrown, dropped back in"
        holds={`zip of ${withOptimizer ? 8 : 7} files: safetensors, tokenizer.json, config, README`}
        {...(isBusy
          ? { progress: <Busy /> }
          : exported && {
              proof: {
                tone: 'ok',
                title: 'Written',
                text: `${exported.name}, ${formatCount(exported.files.length)} files, ${formatBytes(exported.size)}`,
              },
            })}
        action={
          isBusy ? (
            <Button isDense icon="stop" minWidth={112} onPress={exporting.stop}>
              Cancel
            </Button>
          ) : (
            <Button isDense variant="go" icon="download" minWidth={112} onPress={() => void exportModel()}>
              Download
            </Button>
          )
        }
      />
      <div className={styles.option}>
        <Checkbox isChosen={withOptimizer} onChange={setWithOptimizer}>
          with the optimizer’s state, so that training can go on
        </Checkbox>
      </div>
    </div>
  );
}

function Busy() {
  const busy = describeWork(useStudio((s) => s.exporting));
  return busy && <Progress {...busy} />;
}

/** f32 weights alone, or the whole checkpoint. */
function expectedBytes(s: Studio): number | undefined {
  if (s.withOptimizer) return chosenStep(s)?.bytes;
  const model = s.run?.model;
  return model && 4 * countParams(modelSpec(model.id).params(model.config, model.vocabulary));
}

import { Block, DropZone, FileButton, FirstStage, Pane, Panes, text } from '..';
import { LineChart } from '../charts';
import { nothing, validation } from './fixtures';

export function FirstPage() {
  return (
    <FirstStage
      title="Grow a language model from your own text, in this tab"
      summary="Drop in text and watch a transformer learn it on your own GPU; then question it, look inside it, and download it in formats that other tools open."
    >
      <Panes columns="minmax(0, 1fr) minmax(0, 1fr)">
        <Pane label="Your text">
          <Block isWideGutter>
            <DropZone isBig onFiles={nothing}>
              <span className={text.row}>
                <FileButton onFiles={nothing}>Choose files…</FileButton>
                <FileButton isFolder onFiles={nothing}>
                  Choose a folder…
                </FileButton>
              </span>
              <span className={text.tick}>
                txt, md, html, csv, jsonl, docx, pdf with a text layer, epub or zip, up to 2 GB each
              </span>
            </DropZone>
          </Block>
        </Pane>
        <Pane label="What you will watch">
          <LineChart
            title="What you will watch"
            lines={[
              {
                id: 'v',
                label: 'perplexity of chapters held out',
                run: 1,
                x: validation.step,
                y: Float64Array.from(validation.loss, Math.exp),
                markAt: 1000,
              },
            ]}
            isLog
            xMax={4000}
            references={[{ value: 2048, label: 'uniform guess' }]}
            caption="A run on Moby Dick"
          />
        </Pane>
      </Panes>
    </FirstStage>
  );
}

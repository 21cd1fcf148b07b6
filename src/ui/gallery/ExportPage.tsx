import { Button, FormatCard, FormatCards, Notice, Pane, Panes, Progress, Select, Stage, TextAction } from '..';
import { nothing } from './fixtures';

export function ExportPage() {
  return (
    <Stage
      title="Export"
      summary={
        <>
          Step 4,000 of <b>baseline</b>, validation perplexity <b>79.7</b>
        </>
      }
      actions={
        <Select
          layout="bare"
          label="Checkpoint"
          value="best"
          onChange={nothing}
          options={[{ value: 'best', label: 'Step 4,000, the best' }]}
        />
      }
    >
      <Panes columns="minmax(0, 1fr) 424px" narrowColumns="minmax(0, 1fr) 360px">
        <Pane label="Formats">
          <FormatCards>
            <FormatCard
              name="Hugging Face folder"
              size="4.5 MB"
              purpose="Fine-tune it in Python, or publish it"
              opensIn="transformers, unchanged"
              holds="zip of 7 files: safetensors, tokenizer.json, README"
              proof={{
                tone: 'ok',
                title: 'Verified',
                text: 're-read from the file, 27 of 27 tensors equal bit for bit',
              }}
              action={
                <Button isDense icon="download" onPress={nothing}>
                  Download
                </Button>
              }
            />
            <FormatCard
              name="GGUF"
              size="4.5 MB"
              purpose="Chat with it in a desktop program"
              opensIn="llama.cpp, LM Studio, Ollama"
              holds="one file, with a Modelfile"
              isBusy
              progress={
                <Progress
                  label="Checking in a second engine"
                  detail="96 of 256 tokens · 3 s left"
                  value={96}
                  max={256}
                  delayMs={0}
                />
              }
              action={
                <Button isDense onPress={nothing}>
                  Stop
                </Button>
              }
            />
            <FormatCard
              name="Offline page"
              size="6.8 MB"
              purpose="Give it to someone who has only a browser"
              opensIn="any browser, by double-click, no server"
              holds="one HTML file with the model inside"
              proof={{ text: 'Not built yet' }}
              action={
                <Button isDense onPress={nothing}>
                  Build, 4 s
                </Button>
              }
            />
            <FormatCard
              name="Cluster hand-over"
              size="26.5 MB"
              purpose="Go on training on bigger machines"
              opensIn="PyTorch, one script, resumes at step 4,000"
              holds="weights, AdamW moments, data order, random state"
              proof={{ tone: 'warn', title: 'Out of date', text: 'built from step 2,000' }}
              action={
                <Button isDense icon="retry" onPress={nothing}>
                  Build again, 6 s
                </Button>
              }
            />
          </FormatCards>
        </Pane>
        <Pane
          title="Model card"
          hint="travels with every format"
          aside={<TextAction onPress={nothing}>Edit</TextAction>}
        >
          <Notice tone="warn" title="2 of 9 parts are missing">
            Licence of the text, and who to write to
          </Notice>
        </Pane>
      </Panes>
    </Stage>
  );
}
